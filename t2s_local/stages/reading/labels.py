"""Join labels to trajectories by id or path; the nearest label file decides."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from t2s_local.errors import T2SError
from t2s_local.stages.reading.label_files import NO_LABELS, LabelEntry, Labels, Roster, load_labels
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.values.trajectory import Label

MOST_FILES = 200
"""Largest number of files without a trajectory that are searched for labels."""
_LARGEST = 8_000_000
_ATTEMPT = re.compile(r" #(\d{1,9})\Z")


class RunNames(NamedTuple):
    """Names by which a label can refer to a trajectory."""

    id: str
    session_id: str | None
    task_id: str | None
    source: str
    parent_id: str | None = None

    @property
    def attempt(self) -> int | None:
        """Number of the session within its file, if the format numbers sessions; else None."""
        numbered = _ATTEMPT.search(self.session_id or "")
        return int(numbered[1]) if numbered else None


class JoinedLabels(NamedTuple):
    """Labels found for trajectories."""

    labels: dict[int, Label]
    """Position of a trajectory to its label."""
    n_unmatched: int
    """Number of labels that belong to no trajectory."""
    n_conflicts: int
    """Number of trajectories that get no label, because the nearest label files disagree or several share one label."""


def labels_among(files: Sequence[Unrecognised]) -> Labels:
    """Return the labels in files without a trajectory, such as reports in the same folders as the runs."""
    found = [labels for item in files[:MOST_FILES] if (labels := labels_in(Path(item.path))) is not None]
    if not found:
        return NO_LABELS
    entries, rosters, _ = zip(*found, strict=True)
    return Labels(tuple(one for part in entries for one in part), tuple(one for part in rosters for one in part), ())


def labels_in(path: Path) -> Labels | None:
    """Return the labels in one file; None if it contains none, cannot be read, or has more than 8 MB."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        labels = load_labels(path)
    except (T2SError, OSError, ValueError):
        return None
    return labels if labels.entries or labels.rosters else None


def join(labels: Labels, runs: Sequence[RunNames], *, only_sure: bool = False) -> JoinedLabels:
    """Find the label of every trajectory that has a label.

    The key of a label is compared with the id, the session, the path or its last parts, the file name and the task of a
    trajectory. If several label files have the same key, the files nearest to the trajectory decide. A label is about
    one run of a file: if the runs are numbered attempts, the stated attempt, or else the last attempt; if the label
    matches several unnumbered runs, no run. A sub-agent is matched only by its own id or session. A list of solved
    tasks labels the other trajectories nearest to the list as failures.

    Args:
        labels: Contents of label files.
        runs: Names of the trajectories.
        only_sure: Join a label only if it matches a single trajectory; for files that the user did not name as labels.
    """
    index: dict[str, list[LabelEntry]] = {}
    for entry in labels.entries:
        index.setdefault(entry.key.removeprefix("./"), []).append(entry)
    found: dict[int, Label] = {}
    groups = _groups(index, runs)
    n_left = 0
    nearest = {group: _nearest(index[group[0]], runs[places[0]].source) for group, places in groups.items()}
    claims = Counter(id(entry) for entries in nearest.values() for entry in entries)
    for group, places in groups.items():
        meant = _meant(index[group[0]], [(place, runs[place]) for place in places])
        stated = [] if meant is None else [entry.label for entry in nearest[group]]
        is_sure = all(claims[id(entry)] == 1 and (entry.attempt or len(places) == 1) for entry in nearest[group])
        if (
            meant is not None
            and len({(label.outcome, label.score) for label in stated}) == 1
            and (is_sure or not only_sure)
        ):
            found[meant] = stated[0]
        else:
            n_left += len(places)
    spoken_for = {place for places in groups.values() for place in places}
    for roster in labels.rosters:
        beside = _beside(roster, runs)
        tasks = Counter(runs[place].task_id for place in beside)
        for place in beside:
            if place not in spoken_for and not (only_sure and max(tasks.values()) > 1):
                found.setdefault(place, Label(outcome="failure", source=f"labels:{roster.file.name}"))
    used = {key for key, _ in groups}
    n_unmatched = sum(len(entries) for key, entries in index.items() if key not in used)
    return JoinedLabels(found, n_unmatched, n_left)


def _groups(index: Container[str], runs: Sequence[RunNames]) -> dict[tuple[str, str], list[int]]:
    """Return the positions of runs by key and file; a sub-agent is matched only by its own id or session."""
    groups: dict[tuple[str, str], list[int]] = {}
    for place, run in enumerate(runs):
        names = _own_keys(run) if run.parent_id is not None else _keys(run)
        key = next((key for key in names if key in index), None)
        if key is not None:
            groups.setdefault((key, run.source), []).append(place)
    return groups


def _meant(entries: Sequence[LabelEntry], named: Sequence[tuple[int, RunNames]]) -> int | None:
    """Return the position of the run of a file that a label is about: the stated attempt, else the last attempt.

    None if there is no such attempt, or several runs are not numbered.
    """
    attempts = {run.attempt: place for place, run in named}
    said = next((entry.attempt for entry in entries if entry.attempt is not None), None)
    if said is not None and None not in attempts:
        number, of = said
        return attempts.get(number) if max(filter(None, attempts)) == of else None
    if len(named) == 1:
        return named[0][0]
    return None if None in attempts else attempts[max(filter(None, attempts))]


def _own_keys(run: RunNames) -> Iterator[str]:
    """Yield the id and the session of a run, which no other run has."""
    yield run.id
    if run.session_id is not None:
        yield run.session_id


def _keys(run: RunNames) -> Iterator[str]:
    """Yield the names by which a label may refer to a trajectory, the most exact first."""
    yield from _own_keys(run)
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


def _nearest(entries: Iterable[LabelEntry], source: str) -> list[LabelEntry]:
    near = [(_shared(entry.file, source), entry) for entry in entries]
    most = max(shared for shared, _ in near)
    return [entry for shared, entry in near if shared == most]


def _shared(file: Path, source: str) -> int:
    """Return the number of folders that the paths of two files have in common."""
    ours, theirs = file.absolute().parent.parts, Path(source).absolute().parent.parts
    pairs = zip(ours, theirs, strict=False)
    return next((depth for depth, (one, other) in enumerate(pairs) if one != other), min(len(ours), len(theirs)))


def _beside(roster: Roster, runs: Sequence[RunNames]) -> list[int]:
    """Return the positions of the trajectories nearest to a list of solved tasks, if one of their tasks is listed."""
    candidates = [place for place, run in enumerate(runs) if run.task_id is not None and run.parent_id is None]
    if not candidates:
        return []
    shared = {place: _shared(roster.file, runs[place].source) for place in candidates}
    most = max(shared.values())
    nearest = [place for place in candidates if shared[place] == most]
    is_about_them = any(roster.solved.intersection(_keys(runs[place])) for place in nearest)
    return nearest if is_about_them else []
