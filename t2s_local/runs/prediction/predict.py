"""Predict time, memory and disk space of a run from a try of a part of its input or from earlier runs."""

import math
from collections.abc import Collection, Mapping

import msgspec

from t2s_local.values.value import Value

CHARACTERS_A_TOKEN = 4
_LATE = ("embed", "cluster", "write")
"""Stages whose time grows with the number of lessons."""
_FIXED = {"read": 0.2, "embed": 0.02, "cluster": 0.3, "write": 0.06}
"""Default seconds of a stage that do not grow with the input (loading rules and libraries), if not measured."""
_TELLING = 10
"""Number of lessons that a run needs to be a basis for predicting the stages that process lessons."""
_ALIKE = 4.0
"""Largest ratio between the sizes of two runs of the same format for which figures are scaled."""
_MARGIN = 2.0
"""Factor between an estimate from another run and the upper limit: in ten sources, no run took longer."""
_MEMORY_A_TRAJECTORY = 4096
"""Bytes of memory for a trajectory whose steps are not loaded."""
LOG = 5 << 20
"""Bytes of disk space for the log of the store and the skills, in addition to the stored data."""


class Amounts(Value, frozen=True, kw_only=True):
    """Amounts of work in a run."""

    n_bytes: int
    """Bytes of all input files."""
    n_trajectories: int
    n_slices: int
    n_units: int
    n_characters: int
    """Characters of all steps."""


class Rates(Value, frozen=True, kw_only=True):
    """Measured work on this machine and the time, disk space and memory it needed, of a whole run or a partial try."""

    amounts: Amounts
    seconds: dict[str, float]
    """Seconds by stage; ``start`` is the time outside the other stages, which does not grow with the input."""
    n_lessons: int
    stored: int
    """Bytes by which the store grew."""
    peak: int
    """Largest memory use during that work, in bytes."""
    fixed: dict[str, float] = msgspec.field(default_factory=_FIXED.copy)
    """Seconds of each stage that do not grow with the input."""


class Prediction(Value, frozen=True, kw_only=True):
    """Predicted time, memory and disk of a run."""

    amounts: Amounts
    tokens: int
    """Approximate tokens of all slices, at four characters a token."""
    tokens_sent: int
    """Tokens of all questions to a model; 0 if no model is asked."""
    model_calls: int
    seconds: float
    stages: dict[str, float]
    """Seconds by stage, before the correction."""
    correction: float
    """Factor for the seconds, from measured over predicted time of earlier runs."""
    disk: int
    """Predicted bytes of disk space."""
    memory: int
    """Predicted bytes of memory."""
    basis: str
    """Basis of the prediction, in words."""


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
    """Predict time, memory and disk space of *amounts* of work by scaling measured *rates*.

    Args:
        amounts: Amounts of work in the run.
        rates: Measured work and its time, memory and disk space.
        asks_model: Whether the analyst asks a model about every slice: time then grows with slices, not characters.
        basis: Source of *rates*, in words.
        model_calls: Number of questions to a model.
        tokens_sent: Tokens of these questions.
        correction: Measured over predicted time of earlier runs on this machine.
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
    """Return the predicted seconds of a run after reading its input, scaled from a similar run."""
    stages = predict(amounts, rates, asks_model=asks_model, basis="").stages
    return sum(seconds for stage, seconds in stages.items() if stage not in ("start", "read"))


def at_most(amounts: Amounts, known: Collection[Rates]) -> float:
    """Return an upper limit for the seconds of a run after reading its input, from *known* runs that differ from it.

    The limit is scaled from the known run nearest in size, preferring runs with enough lessons. Time is assumed to grow
    with characters or with slices, whichever grew more.
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
    """Return whether a run of the same format is a basis for a prediction.

    The run must be of similar size and have enough lessons.
    """
    return rates.n_lessons >= _TELLING and all(1 / _ALIKE <= growth <= _ALIKE for growth in _growths(amounts, rates))


def _growths(amounts: Amounts, rates: Rates) -> tuple[float, float]:
    before = rates.amounts
    return amounts.n_characters / max(1, before.n_characters), amounts.n_slices / max(1, before.n_slices)


def _grown(took: float, growth: float, *, fixed: float) -> float:
    """Return the seconds *took* of a stage scaled by *growth*, except *fixed* seconds that do not grow."""
    same = min(took, fixed)
    return same + (took - same) * growth


def rates_of(
    amounts: Amounts, seconds: Mapping[str, float], *, total: float, n_lessons: int, stored: int, peak: int
) -> Rates:
    """Return the rates of a whole run; time outside the measured stages is counted as the stage ``start``."""
    stages = {name: took for name, took in seconds.items() if name in ("read", "extract", *_LATE)}
    stages["start"] = max(0.0, total - sum(stages.values()))
    return Rates(amounts=amounts, seconds=stages, n_lessons=n_lessons, stored=stored, peak=peak)


def fixed_parts(small: Rates, large: Rates, *, asks_model: bool) -> dict[str, float]:
    """Return the seconds of each stage that do not grow with the input, from two tries.

    Only the first try loads libraries: its extra time over the scaled second try is the fixed part.

    Args:
        small: The first try, on a small part.
        large: The second try, on a larger part.
        asks_model: As for :func:`predict`.
    """
    by_characters = small.amounts.n_characters / max(1, large.amounts.n_characters)
    by_slices = small.amounts.n_slices / max(1, large.amounts.n_slices)
    share = {stage: by_slices if asks_model and stage == "extract" else by_characters for stage in small.seconds}
    return {
        stage: max(0.0, took - large.seconds.get(stage, 0.0) * share[stage]) for stage, took in small.seconds.items()
    }


def warnings(prediction: Prediction, *, free_disk: int, free_memory: int) -> tuple[str, ...]:
    """Return warnings about disk space and memory that will not suffice, one sentence each."""
    found = []
    if prediction.disk > free_disk:
        found.append(f"The disk has {free_disk / 1e9:.1f} GB left and the run will store {prediction.disk / 1e9:.1f}.")
    if prediction.memory > free_memory:
        need = prediction.memory / 1e9
        found.append(f"{free_memory / 1e9:.1f} GB of memory are free and the run will need {need:.1f}.")
    return tuple(found)
