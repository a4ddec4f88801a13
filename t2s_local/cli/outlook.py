"""What a run that has read its input should still take, and how that compares with what it took."""

import math

from t2s_local.cli import machine
from t2s_local.cli.preview import asks_model, format_of
from t2s_local.runs.prediction.predict import Amounts, Prediction, after_reading, at_most, is_alike
from t2s_local.stages.distill import Tools
from t2s_local.stages.intake.intake import Intake

_AT_MOST = "at most"


def outlook(
    dry: Prediction | None, tools: Tools, intake: Intake, amounts: Amounts, *, so_far: float
) -> tuple[float | None, str | None]:
    """Seconds the whole run should take and what that rests on; where nothing like it was run, the most it may take.

    Args:
        dry: What a dry run said of this run.
        tools: What the run is made with.
        intake: What was read.
        amounts: What is to be worked through.
        so_far: Seconds since the run began.
    """
    if dry is not None:
        return dry.seconds, "the dry run"
    last = machine.of_format(tools, format_of(intake.outlines))
    if last is not None and is_alike(amounts, last):
        rest = after_reading(amounts, last, asks_model=asks_model(tools))
        return round(so_far + rest, 2), "the last run on this machine, once the input was read"
    known = machine.of_any_format(tools)
    if not known:
        return None, None
    return math.ceil(so_far + at_most(amounts, known)), f"{_AT_MOST}, from other kinds of runs on this machine"


def compared(took: float, foretold: float, basis: str | None) -> str:
    """What a run took, beside what was said of it."""
    if basis is not None and basis.startswith(_AT_MOST):
        return f"It took {took:.1f} s; less than {foretold:.0f} s were predicted{basis.removeprefix(_AT_MOST)}."
    return f"It took {took:.1f} s; {foretold:.1f} s were predicted, going by {basis}."
