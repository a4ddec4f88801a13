"""Predict the total time of a run that has read its input, and compare the prediction with the measured time."""

import math
from collections.abc import Sequence

from t2s_local.ports.tools import Tools
from t2s_local.runs.inputs import Inputs
from t2s_local.runs.prediction import rates
from t2s_local.runs.prediction.predict import Amounts, Prediction, after_reading, at_most, is_alike
from t2s_local.stages.intake.corpus import Outline
from t2s_local.stages.intake.intake import Intake

_AT_MOST = "at most"


def expected(
    dry: Prediction | None, tools: Tools, intake: Intake, amounts: Amounts, *, so_far: float
) -> tuple[float | None, str | None]:
    """Return the predicted seconds of the whole run, and the basis of the prediction in words.

    Without a similar earlier run, the seconds are an upper limit; both values are None if no run is known.

    Args:
        dry: Prediction of a dry run of the same run; None without a dry run.
        tools: Plug-ins of the run.
        intake: Trajectories that were read.
        amounts: Amounts of work in the run.
        so_far: Seconds since the run began.
    """
    if dry is not None:
        return dry.seconds, "the dry run"
    last = rates.of_format(tools, main_format(intake.outlines))
    if last is not None and is_alike(amounts, last):
        rest = after_reading(amounts, last, asks_model=tools.analyst.asks_model)
        return round(so_far + rest, 2), "the last run on this machine, once the input was read"
    known = rates.of_any_format(tools)
    if not known:
        return None, None
    return math.ceil(so_far + at_most(amounts, known)), f"{_AT_MOST}, from other kinds of runs on this machine"


def compared(took: float, foretold: float, basis: str | None) -> str:
    """Return the measured and the predicted seconds of a run as a phrase."""
    if basis is not None and basis.startswith(_AT_MOST):
        return f"It took {took:.1f} s; less than {foretold:.0f} s were predicted{basis.removeprefix(_AT_MOST)}."
    return f"It took {took:.1f} s; {foretold:.1f} s were predicted, going by {basis}."


def amounts_of(inputs: Inputs, outlines: Sequence[Outline], *, n_units: int) -> Amounts:
    """Count the amounts of work in a run."""
    return Amounts(
        n_bytes=inputs.n_bytes,
        n_trajectories=len(outlines),
        n_slices=sum(max(0, len(outline.cuts) - 1) for outline in outlines),
        n_units=n_units,
        n_characters=sum(outline.n_characters for outline in outlines),
    )


def main_format(outlines: Sequence[Outline]) -> str | None:
    """Return the most frequent format of the input; None if there is no input."""
    sizes: dict[str, int] = {}
    for outline in outlines:
        sizes[outline.format] = sizes.get(outline.format, 0) + outline.n_characters
    return max(sorted(sizes), key=lambda name: sizes[name], default=None)
