"""Restore the library of an earlier time, and undo the restoration."""

from collections.abc import Mapping
from pathlib import Path

from t2s_local.errors import UsageError
from t2s_local.skills.library.evidence_log import read_log
from t2s_local.skills.library.one_skill.history import rollback
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.members.members import Member, members_of
from t2s_local.skills.members.moving import Join, carry_out
from t2s_local.values.decision import Proposal

_LATER = "the library went back to a time before it"
"""Reason that is noted for a skill that a library did not have at the restored time."""


def go_back(library: Path, proposal: Proposal, join: Join, *, at: str, command: str) -> None:
    """Restore the versions that *proposal* names, and archive the skills that did not exist then.

    Raises:
        LockedError: another process changes the library.
        T2SError: the library cannot be changed.
    """
    for name, number in proposal.versions:
        rollback(library, name, to=str(number), at=at, command=command)
    later = [member for member in members_of(library) if member.name in proposal.leaves and member.is_there]
    archived = [
        Proposal(kind="archive", skill=one.name, digest=one.digest, reason=_LATER, is_ours=one.is_ours) for one in later
    ]
    carry_out(library, archived, join, at=at, command=command)


def undo_going_back(library: Path, went: str, *, at: str, command: str) -> None:
    """Bring back every skill as it was before the restoration; skills that were changed since are left alone.

    Args:
        library: Folder of the library.
        went: Time of the restoration, as the events of the library record it.
        at: Time, ISO 8601.
        command: Command line, shown to other processes that wait for the library.

    Raises:
        LockedError: another process changes the library.
        T2SError: the library cannot be changed.
        UsageError: skills were changed since; all other skills are brought back.
    """
    moved = _moved(library, went)
    members = {member.name: member for member in members_of(library)}
    changed = [name for name, digest in moved.items() if not _is_as_left(members.get(name), digest)]
    for name in moved:
        if name not in changed:
            rollback(library, name, to=None, at=at, command=command)
    if changed:
        message = f"{', '.join(changed)}: changed since the library went back, and left alone"
        raise UsageError(message, hint=f"`t2s library rollback {library}/{changed[0]}` brings it back as it was.")


def _moved(library: Path, went: str) -> Mapping[str, str | None]:
    """Return the skills that the restoration changed, each with its restored version; None for an archived skill."""
    moved: dict[str, str | None] = {}
    for event in read_log(OwnFolder(library).log):
        if event.at == went and event.kind == "rolled_back":
            moved[event.skill] = event.digest
        elif event.at == went and event.kind == "archived" and event.reason == _LATER:
            moved[event.skill] = None
    return moved


def _is_as_left(member: Member | None, digest: str | None) -> bool:
    """Return whether a skill still has the version *digest*; if *digest* is None, whether it is still set aside."""
    is_there = member is not None and member.is_there
    return not is_there if digest is None else is_there and member is not None and member.digest == digest
