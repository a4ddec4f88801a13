"""Build the index of a library from its skills, and from the tasks in the workspace behind them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from t2s_local.errors import InputError, T2SError
from t2s_local.ports.grouping import Embedder
from t2s_local.runs.finished.stored import stored_outlines
from t2s_local.skills.evidence import PATH as EVIDENCE
from t2s_local.skills.evidence import parse_evidence
from t2s_local.skills.library.index.entries import IndexEntry, make_entries, with_tasks
from t2s_local.skills.library.index.index import LibraryIndex, Surface, index_from
from t2s_local.skills.library.index.storing import IndexState, StoredIndex
from t2s_local.skills.library.index.surface import surface_of
from t2s_local.skills.library.texts import Tree, digests_in, tree_digest
from t2s_local.skills.source import SkillSource, read_source
from t2s_local.stages.check.scan import at_or_above, scan
from t2s_local.stages.use.route.calibration import calibrated
from t2s_local.values.lesson import supporting_runs
from t2s_local.values.routing.library_index import LeftOut
from t2s_local.workspace import STORE, read_workspace

Tasks = Mapping[str, Sequence[str]]
"""Texts of the tasks behind each skill, by name of the skill."""


class VersionedSource(NamedTuple):
    """The files of a skill, with one digest of all files."""

    source: SkillSource
    version: str


def made_index(
    library: Path, state: IndexState, embedder: Embedder, *, before: StoredIndex | None, workspace: Path | None
) -> StoredIndex:
    """Build the index of a library; entries of skills with unchanged files are copied from an earlier index.

    Args:
        library: Folder of the skills.
        state: State of the library; its skills are indexed.
        embedder: Embedder of the texts.
        before: Earlier index by the same embedder and code; None if there is none.
        workspace: Workspace that stores the runs behind the skills; None if none is noted.
    """
    stored = () if before is None else msgspec.msgpack.decode(before.deep(), type=tuple[IndexEntry, ...])
    known = {(entry.skill.name, entry.skill.digest): entry for entry in stored}
    skills, left_out = _read(library, state.stamps, known)
    is_retold = before is None or before.state.workspace != state.workspace
    new = [one for one in skills if (one.source.name, one.version) not in known]
    tasks = _tasks_behind(workspace, [one.source for one in (skills if is_retold else new)])
    made = iter(make_entries(new, tasks, embedder))
    entries = []
    for one in skills:
        entry = known.get((one.source.name, one.version))
        if entry is None:
            entry = next(made)
        elif is_retold:
            entry = with_tasks(entry, tasks.get(one.source.name, ()), embedder)
        entries.append(entry)
    surface, deep = _packed(entries, embedder)
    return StoredIndex(state=msgspec.structs.replace(state, left_out=left_out), surface=surface, deep=lambda: deep)


def index_of(skills: Sequence[VersionedSource], tasks: Tasks, embedder: Embedder) -> LibraryIndex:
    """Return an index of *skills*, which are sorted by name; the index is not stored."""
    surface, deep = _packed(make_entries(skills, tasks, embedder), embedder)
    return index_from(surface, lambda: deep, embedder.dimensions)


def _packed(entries: Sequence[IndexEntry], embedder: Embedder) -> tuple[Surface, bytes]:
    deep = msgspec.msgpack.encode(entries)
    surface = surface_of(entries, embedder)
    whole, least = calibrated(entries, index_from(surface, lambda: deep, embedder.dimensions))
    return msgspec.structs.replace(surface, min_score=whole, least=least.tobytes()), deep


def _read(
    library: Path, names: Iterable[str], known: Collection[tuple[str, str]]
) -> tuple[list[VersionedSource], tuple[LeftOut, ...]]:
    """Read the skills of a library; skills that are not *known* are scanned."""
    found: list[VersionedSource] = []
    left_out: list[LeftOut] = []
    for name in names:
        try:
            source = _usable(library / name)
        except (InputError, OSError) as error:
            left_out.append(LeftOut(skill=name, reason=error.message if isinstance(error, InputError) else str(error)))
            continue
        version = tree_digest(Tree(files=digests_in(source), programs=source.programs))
        grave = () if (source.name, version) in known else at_or_above(scan(source), "high")
        if grave:
            place = grave[0].path if grave[0].line is None else f"{grave[0].path}:{grave[0].line}"
            left_out.append(LeftOut(skill=name, reason=f"{place}: {grave[0].message} [{grave[0].rule}]"))
        else:
            found.append(VersionedSource(source, version))
    return found, tuple(left_out)


def _usable(folder: Path) -> SkillSource:
    """Read a skill.

    Raises:
        InputError: the folder is a link or cannot be read, or its SKILL.md cannot be parsed.
    """
    if folder.is_symlink():
        message = "a symbolic link, which is not followed"
        raise InputError(message, path=folder)
    source = read_source(folder)
    if isinstance(source.document, InputError):
        raise source.document
    return source


def _tasks_behind(workspace: Path | None, sources: Iterable[SkillSource]) -> Tasks:
    """Return the tasks behind skills, as far as their runs are stored; empty if the workspace cannot be read."""
    behind = {source.name: runs_behind(source) for source in sources}
    wanted = {run for runs in behind.values() for run in runs}
    if workspace is None or not wanted or not (workspace / STORE).is_file():
        return {}
    texts: dict[str, str] = {}
    try:
        with read_workspace(workspace) as opened:
            for run in reversed(list(opened.ledger)):
                if wanted <= texts.keys():
                    break
                outlines = stored_outlines(opened, run.id)
                texts |= {str(one.id): one.task for one in outlines if str(one.id) in wanted and one.task}
    except T2SError:
        return {}
    return {name: [texts[run] for run in sorted(runs) if run in texts] for name, runs in behind.items()}


def runs_behind(source: SkillSource) -> frozenset[str]:
    """Return the ids of the recorded runs that the evidence of a skill names."""
    text = source.texts.get(EVIDENCE)
    return frozenset() if text is None else supporting_runs(parse_evidence(text))
