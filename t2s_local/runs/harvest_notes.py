"""The note of which conversations of this machine a run has read."""

from collections.abc import Mapping

from t2s_local.files import printable
from t2s_local.runs.job import Job
from t2s_local.runs.previous import stopped_runs
from t2s_local.stages.reading.harvest import Harvest
from t2s_local.values.value import digest
from t2s_local.workspace import STORE, Attempt, read_workspace

_KIND = "harvested"
"""Kind of the items that hold the stamp a file had when it was read, by its path and the folder it was read for."""


def remember_harvest(job: Job, shelf: Attempt) -> None:
    """Note which conversations a run has read, once its skills are written; it is forgotten with the run."""
    for source in job.harvested:
        shelf.put_item(_KIND, _key(job, source.path), source.stamp.encode())


def harvested_stamps(job: Job, present: Harvest) -> Mapping[str, str]:
    """Return the stamp each conversation had, by path, when a run of the job's workspace last read it."""
    if not (job.workspace / STORE).exists():
        return {}
    with read_workspace(job.workspace) as workspace:
        stored = {source.path: workspace.item(_KIND, _key(job, source.path)) for source in present.sources}
    return {path: stamp.decode() for path, stamp in stored.items() if stamp is not None}


def _key(job: Job, path: str) -> str:
    """A file that was read for one folder is new to another: the workspace is the same for all."""
    return f"{digest(str(job.out.resolve()))} {printable(path)}"


def was_stopped(job: Job) -> bool:
    """Return whether a run of the same command line was stopped."""
    if not (job.workspace / STORE).exists():
        return False
    with read_workspace(job.workspace) as workspace:
        return bool(stopped_runs(job, workspace))
