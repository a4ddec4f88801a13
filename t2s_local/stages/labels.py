"""Labels joined to trajectories: by id or by path, the nearest label file first."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from t2s_local.formats._outcome import Label
from t2s_local.stages.label_files import Entry, Labels, Roster


class Named(NamedTuple):
    """By what a trajectory can be found."""

    id: str
    session_id: str | None
    task_id: str | None
    source: str


class Joined(NamedTuple):
    """Labels found for trajectories."""

    labels: dict[int, Label]
    """By position in the trajectories given."""
    n_unmatched: int
    """Labels that belong to no trajectory."""
    n_conflicts: int
    """Trajectories for which the nearest label files disagree; they stay as they were."""


def join(labels: Labels, runs: Sequence[Named]) -> Joined:
    """Find the label of every trajectory that has one.

    A trajectory is found by its id, its session, its path or an end of it, its file's name, or its task. Where several
    label files speak of the same key, those that lie nearest to the trajectory decide. A list of solved tasks says of
    the other trajectories beside it that they failed.
    """
    index: dict[str, list[Entry]] = {}
    for entry in labels.entries:
        index.setdefault(entry.key.removeprefix("./"), []).append(entry)
    found: dict[int, Label] = {}
    used: set[str] = set()
    n_conflicts = 0
    for place, run in enumerate(runs):
        key = next((key for key in _keys(run) if key in index), None)
        if key is None:
            continue
        used.add(key)
        stated = _nearest(index[key], run.source)
        if len({(label.outcome, label.score) for label in stated}) == 1:
            found[place] = stated[0]
        else:
            n_conflicts += 1
    for roster in labels.rosters:
        for place in _beside(roster, runs):
            found.setdefault(place, Label("failure", None, f"labels:{roster.file.name}"))
    n_unmatched = sum(len(entries) for key, entries in index.items() if key not in used)
    return Joined(found, n_unmatched, n_conflicts)


def _keys(run: Named) -> Iterator[str]:
    """Names a label may call a trajectory by, the most exact first."""
    yield run.id
    if run.session_id is not None:
        yield run.session_id
    parts = PurePath(run.source).parts
    yield run.source
    yield from ("/".join(parts[start:]) for start in range(len(parts)))
    name = parts[-1] if parts else ""
    while "." in name:
        name = name.rpartition(".")[0]
        yield name
    if run.task_id is not None:
        yield run.task_id
    if len(parts) > 1:
        yield parts[-2]


def _nearest(entries: Iterable[Entry], source: str) -> list[Label]:
    near = [(_shared(entry.file, source), entry.label) for entry in entries]
    most = max(shared for shared, _ in near)
    return [label for shared, label in near if shared == most]


def _shared(file: Path, source: str) -> int:
    """How many folders two files have in common."""
    ours, theirs = file.absolute().parent.parts, Path(source).absolute().parent.parts
    pairs = zip(ours, theirs, strict=False)
    return next((depth for depth, (one, other) in enumerate(pairs) if one != other), min(len(ours), len(theirs)))


def _beside(roster: Roster, runs: Sequence[Named]) -> list[int]:
    """Trajectories of tasks that lie nearest to the list; none where the list names none of them."""
    candidates = [place for place, run in enumerate(runs) if run.task_id is not None]
    if not candidates:
        return []
    shared = {place: _shared(roster.file, runs[place].source) for place in candidates}
    most = max(shared.values())
    nearest = [place for place in candidates if shared[place] == most]
    is_about_them = any(roster.solved.intersection(_keys(runs[place])) for place in nearest)
    return nearest if is_about_them else []
