"""Skills about differing kinds of work, from planted runs: company for the skills of sets that are too few."""

from collections.abc import Callable, Sequence
from pathlib import Path

from _planted.catalogue import entries
from _planted.render import FORMATS
from _planted.runs import make_runs

RUNS = 24
"""Runs a kind of work: enough for three of each lesson."""
FORM = "claude_code"
"""Format of the runs."""


def write_kinds(folder: Path, kinds: Sequence[str] = ()) -> list[str]:
    """Write runs about *kinds* of work, all of the catalogue by default, each in a folder of its own.

    Returns:
        Names of the folders, sorted; the same kinds give the same bytes.
    """
    names = sorted({entry.subject for entry in entries()} & set(kinds) if kinds else {one.subject for one in entries()})
    for name in names:
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        for run in make_runs(RUNS, seed=0, subject=name):
            (place / f"{run.name}.jsonl").write_text(FORMATS[FORM](run), "utf-8")
    return names


def planted_workspaces(folder: Path, distill: Callable[..., object]) -> list[tuple[str, Path]]:
    """Write planted runs into *folder* and distill each kind of work by itself.

    Args:
        folder: Empty folder for runs, skills and workspaces.
        distill: Function of the runs, of folders for skills and for the workspace, and of more arguments.

    Returns:
        Name and workspace of each kind of work, by name.
    """
    found = []
    for name in write_kinds(folder / "runs"):
        place = folder / "workspaces" / name
        distill(folder / "runs" / name, folder / "skills" / name, place, "--model", "none")
        found.append((name, place))
    return found
