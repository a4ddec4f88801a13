"""Files of labels among the inputs of a run that named none, where none of their labels is sure to be of one run."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from t2s_local.files import printable
from t2s_local.runs.job import Job
from t2s_local.stages.intake.catalogue import Report
from t2s_local.stages.reading.labels import MOST_FILES, labels_in


def label_hint(job: Job, report: Report) -> str | None:
    """Say which file among the inputs tells how runs ended, and the command that joins it.

    None where no file does, and where its labels were joined.
    """
    if job.labels is not None or job.is_call or report.n_labelled_beside:
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
    for item in report.unrecognised[:MOST_FILES]:
        if labels_in(Path(item.path)) is not None:
            yield item.path
