"""Jobs for tests."""

from importlib import resources
from pathlib import Path

from t2s_local.runs.job import Job

SAMPLES = Path(str(resources.files("t2s_local").joinpath("samples")))
"""The trajectories that ship with the package."""


def job(folder: Path, *paths: Path) -> Job:
    """A job on *paths*, by default the samples, that writes into *folder* alone."""
    return Job(
        paths=paths or (SAMPLES,),
        out=folder / "skills",
        labels=SAMPLES / "labels.csv",
        workspace=folder / ".t2s",
        min_support=3,
        seed=0,
        command=("t2s", "distill"),
    )
