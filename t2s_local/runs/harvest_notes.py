"""Note which conversations found on this machine a run has read."""

from collections.abc import Mapping

from t2s_local.files import printable
from t2s_local.runs.job import Job
from t2s_local.runs.previous import stopped_runs
from t2s_local.stages.reading.harvest import Harvest
from t2s_local.values.value import digest
from t2s_local.workspace import STORE, Attempt, read_workspace

_KIND = "harvested"
"""Item kind in the store. Key: output folder and path of a file. Value: the file's stamp when it was read."""


def remember_harvest(job: Job, shelf: Attempt) -> None:
    """Note which conversations a run has read; called after its skills are written, and deleted with the run."""
    for source in job.harvested:
        shelf.put_item(_KIND, _key(job, source.path), source.stamp.encode())


def harvested_stamps(job: Job, present: Harvest) -> Mapping[str, str]:
    """Return the stamp of each conversation, by path, from the last time a run of the job's workspace read it."""
    if not (job.workspace / STORE).exists():
        return {}
    with read_workspace(job.workspace) as workspace:
        stored = {source.path: workspace.item(_KIND, _key(job, source.path)) for source in present.sources}
    return {path: stamp.decode() for path, stamp in stored.items() if stamp is not None}


def _key(job: Job, path: str) -> str:
    """Return the key of a file with the job's output folder: a file read for one folder is new for another folder."""
    return f"{digest(str(job.out.resolve()))} {printable(path)}"


def was_stopped(job: Job) -> bool:
    """Return whether the workspace has an unfinished run of the same command line."""
    if not (job.workspace / STORE).exists():
        return False
    with read_workspace(job.workspace) as workspace:
        return bool(stopped_runs(job, workspace))
