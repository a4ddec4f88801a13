"""List and compare the versions of a skill, and restore an earlier version."""

from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path

import msgspec

from t2s_local.skills.library.manifest import OwnedSkill
from t2s_local.skills.library.one_skill.one_skill import KnownSkill, change_skill
from t2s_local.skills.library.plan import Step, users_version
from t2s_local.skills.library.texts import Tree, tree_digest
from t2s_local.skills.library.versions import VersionEvent
from t2s_local.values.event import Event
from t2s_local.values.value import Value


class SkillVersions(Value, frozen=True, kw_only=True):
    """Versions and state of one skill of a library."""

    name: str
    state: str
    events: tuple[VersionEvent, ...]
    """Events that gave the skill a version, oldest first."""
    present: int | None
    """Number of the version in the skill's folder; None if the folder was edited since or does not exist."""
    waiting: int | None
    """Number of the version that waits for the user; None if none waits."""
    is_edited: bool
    """Whether the folder differs from the version that t2s wrote last."""


class RolledBack(Value, frozen=True, kw_only=True):
    """A version that was restored."""

    number: int
    digest: str
    reason: str | None
    """Reason why the version was written originally; None if none is noted."""


def skill_versions(library: Path, name: str) -> SkillVersions:
    """Return the versions of a skill.

    Raises:
        NothingFoundError: the library does not list the skill.
        T2SError: the library or its log cannot be read.
    """
    looked = KnownSkill(library, name)
    return SkillVersions(
        name=name,
        state=looked.history.state,
        events=looked.history.events,
        present=looked.present,
        waiting=None if looked.waiting is None else looked.history.number_of(tree_digest(Tree(files=looked.waiting))),
        is_edited=looked.is_edited,
    )


def skill_diff(library: Path, name: str, *, since: str | None = None, to: str | None = None) -> list[str]:
    """Return the lines of a unified diff between two versions of a skill; empty if they are the same.

    Args:
        library: Folder of the library.
        name: Folder of the skill.
        since: Version to start from. By default the folder if a version waits, else the version that t2s wrote if
            the folder was edited, else the preceding version.
        to: Version to end with; by default the waiting version, or else the folder.

    Raises:
        NothingFoundError: there is no such skill or version.
        T2SError: the library, its log or a text cannot be read.
    """
    looked = KnownSkill(library, name)
    one, other = looked.sides(since, to)
    return files_diff(one, other, name)


def files_diff(one: Mapping[str, bytes | None], other: Mapping[str, bytes | None], name: str) -> list[str]:
    """Return the lines of a unified diff between the files of two versions of a skill."""
    lines: list[str] = []
    for path in sorted(one.keys() | other.keys()):
        before, after = _lines(one.get(path)), _lines(other.get(path))
        lines += unified_diff(before, after, f"{name}/{path}", f"{name}/{path}", lineterm="")
    return lines


def rollback(library: Path, name: str, *, to: str | None, at: str, command: str) -> RolledBack:
    """Restore a version of a skill; the current files are first stored as a version.

    Args:
        library: Folder of the library.
        name: Folder of the skill.
        to: Number of the version, or the beginning of its digest; by default the preceding version.
        at: Time, ISO 8601.
        command: Command line, shown to other processes that wait for the library.

    Raises:
        LockedError: another process changes the library.
        NothingFoundError: there is no such skill or version.
        T2SError: the library cannot be changed; it remains unchanged.
    """
    put_back: list[VersionEvent] = []

    def plan(looked: KnownSkill) -> Step:
        put_back[:] = [looked.version(to) if to is not None else looked.version_before()]
        return _step(looked, put_back[0], at)

    change_skill(library, name, plan, at=at, command=command)
    event = put_back[0]
    return RolledBack(number=event.number, digest=event.digest, reason=event.reason)


def _step(looked: KnownSkill, event: VersionEvent, at: str) -> Step:
    tree, files = looked.tree_of(event), looked.files_of(event)
    looked.refuse_odd()
    kept, events = ((), ()) if looked.source is None else users_version(looked.history, looked.source, at=at)
    reason = f"back to version {event.number} by hand"
    back = Event(at=at, kind="rolled_back", skill=looked.name, digest=event.digest, reason=reason)
    states = [Event(at=at, kind="active", skill=looked.name, digest=event.digest, reason="brought back by hand")]
    return Step(
        name=looked.name,
        fate="changed",
        entry=_entry(looked.entry, tree),
        files=files,
        programs=tree.programs,
        lies=tree.files,
        kept=kept,
        events=(*events, back, *(states if looked.history.is_aside else ())),
    )


def _entry(entry: OwnedSkill | None, tree: Tree) -> OwnedSkill:
    """Return the entry of a restored skill: an earlier version counts as an edit by the user."""
    if entry is None:
        return OwnedSkill(files=tree.files, is_kept=True)
    if tree.files == entry.proposal:
        return OwnedSkill(files=tree.files)
    return msgspec.structs.replace(entry, moved_to=None)


def _lines(data: bytes | None) -> list[str]:
    if data is None:
        return []
    try:
        return data.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        return [f"({len(data):,} bytes that are no text)"]
