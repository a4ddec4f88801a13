"""Protocols of an analyst and an executor."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from t2s_local.values.funnel import Loss
from t2s_local.values.lesson import Extraction, Unit
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import Value


class Forecast(Value, frozen=True, kw_only=True):
    """Estimated number of an analyst's questions to a model, with their tokens."""

    calls: int
    prompt_tokens: int
    """Tokens of all prompts; instructions that many questions share are counted once."""
    answer_tokens: int


NO_QUESTIONS = Forecast(calls=0, prompt_tokens=0, answer_tokens=0)
"""The forecast of an analyst that asks no model."""


class Analyst(Protocol):
    """Reads slices (pieces of runs) and extracts lessons from them."""

    name: str
    version: str
    """Version that changes whenever the analyst's results may change; part of the key of stored results."""
    asks_model: bool
    """Whether the analyst asks a model about every slice, so that its time grows with slices, not with characters."""

    def plan(self, slices: Sequence[Slice]) -> Sequence[Unit]:
        """Divide the work into units; every slice is in at least one unit.

        The order of *slices* does not change the result. The slices have ids and labels; their steps and requests may
        be absent until the slices are analysed.
        """

    def weigh(self, units: Sequence[Unit]) -> Sequence[Unit]:
        """Return *units* with only their useful questions, units with the likeliest to change a rule first.

        Args:
            units: All units of a corpus; their steps are loaded when they are accessed.
        """

    def forecast(self, sizes: Sequence[int]) -> Forecast:
        """Estimate the questions about slices with these *sizes*, in characters."""

    def advice(self, n_lessons: int, losses: Sequence[Loss]) -> str | None:
        """Return one sentence of advice to the user about a finished run; None if there is no advice.

        Args:
            n_lessons: Number of lessons that the analyst stated.
            losses: All items that the run lost, by stage and reason.
        """

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        """Yield each of *units*, in any order, with the lessons extracted from it."""


class Placement(Value, frozen=True, kw_only=True):
    """Settings of an executor: number of processes, GPUs, and the cluster."""

    actors: int
    """Largest number of processes, each with its own analyst; fewer are started if resources are short."""
    gpus_per_actor: float
    """Number of GPUs for each process, which may be a fraction; 0 for none."""
    address: str | None = None
    """Address of a cluster that already runs; None for this machine alone."""


class Executor(Protocol):
    """Decides on which processes or machines an analyst works; the lessons are the same everywhere."""

    name: str

    def spread(self, recipe: Callable[[], Analyst]) -> Analyst:
        """Return an analyst with the results of ``recipe()`` that does its work in the processes of this executor.

        Args:
            recipe: Function that loads an analyst in the process that calls the function; must be picklable.
        """
