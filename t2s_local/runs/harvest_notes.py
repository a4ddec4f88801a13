"""Note which conversations found on this machine a run has read."""

from collections.abc import Mapping

import msgspec

from t2s_local.files import printable
from t2s_local.runs.job import Job
from t2s_local.runs.manifest import Manifest
from t2s_local.runs.previous import stopped_runs
from t2s_local.skills.decisions import read_decisions
from t2s_local.stages.reading.harvest import Harvest
from t2s_local.stages.review.review import KnownDecisions
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


def was_decided(job: Job) -> bool:
    """Return whether a person's decisions differ from the decisions in the last run of the same command line."""
    if not (job.workspace / STORE).exists():
        return False
    with read_workspace(job.workspace) as workspace:
        about = [(run, run.about) for run in workspace.ledger if run.is_whole]
        runs = [run for run, known in about if known is not None and known.line == job.line]
    if not runs:
        return False
    try:
        applied = msgspec.json.decode(runs[-1].manifest, type=Manifest).decisions
    except msgspec.ValidationError:
        return False  # Another version began the run, which asks for a new one by itself.
    return applied != KnownDecisions(read_decisions(job.out)).digest
