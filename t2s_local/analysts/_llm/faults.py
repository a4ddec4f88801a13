"""Calls of a slice (a piece of a run), with those that a judge called wrong counted as failures."""

from collections.abc import Sequence

import msgspec

from t2s_local.text.events import Event, events_of
from t2s_local.values.trajectory import Slice, StepFaults
from t2s_local.values.value import digest

NO_FAULTS: StepFaults = {}


def judged_events(piece: Slice, faults: StepFaults) -> tuple[Event, ...]:
    """Return the calls of *piece*; a call that code finds no error in has failed if *faults* names it.

    The error of such a call is the line that the judge quoted. A failure that code found remains a failure.
    """
    known = faults.get(piece.trajectory.id, {})
    return tuple(
        msgspec.structs.replace(event, failed=True, error=known[event.call].quote)
        if event.call in known and not event.failed
        else event
        for event in events_of(piece)
    )


def faults_digest(faults: StepFaults, slices: Sequence[Slice] | None = None) -> str:
    """Return a digest of *faults*, or of those in *slices*; empty if there are none."""
    runs = sorted(faults) if slices is None else sorted({piece.trajectory.id for piece in slices} & faults.keys())
    told = [
        f"{run} {step} {fault.verdict} {fault.quote}"
        for run in runs
        for step, fault in sorted(faults[run].items())
        if slices is None or any(piece.start <= step < piece.stop for piece in slices if piece.trajectory.id == run)
    ]
    return digest(*told) if told else ""
