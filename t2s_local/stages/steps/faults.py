"""Read the verdicts that ``t2s steps --judge MODEL --json`` printed, for an analyst that asks about them."""

from pathlib import Path

import msgspec

from t2s_local.errors import InputError
from t2s_local.files import open_regular, reason_of
from t2s_local.stages.steps.steps import FATAL, REPAIRED, StepVerdict, is_of_model
from t2s_local.values.trajectory import StepFault, StepFaults, TrajectoryId

_KINDS = {FATAL: "fatal", REPAIRED: "repaired"}


def read_faults(path: Path) -> StepFaults:
    """Return the steps that a model called fatal or a slip, by run; verdicts of the rules are left out.

    The rules read their own verdicts from the run itself, so a file cannot raise or replace one.

    Raises:
        InputError: the file cannot be read, or has a line that is no verdict.
    """
    try:
        with open_regular(path) as stream:
            lines = stream.read().splitlines()
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error
    found: dict[TrajectoryId, dict[int, StepFault]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            verdict = msgspec.json.decode(line, type=StepVerdict)
        except msgspec.DecodeError as error:
            message = "no verdict on a step"
            raise InputError(message, path=path, line=number, hint=_HINT) from error
        kind = None if verdict.verdict is None else _KINDS.get(verdict.verdict)
        if kind is not None and verdict.quote is not None and is_of_model(verdict):
            fault = msgspec.convert({"verdict": kind, "quote": verdict.quote}, type=StepFault)
            found.setdefault(verdict.trajectory, {})[verdict.step] = fault
    return {run: dict(sorted(steps.items())) for run, steps in sorted(found.items())}


_HINT = "`t2s steps RUNS --judge MODEL --json > FILE` writes one."
