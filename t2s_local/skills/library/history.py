"""The versions of one skill: which there are, how two differ, and how an earlier one comes back."""

from difflib import unified_diff
from pathlib import Path

import msgspec

from t2s_local.errors import InputError, NothingFoundError, T2SError
from t2s_local.files import is_plain_name, reason_of
from t2s_local.skills.library.applying import WORKING, apply, settle
from t2s_local.skills.library.library import check_library
from t2s_local.skills.library.manifest import LibraryManifest, OwnedSkill, read_manifest
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.library.plan import Step, users_version
from t2s_local.skills.library.survey import lying
from t2s_local.skills.library.takeover import taken_over
from t2s_local.skills.library.texts import Digests, Texts, Tree, digests_in, is_whole, tree_digest
from t2s_local.skills.library.versions import DEPRECATED, SkillHistory, VersionEvent, histories
from t2s_local.skills.source import SkillSource
from t2s_local.skills.working_folder import finish_left
from t2s_local.values.event import Event
from t2s_local.values.value import Value

_DIGITS = 12


class SkillVersions(Value, frozen=True, kw_only=True):
    """Everything that is known of one skill of a library."""

    name: str
    state: str
    events: tuple[VersionEvent, ...]
    """Oldest first."""
    present: int | None
    """Number of the version that lies in the folder; None where it was edited since, or nothing lies there."""
    waiting: int | None
    """Number of a version that waits for the user."""
    is_edited: bool
    """Whether what lies in the folder is not the version that t2s wrote last."""


class RolledBack(Value, frozen=True, kw_only=True):
    """A version that was put back."""

    number: int
    digest: str
    reason: str | None
    """Why it was written at first."""


def skill_versions(library: Path, name: str) -> SkillVersions:
    """Return the versions of a skill.

    Raises:
        NothingFoundError: the library knows no such skill.
        T2SError: the library or its log cannot be read.
    """
    looked = _Looked(library, name)
    return SkillVersions(
        name=name,
        state=looked.history.state,
        events=looked.history.events,
        present=looked.present,
        waiting=None if looked.waiting is None else looked.history.number_of(tree_digest(Tree(files=looked.waiting))),
        is_edited=looked.is_edited,
    )


def skill_diff(library: Path, name: str, *, since: str | None = None, to: str | None = None) -> list[str]:
    """Return how two versions of a skill differ, as the lines of a unified diff; none where they are the same.

    Args:
        library: The library.
        name: Folder of the skill.
        since: Version to start from; by default what lies in the folder where a version waits, else the version that
            t2s wrote where the folder was edited, else the version before.
        to: Version to end with; by default the one that waits, else what lies in the folder.

    Raises:
        NothingFoundError: there is no such skill or version.
        T2SError: the library, its log or a text cannot be read.
    """
    looked = _Looked(library, name)
    one, other = looked.sides(since, to)
    lines: list[str] = []
    for path in sorted(one.keys() | other.keys()):
        before, after = _lines(one.get(path)), _lines(other.get(path))
        lines += unified_diff(before, after, f"{name}/{path}", f"{name}/{path}", lineterm="")
    return lines


def rollback(library: Path, name: str, *, to: str | None, at: str, command: str) -> RolledBack:
    """Put a version of a skill back; what lies there becomes a version of its own first.

    Args:
        library: The library.
        name: Folder of the skill.
        to: Number of the version, or how its digest begins; by default the version before.
        at: Time, ISO 8601.
        command: Command line, as other processes that wait are told it.

    Raises:
        LockedError: another process changes the library.
        NothingFoundError: there is no such skill or version.
        T2SError: the library cannot be changed; everything is as it was.
    """
    check_library(library)
    _Looked(library, name)
    own = OwnFolder(library)
    try:
        with own.locked(command):
            finish_left(library, WORKING)
            manifest = taken_over(own, settle(own, read_manifest(own)), at=at)
            looked = _Looked(library, name)
            event = looked.version(to) if to is not None else looked.version_before()
            apply(own, manifest, [_step(looked, manifest, event, at)])
    except OSError as error:
        raise T2SError(reason_of(error), path=error.filename or library) from error
    return RolledBack(number=event.number, digest=event.digest, reason=event.reason)


class _Looked:
    """A skill of a library, looked at."""

    def __init__(self, library: Path, name: str) -> None:
        self.path = library / name
        if not is_plain_name(name) or not library.is_dir():
            raise _unknown(self.path)
        self.name = name
        own = OwnFolder(library)
        self.entry = read_manifest(own).skills.get(name)
        self.history = histories(own).get(name, SkillHistory())
        if self.entry is None and not self.history.events:
            raise _unknown(self.path)
        self.source: SkillSource | None = lying(library, name)
        self.texts = Texts(own.texts)

    @property
    def waiting(self) -> Digests | None:
        return None if self.entry is None else self.entry.proposal

    @property
    def is_edited(self) -> bool:
        return self.source is not None and (self.entry is None or digests_in(self.source) != self.entry.files)

    @property
    def present(self) -> int | None:
        return None if self.source is None else self.history.number_of(_digest(self.source))

    def sides(self, since: str | None, to: str | None) -> tuple[dict[str, bytes], dict[str, bytes]]:
        lies = {} if self.source is None else self.source.raw
        if to is not None:
            other = self.files_of(self.version(to))
        elif since is None and self.waiting is not None:
            return lies, self._whole(self.waiting, "the version that waits")
        else:
            other = lies
        if since is not None:
            return self.files_of(self.version(since)), other
        if to is not None:
            return lies, other
        if self.is_edited and self.entry is not None and self.entry.files:
            return self._whole(self.entry.files, "the version that t2s wrote"), other
        return self.files_of(self.version_before()), other

    def version(self, wanted: str) -> VersionEvent:
        """Find a version by its number or by how its digest begins."""
        for event in self.history.events:
            if wanted == str(event.number) or (len(wanted) >= 4 and event.digest.startswith(wanted)):
                return event
        message = f"it has no version {wanted}"
        raise NothingFoundError(message, path=self.path, hint="`t2s library history` lists the versions.")

    def version_before(self) -> VersionEvent:
        """Find the version that was there before what lies there now."""
        now = None if self.source is None else _digest(self.source)
        events = [event for event in self.history.events if event.kind != "proposed"]
        while events and now is not None and events[-1].digest == now:
            events.pop()
        if not events:
            message = "there is no version before this one"
            raise NothingFoundError(message, path=self.path, hint="`t2s library history` lists the versions.")
        return events[-1]

    def files_of(self, event: VersionEvent) -> dict[str, bytes]:
        return self._whole(self.tree_of(event).files, f"version {event.number}")

    def tree_of(self, event: VersionEvent) -> Tree:
        tree = self.texts.tree(event.digest)
        if tree is None:
            raise _lost(self.path, f"version {event.number}")
        return tree

    def _whole(self, digests: Digests, what: str) -> dict[str, bytes]:
        found = {path: data for path, data in self.texts.files(digests).items() if data is not None}
        if len(found) < len(digests):
            raise _lost(self.path, what)
        return found


def _step(looked: _Looked, manifest: LibraryManifest, event: VersionEvent, at: str) -> Step:
    tree, files = looked.tree_of(event), looked.files_of(event)
    if looked.path.is_symlink() or (looked.path.exists() and looked.source is None):
        message = "a link or a file has the skill's name"
        raise T2SError(message, path=looked.path, hint="Move it away first.")
    if looked.source is not None and not is_whole(looked.source):
        message = "holds links, or files too large to be kept, and would lose them"
        raise T2SError(message, path=looked.path, hint="Move them out of the skill first.")
    kept, events = ((), ()) if looked.source is None else users_version(looked.history, looked.source, at=at)
    reason = f"back to version {event.number} by hand"
    back = Event(at=at, kind="rolled_back", skill=looked.name, digest=event.digest, reason=reason)
    states = [Event(at=at, kind="active", skill=looked.name, digest=event.digest, reason="brought back by hand")]
    return Step(
        name=looked.name,
        fate="changed",
        entry=_entry(manifest.skills.get(looked.name), tree),
        files=files,
        programs=tree.programs,
        lies=tree.files,
        kept=kept,
        events=(*events, back, *(states if looked.history.state == DEPRECATED else ())),
    )


def _entry(entry: OwnedSkill | None, tree: Tree) -> OwnedSkill:
    """Return the entry of a skill that was put back: an earlier version counts as an edit of the user's."""
    if entry is None:
        return OwnedSkill(files=tree.files, is_kept=True)
    if tree.files == entry.proposal:
        return OwnedSkill(files=tree.files)
    return msgspec.structs.replace(entry, moved_to=None)


def _digest(source: SkillSource) -> str:
    return tree_digest(Tree(files=digests_in(source), programs=source.programs))


def _lines(data: bytes | None) -> list[str]:
    if data is None:
        return []
    try:
        return data.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        return [f"({len(data):,} bytes that are no text)"]


def _unknown(path: Path) -> NothingFoundError:
    message = "no skill that a library of t2s knows"
    return NothingFoundError(message, path=path, hint="Name LIBRARY/SKILL, the folder of a skill that t2s wrote.")


def _lost(path: Path, what: str) -> InputError:
    message = f"the texts of {what} are not there, or were changed"
    return InputError(message, path=path, hint="`t2s library verify` names what was changed.")
