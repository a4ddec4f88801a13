"""Protocols of an analyst and an executor."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from t2s_local.values.funnel import Loss
from t2s_local.values.lesson import Extraction, Unit
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import Value


class Forecast(Value, frozen=True, kw_only=True):
    """Questions an analyst will ask a model, and what they come to."""

    calls: int
    prompt_tokens: int
    """Tokens of what is sent, instructions that many questions share counted once."""
    answer_tokens: int


NO_QUESTIONS = Forecast(calls=0, prompt_tokens=0, answer_tokens=0)
"""The forecast of an analyst that asks no model."""


class Analyst(Protocol):
    """Reads slices and states lessons."""

    name: str
    version: str
    """Changes whenever its answers may: part of the key results are stored under."""
    asks_model: bool
    """Whether it asks a model about every slice: its time goes with the number of slices, not with characters."""

    def plan(self, slices: Sequence[Slice]) -> Sequence[Unit]:
        """Cut the work into units; every slice appears in at least one. The order of *slices* does not show.

        The slices have ids and labels; their steps and requests may be absent until they are analysed.
        """

    def weigh(self, units: Sequence[Unit]) -> Sequence[Unit]:
        """Order *units* so that questions likeliest to change a rule are asked first, and note which are worth asking.

        Args:
            units: All of a corpus, with their steps, which are loaded as they are looked at.
        """

    def forecast(self, sizes: Sequence[int]) -> Forecast:
        """Estimate the questions about slices of these sizes, in characters."""

    def advice(self, n_lessons: int, losses: Sequence[Loss]) -> str | None:
        """Judge a finished run in one sentence for the person; None where there is nothing to say.

        Args:
            n_lessons: Lessons it stated.
            losses: Everything the run lost, by stage and reason.
        """

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        """Work through *units*, in any order, one extraction each."""


class Placement(Value, frozen=True, kw_only=True):
    """Where an executor puts the work, and how much of it at a time."""

    actors: int
    """Processes that each have an analyst of their own; fewer where there is no room for so many."""
    gpus_per_actor: float
    """GPUs each of them takes, or a part of one; 0 for none."""
    address: str | None = None
    """Of a cluster that runs already; None for this machine alone."""


class Executor(Protocol):
    """Says where an analyst works; its lessons do not show where that was."""

    name: str

    def spread(self, recipe: Callable[[], Analyst]) -> Analyst:
        """Return an analyst with the results of ``recipe()``, whose work runs where this executor places it.

        Args:
            recipe: Makes an analyst wherever it is called; it can be pickled.
        """
