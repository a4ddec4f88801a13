"""A library learned from a part of recorded runs, and the other runs with their tasks."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

import t2s_local
from t2s_local.stages.gates.split import held_out_groups, task_of
from t2s_local.stages.intake.read_all import read
from t2s_local.values.trajectory import Trajectory

SHARE = 0.2


class World(msgspec.Struct, frozen=True, kw_only=True):
    """A library and the runs that nothing was learned from."""

    library: Path
    train: Path
    """Folder of the runs that the skills were learned from."""
    held: tuple[Trajectory, ...]


def made(domains: Sequence[Path], folder: Path, *, most: int, seed: int) -> World:
    """Learn skills from four fifths of the runs of each domain, a task and a conversation whole on one side.

    Args:
        domains: Files or folders of recordings, one for each domain.
        folder: Folder for everything that is written.
        most: Largest number of runs of a domain.
        seed: Decides which runs are held out.
    """
    library, train = folder / "library", folder / "train"
    train.mkdir(parents=True, exist_ok=True)
    held: list[Trajectory] = []
    for number, domain in enumerate(domains):
        runs = read([domain]).trajectories[:most]
        names = [[task_of(run), *(name for name in (run.session_id, run.parent_id) if name)] for run in runs]
        out = held_out_groups([str(run.id) for run in runs], names, SHARE, seed=seed)
        held += [run for run, is_out in zip(runs, out, strict=True) if is_out and run.task]
        kept = [msgspec.json.encode(run) for run, is_out in zip(runs, out, strict=True) if not is_out]
        (train / f"{number}.jsonl").write_bytes(b"\n".join(kept) + b"\n")
    t2s_local.distill(train, library, workspace=folder / "ws", model="none")
    return World(library=library, train=train, held=tuple(held))
