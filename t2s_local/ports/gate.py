"""Protocols of gates, which measure skills with recordings, a local model, or the user's own command."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from t2s_local.ports.engine import Engine
from t2s_local.values.gates.eval_options import EvalOptions
from t2s_local.values.gates.results import GatedRule, GatedSkill, SkillCatch
from t2s_local.values.gates.scores import Trial, TrialScore
from t2s_local.values.gates.supports import SkillSupport
from t2s_local.values.trajectory import Outcome, Trajectory

Seen = TypeVar("Seen")


class RecordedGate(Protocol[Seen]):
    """Compares skills with recorded runs: level L1."""

    name: str

    def observe(self, run: Trajectory) -> Seen:
        """Reduce a run to the data that rules are compared with, so that thousands of runs fit into memory."""

    def measure(
        self,
        skills: Sequence[GatedSkill],
        runs: Sequence[tuple[Seen, Outcome | None]],
        *,
        meant: Callable[[GatedRule, Seen], bool] | None = None,
    ) -> tuple[SkillCatch, ...]:
        """Compare *skills* with held-out runs and their outcomes; one result for each skill, in their order.

        Args:
            skills: The skills.
            runs: The reduced runs, each with its outcome.
            meant: Decides whether a run has a rule's situation, for rules whose situation code cannot find; if None,
                such rules are only counted.
        """


class RecordedGateModule(Protocol):
    """A plug-in module with a gate that uses recordings."""

    def load(self) -> RecordedGate[object]:
        """Load the gate."""


class EvalGate(Protocol):
    """Scores trials with the user's own command: level L3."""

    name: str

    def measure(self, trials: Sequence[Trial], folders: Mapping[str, Path]) -> Iterator[TrialScore]:
        """Yield the score of each of *trials*, in their order.

        Args:
            trials: The trials, in the order in which they are run until a budget is used up.
            folders: Skill folder for each arm, by the name of the arm; the command works on a copy.
        """


class EvalGateModule(Protocol):
    """A plug-in module with a gate that runs a command."""

    def load(self, options: EvalOptions, *, cache: Path | None) -> EvalGate:
        """Load the gate; *cache* is the file in which scores are stored, None to store none.

        Raises:
            UsageError: the command is unusable.
        """


class LogprobGate(Protocol[Seen]):
    """Scores recorded actions with a local model: level L2."""

    name: str

    def observe(self, run: Trajectory) -> Seen:
        """Reduce a run to the texts that are scored."""

    def measure(
        self, skills: Sequence[GatedSkill], runs: Sequence[tuple[Seen, Outcome | None]]
    ) -> Iterator[SkillSupport]:
        """Yield for each of *skills* its effect on the likelihood of the recorded actions in *runs*.

        Raises:
            ModelError: the model cannot be run, or gives no log-probabilities.
        """


class LogprobGateModule(Protocol):
    """A plug-in module with a gate that scores with a model."""

    def load(self, engine: Engine) -> LogprobGate[object]:
        """Load the gate."""
