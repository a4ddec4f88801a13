"""Hint at files of labels among the inputs whose labels could not be joined to runs with certainty."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from t2s_local.files import printable
from t2s_local.runs.job import Job
from t2s_local.stages.intake.catalogue import Report
from t2s_local.stages.reading.labels import MOST_FILES, labels_in


def label_hint(job: Job, report: Report) -> str | None:
    """Return a sentence that names the file of labels among the inputs, and the command that uses it.

    None if no input is a file of labels, if labels were used already, or if a function asked for the run.
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
