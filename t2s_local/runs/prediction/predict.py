"""Before hours are spent: what a run will take, from a try of its input or from what earlier runs took."""

import math
from collections.abc import Collection, Mapping

import msgspec

from t2s_local.values.value import Value

CHARACTERS_A_TOKEN = 4
_LATE = ("embed", "cluster", "write")
"""Stages whose time goes with the number of lessons."""
_FIXED = {"read": 0.2, "embed": 0.02, "cluster": 0.3, "write": 0.06}
"""Seconds of a stage that do not grow with the input, where they were not measured: rules and libraries are loaded."""
_TELLING = 10
"""Lessons below which a run says nothing of the stages that work on them: hardly anything was loaded."""
_ALIKE = 4.0
"""How many times larger or smaller a run of the same format may be for its figures to be scaled."""
_MARGIN = 2.0
"""How many times longer than another run lets expect a run may take: of ten sources in turn none took longer."""
_MEMORY_A_TRAJECTORY = 4096
"""Bytes that stay in memory of a trajectory whose steps are not loaded."""
LOG = 5 << 20
"""Bytes of disk beside what is stored: the log of the store, and the skills."""


class Amounts(Value, frozen=True, kw_only=True):
    """Amounts of work in a run."""

    n_bytes: int
    """Of all input files."""
    n_trajectories: int
    n_slices: int
    n_units: int
    n_characters: int
    """Of all steps."""


class Rates(Value, frozen=True, kw_only=True):
    """Rates of measured work on this machine: of a whole run, or of a try of a part."""

    amounts: Amounts
    seconds: dict[str, float]
    """By stage; ``start`` is everything outside the others, which does not grow with the input."""
    n_lessons: int
    stored: int
    """Bytes the store grew by."""
    peak: int
    """Bytes of memory at the most."""
    fixed: dict[str, float] = msgspec.field(default_factory=_FIXED.copy)
    """The part of the seconds of a stage that does not grow with the input."""


class Prediction(Value, frozen=True, kw_only=True):
    """Predicted time, memory and disk of a run."""

    amounts: Amounts
    tokens: int
    """Of all slices, roughly: four characters a token."""
    tokens_sent: int
    """Those a model is asked; 0 where none is."""
    model_calls: int
    seconds: float
    stages: dict[str, float]
    """The seconds by stage, before they are corrected."""
    correction: float
    """What the seconds are multiplied by, from what earlier runs took."""
    disk: int
    """Bytes."""
    memory: int
    """Bytes."""
    basis: str
    """What the prediction rests on, in words."""


def predict(
    amounts: Amounts,
    rates: Rates,
    *,
    asks_model: bool,
    basis: str,
    model_calls: int = 0,
    tokens_sent: int = 0,
    correction: float = 1.0,
) -> Prediction:
    """Scale what some work took to *amounts*.

    Args:
        amounts: What is to be done.
        rates: What was done, and what it took.
        asks_model: Whether the analyst asks a model about every slice: its time goes with them, not with characters.
        basis: Where *rates* come from, in words.
        model_calls: Questions a model is asked, where one is.
        tokens_sent: Tokens of these questions.
        correction: What runs took on this machine, over what was predicted of them in this way.
    """
    before = rates.amounts
    by_characters, by_slices = _growths(amounts, rates)
    growth = {
        "read": by_characters,
        "extract": by_slices if asks_model else by_characters,
        **dict.fromkeys(_LATE, by_slices),
    }
    stages = {
        stage: round(_grown(took, growth.get(stage, 1.0), fixed=rates.fixed.get(stage, 0.0)), 3)
        for stage, took in rates.seconds.items()
    }
    more = amounts.n_trajectories - before.n_trajectories
    return Prediction(
        amounts=amounts,
        tokens=amounts.n_characters // CHARACTERS_A_TOKEN,
        tokens_sent=tokens_sent,
        model_calls=model_calls,
        seconds=round(correction * sum(stages.values()), 2),
        stages=stages,
        correction=correction,
        disk=round(rates.stored * by_characters) + LOG,
        memory=rates.peak + max(0, more) * _MEMORY_A_TRAJECTORY,
        basis=basis,
    )


def after_reading(amounts: Amounts, rates: Rates, *, asks_model: bool) -> float:
    """Seconds a run takes when it has read its input, scaled from a run that was like it."""
    stages = predict(amounts, rates, asks_model=asks_model, basis="").stages
    return sum(seconds for stage, seconds in stages.items() if stage not in ("start", "read"))


def at_most(amounts: Amounts, known: Collection[Rates]) -> float:
    """Seconds a run takes at the most when it has read its input, going by *known* runs that were not like it.

    The one nearest in size tells, of those with lessons to work on where there are such. Whatever it is that makes a
    stage grow, characters or slices, is taken to do so.
    """
    telling = [rates for rates in known if rates.n_lessons >= _TELLING] or known
    return _MARGIN * min((_distance(amounts, rates), _most(amounts, rates)) for rates in telling)[1]


def _most(amounts: Amounts, rates: Rates) -> float:
    growth = max(1.0, *_growths(amounts, rates))
    late = sum(max(0.0, rates.seconds.get(stage, 0.0) - _FIXED[stage]) * growth + _FIXED[stage] for stage in _LATE)
    return rates.seconds.get("extract", 0.0) * growth + late


def _distance(amounts: Amounts, rates: Rates) -> float:
    return max(abs(math.log(max(growth, 1e-9))) for growth in _growths(amounts, rates))


def is_alike(amounts: Amounts, rates: Rates) -> bool:
    """Return whether what a run of the same format took can be scaled.

    It was about as large, and had lessons to work on.
    """
    return rates.n_lessons >= _TELLING and all(1 / _ALIKE <= growth <= _ALIKE for growth in _growths(amounts, rates))


def _growths(amounts: Amounts, rates: Rates) -> tuple[float, float]:
    before = rates.amounts
    return amounts.n_characters / max(1, before.n_characters), amounts.n_slices / max(1, before.n_slices)


def _grown(took: float, growth: float, *, fixed: float) -> float:
    """Seconds a stage will take that took so many before, of which *fixed* are the same for any input."""
    same = min(took, fixed)
    return same + (took - same) * growth


def rates_of(
    amounts: Amounts, seconds: Mapping[str, float], *, total: float, n_lessons: int, stored: int, peak: int
) -> Rates:
    """Return the rates of a whole run; time in no stage counts as its start."""
    stages = {name: took for name, took in seconds.items() if name in ("read", "extract", *_LATE)}
    stages["start"] = max(0.0, total - sum(stages.values()))
    return Rates(amounts=amounts, seconds=stages, n_lessons=n_lessons, stored=stored, peak=peak)


def fixed_parts(small: Rates, large: Rates, *, asks_model: bool) -> dict[str, float]:
    """Return the fixed seconds of each stage, from two tries: libraries are loaded in the first alone.

    Args:
        small: The first try, of little.
        large: The second one, of more.
        asks_model: As for :func:`predict`.
    """
    by_characters = small.amounts.n_characters / max(1, large.amounts.n_characters)
    by_slices = small.amounts.n_slices / max(1, large.amounts.n_slices)
    share = {stage: by_slices if asks_model and stage == "extract" else by_characters for stage in small.seconds}
    return {
        stage: max(0.0, took - large.seconds.get(stage, 0.0) * share[stage]) for stage, took in small.seconds.items()
    }


def warnings(prediction: Prediction, *, free_disk: int, free_memory: int) -> tuple[str, ...]:
    """Return warnings about disk and memory that will not suffice, one sentence each."""
    found = []
    if prediction.disk > free_disk:
        found.append(f"The disk has {free_disk / 1e9:.1f} GB left and the run will store {prediction.disk / 1e9:.1f}.")
    if prediction.memory > free_memory:
        need = prediction.memory / 1e9
        found.append(f"{free_memory / 1e9:.1f} GB of memory are free and the run will need {need:.1f}.")
    return tuple(found)
