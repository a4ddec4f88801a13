"""Files of labels among the inputs of a run that named none."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from t2s_local.errors import T2SError
from t2s_local.files import printable
from t2s_local.runs.job import Job
from t2s_local.stages.intake.catalogue import Report
from t2s_local.stages.reading.label_files import load_labels

_MOST = 200
"""Files without a trajectory that are looked into."""
_LARGEST = 8_000_000


def label_hint(job: Job, report: Report) -> str | None:
    """Say which file among the inputs tells how runs ended, and the command that joins it; None where none does."""
    if job.labels is not None or job.is_call:
        return None
    found = list(_label_files(report))
    if not found:
        return None
    place = found[0] if len(found) == 1 else os.path.commonpath([Path(path).parent for path in found]) or "."
    again = shlex.join([*job.command, "--labels", printable(place)])
    if len(found) == 1:
        return f"{found[0]} tells how runs ended, and was not used: {again}"
    return f"{len(found)} files below {place} tell how runs ended, and were not used: {again}"


def _label_files(report: Report) -> Iterator[str]:
    for item in report.unrecognised[:_MOST]:
        path = Path(item.path)
        try:
            if not path.is_file() or path.stat().st_size > _LARGEST:
                continue
            labels = load_labels(path)
        except (T2SError, OSError, ValueError):
            continue
        if labels.entries or labels.rosters:
            yield item.path
