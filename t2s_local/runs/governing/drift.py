"""Report how the use and the help of a library's skills drift over time, from its evidence log."""

from pathlib import Path

from t2s_local.errors import NothingFoundError, T2SError
from t2s_local.runs.governing.facts import vectors_of
from t2s_local.runs.reviewing.proposing import home_of
from t2s_local.skills.library.library import is_library
from t2s_local.skills.members.members import Member, members_of
from t2s_local.skills.members.record import checked_events
from t2s_local.stages.govern.alike import SAME, pairs
from t2s_local.stages.govern.drift import Drift, DriftReader
from t2s_local.workspace import STORE, read_workspace


def drift_of(library: Path, *, embedder: str) -> Drift:
    """Return the report on the drift of a library.

    Raises:
        BrokenChainError: the log of the library was changed.
        InputError: the library or its log cannot be read.
        NothingFoundError: there is neither a skill nor a log.
        UsageError: the embedder is not known.
    """
    members = _members(library)
    unknown = [member.name for member in members if not member.history.events]
    reader = DriftReader(unknown)
    for event in checked_events(library):
        reader.add(event)
    return reader.report(duplicates=_duplicates(members, embedder))


def own_library(workspace: Path) -> Path | None:
    """Return the library of the newest finished run whose library still exists; None if there is none."""
    if not (workspace / STORE).exists():
        return None
    try:
        with read_workspace(workspace) as store:
            outs = [run.about.out for run in store.ledger if run.finished is not None and run.about is not None]
    except T2SError:
        return None
    found = [Path(out) for out in outs if out is not None and is_library(Path(out))]
    return found[-1] if found else None


def _members(library: Path) -> tuple[Member, ...]:
    """Return the skills in the library, without those set aside; empty if the library has only a log."""
    try:
        return tuple(member for member in members_of(library, home=home_of(library)) if member.is_there)
    except NothingFoundError:
        if not is_library(library):
            raise
        return ()


def _duplicates(members: tuple[Member, ...], embedder: str) -> float | None:
    """Return the share of skills with a near-duplicate, in [0, 1]; None if there is no skill."""
    if not members:
        return None
    near = pairs(vectors_of(members, embedder), SAME) if len(members) > 1 else []
    return len({row for one, other, _ in near for row in (one, other)}) / len(members)
