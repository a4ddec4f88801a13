"""Protocols of gates, by what they measure with: recordings, a local model, or the user's own command."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from t2s_local.values.gates.results import GatedRule, GatedSkill, SkillCatch
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
