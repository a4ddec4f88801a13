"""Protocols of gates, by what they measure with: recordings, a local model, or the user's own command."""

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
    """Holds skills against recorded runs: level L1."""

    name: str

    def observe(self, run: Trajectory) -> Seen:
        """Reduce a run to what rules are looked up in, so that thousands fit into memory."""

    def measure(
        self,
        skills: Sequence[GatedSkill],
        runs: Sequence[tuple[Seen, Outcome | None]],
        *,
        meant: Callable[[GatedRule, Seen], bool] | None = None,
    ) -> tuple[SkillCatch, ...]:
        """Hold *skills* against held-out runs with their outcomes.

        Args:
            skills: The skills.
            runs: The runs.
            meant: Finds the situations that code cannot look for; None leaves those rules out, counted.
        """


class RecordedGateModule(Protocol):
    """A module of a gate over recordings."""

    def load(self) -> RecordedGate[object]:
        """Load the gate."""


class EvalGate(Protocol):
    """Scores trials with the user's own command: level L3."""

    name: str

    def measure(self, trials: Sequence[Trial], folders: Mapping[str, Path]) -> Iterator[TrialScore]:
        """Yield the score of each of *trials*, in their order.

        Args:
            trials: In the order in which a budget is spent.
            folders: What the command is given as the skill, by the name of the arm; it works on a copy.
        """


class EvalGateModule(Protocol):
    """A module of a gate that runs a command."""

    def load(self, options: EvalOptions, *, cache: Path | None) -> EvalGate:
        """Load the gate; *cache* is the file that scores are kept in, None for none.

        Raises:
            UsageError: the command cannot be meant.
        """


class LogprobGate(Protocol[Seen]):
    """Scores recorded actions with a local model: level L2."""

    name: str

    def observe(self, run: Trajectory) -> Seen:
        """Reduce a run to what is scored."""

    def measure(
        self, skills: Sequence[GatedSkill], runs: Sequence[tuple[Seen, Outcome | None]]
    ) -> Iterator[SkillSupport]:
        """Yield what *skills* do to the likelihood of the actions in *runs*, one after the other.

        Raises:
            ModelError: the model cannot be run, or gives no log-probabilities.
        """


class LogprobGateModule(Protocol):
    """A module of a gate that scores with a model."""

    def load(self, engine: Engine) -> LogprobGate[object]:
        """Load the gate."""
