"""List versions of edited skills that wait for a person, and accept, decline, edit or undo them."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from t2s_local.errors import InputError, UsageError
from t2s_local.skills.library.manifest import OwnedSkill, read_manifest
from t2s_local.skills.library.merging import Conflict, has_marks, marked_conflicts, merge_files
from t2s_local.skills.library.one_skill.one_skill import KnownSkill, change_skill
from t2s_local.skills.library.one_skill.steps import version_mark, written_step
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.library.plan import Step, users_version
from t2s_local.skills.library.texts import Tree, tree_digest
from t2s_local.skills.library.versions import histories
from t2s_local.skills.lint import at_or_above, lint
from t2s_local.skills.source import MAIN, SkillSource
from t2s_local.values.decision import VersionMark
from t2s_local.values.event import Event
from t2s_local.values.value import Value

_ON_OTHER_FILES = frozenset({"links-dangling"})
"""Rules of lint that check files other than the edited file."""
DECLINED = "declined"
"""Kind of the event in the log when a person declines a version."""


class WaitingVersion(Value, frozen=True, kw_only=True):
    """A version of a skill that waits for a person's decision."""

    skill: str
    number: int
    digest: str
    reason: str | None
    """Reason why the version was not written; None if none is noted."""


class Draft(Value, frozen=True, kw_only=True):
    """Files of a skill for a person to edit."""

    texts: dict[str, str]
    """Texts to edit, by path; places that both versions changed have both texts between conflict marks."""
    others: dict[str, bytes | None]
    """Other files that change, by path; None for files to remove."""


def waiting_versions(library: Path) -> tuple[WaitingVersion, ...]:
    """Return the waiting versions in a library, by name of the skill.

    Raises:
        T2SError: the library or its log cannot be read.
    """
    own = OwnFolder(library)
    entries = {name: entry.proposal for name, entry in read_manifest(own).skills.items() if entry.proposal is not None}
    known = histories(own) if entries else {}
    found = []
    for name, files in sorted(entries.items()):
        digest = tree_digest(Tree(files=files))
        events = [event for event in known[name].events if event.digest == digest] if name in known else []
        if events:
            last = events[-1]
            found.append(WaitingVersion(skill=name, number=last.number, digest=digest, reason=last.reason))
    return tuple(found)


def take_version(library: Path, name: str, *, place: str, at: str, command: str) -> VersionMark:
    """Write the waiting version to the folder of its skill; the current files are first stored as a version.

    Args:
        library: Folder of the library.
        name: Folder of the skill.
        place: Folder of the library, relative to the folder of the decisions.
        at: Time, ISO 8601.
        command: Command line, shown to other processes that wait for the library.

    Raises:
        LockedError: another process changes the library.
        NothingFoundError: there is no such skill.
        UsageError: no version waits.
        T2SError: the library cannot be changed; it remains unchanged.
    """
    marks: list[VersionMark] = []

    def plan(looked: KnownSkill) -> Step:
        looked.refuse_odd()
        waited = _waited(looked)
        marks[:] = [version_mark(looked, place, is_changed=True)]
        return written_step(
            looked, looked.whole(waited, "the version that waits"), at=at, entry=OwnedSkill(files=waited)
        )

    change_skill(library, name, plan, at=at, command=command)
    return marks[0]


def decline_version(library: Path, name: str, *, place: str, at: str, command: str) -> VersionMark:
    """Decline the waiting version; the skill is not changed. Arguments as for `take_version`.

    Raises:
        LockedError: another process changes the library.
        NothingFoundError: there is no such skill.
        UsageError: no version waits.
        T2SError: the library cannot be changed; it remains unchanged.
    """
    marks: list[VersionMark] = []

    def plan(looked: KnownSkill) -> Step:
        waited = _waited(looked)
        marks[:] = [version_mark(looked, place, is_changed=False)]
        digest, reason = tree_digest(Tree(files=waited)), "declined by hand"
        event = Event(at=at, kind=DECLINED, skill=looked.name, digest=digest, reason=reason)
        entry = looked.entry if looked.entry is not None and looked.entry.files else None
        kept = None if entry is None else msgspec.structs.replace(entry, proposal=None)
        return Step(name=looked.name, fate="kept", entry=kept, events=(event,))

    change_skill(library, name, plan, at=at, command=command)
    return marks[0]


def draft_of(library: Path, name: str) -> Draft:
    """Return a skill to edit, merged with the waiting version if there is one, with marks at conflicts.

    Raises:
        InputError: a file that both versions changed is no text.
        NothingFoundError: there is no such skill.
        T2SError: the library or a text cannot be read.
    """
    looked = KnownSkill(library, name, may_be_new=True)
    mine = {} if looked.source is None else looked.source.raw
    if looked.waiting is None:
        return Draft(texts={MAIN: _decoded(mine.get(MAIN, b""), looked.path / MAIN)}, others={})
    new = looked.whole(looked.waiting, "the version that waits")
    base = looked.texts.files(looked.entry.files) if looked.entry is not None else {}
    marked = marked_conflicts(base, mine, new)
    if isinstance(marked, Conflict):
        message = "both versions changed it, and it is no text"
        raise InputError(message, path=looked.path / marked.path, hint="Accept or reject the new version as it is.")
    rest = [{path: data for path, data in side.items() if path not in marked} for side in (base, mine, new)]
    merged = merge_files(*rest)
    others: dict[str, bytes | None] = {} if isinstance(merged, Conflict) else dict(merged)
    if not marked:
        marked = {MAIN: _decoded(others.pop(MAIN, None) or mine[MAIN], looked.path / MAIN)}
    return Draft(texts=marked, others=others)


def write_draft(library: Path, name: str, draft: Draft, *, place: str, at: str, command: str) -> VersionMark:
    """Write a skill with a person's edits; a waiting version no longer waits.

    Args:
        library: Folder of the library.
        name: Folder of the skill.
        draft: The edited files.
        place: Folder of the library, relative to the folder of the decisions.
        at: Time, ISO 8601.
        command: Command line, shown to other processes that wait for the library.

    Raises:
        LockedError: another process changes the library.
        NothingFoundError: there is no such skill.
        UsageError: conflict marks are left in a file, or the edited SKILL.md is not valid.
        T2SError: the library cannot be changed; it remains unchanged.
    """
    left = [path for path, text in draft.texts.items() if has_marks(text)]
    if left:
        message = f"{left[0]} still holds both sides"
        raise UsageError(message, hint="Keep one text where <<<<<<<, ======= and >>>>>>> stand, and leave those out.")
    _refuse_broken(name, draft)
    marks: list[VersionMark] = []

    def plan(looked: KnownSkill) -> Step:
        looked.refuse_odd()
        marks[:] = [version_mark(looked, place, is_changed=True)]
        changed: Mapping[str, bytes | None] = draft.others | {path: text.encode() for path, text in draft.texts.items()}
        mine = {} if looked.source is None else looked.source.raw
        files = {path: data for path, data in sorted({**mine, **changed}.items()) if data is not None}
        entry = looked.entry or OwnedSkill(files={})
        if looked.waiting is not None:
            entry = OwnedSkill(files=looked.waiting, is_kept=entry.is_kept)
        return written_step(looked, files, at=at, entry=entry, kind="edited", reason="edited in review")

    change_skill(library, name, plan, at=at, command=command, may_be_new=True)
    return marks[0]


def _refuse_broken(name: str, draft: Draft) -> None:
    """Check that an edited SKILL.md still has front matter with a valid name and description.

    Raises:
        UsageError: an edit made it invalid.
    """
    main = {path: text.encode("utf-8", "surrogatepass") for path, text in draft.texts.items() if path == MAIN}
    if main:
        found = lint(SkillSource(name=name, raw=main, sizes={path: len(data) for path, data in main.items()}))
        broken = [item for item in at_or_above(found, "error") if item.rule not in _ON_OTHER_FILES]
        if broken:
            message = f"as it was edited, {MAIN} {broken[0].message}"
            raise UsageError(message, line=broken[0].line, hint="Nothing was saved; edit it again.")


def take_back(library: Path, name: str, mark: VersionMark, *, at: str, command: str) -> None:
    """Undo a decision about a version: restore the files of the skill and the version that waited.

    Args:
        library: Folder of the library.
        name: Folder of the skill.
        mark: Versions that the decision stored.
        at: Time, ISO 8601.
        command: Command line, shown to other processes that wait for the library.

    Raises:
        LockedError: another process changes the library.
        NothingFoundError: there is no such skill.
        T2SError: the library cannot be changed, or a text is lost; everything is as it was.
    """

    def plan(looked: KnownSkill) -> Step:
        base, waited, lay = (_tree(looked, digest) for digest in (mark.base, mark.waited, mark.lay))
        entry = OwnedSkill(
            files={} if base is None else base.files,
            proposal=None if waited is None else waited.files,
            is_kept=looked.entry is not None and looked.entry.is_kept,
        )
        if lay is None:
            was_new = base is None and looked.entry is not None and looked.entry.files == entry.proposal
            return _set_aside(looked, entry, at) if was_new else Step(name=looked.name, fate="kept", entry=entry)
        looked.refuse_odd()
        files = looked.whole(lay.files, "the version that lay there")
        step = written_step(looked, files, at=at, entry=entry, kind="rolled_back", reason="taken back by hand")
        return msgspec.structs.replace(step, programs=lay.programs)

    change_skill(library, name, plan, at=at, command=command)


def _set_aside(looked: KnownSkill, entry: OwnedSkill, at: str) -> Step:
    """Return the step that removes the folder of a skill whose version waits again; its files are stored as a version.

    Args:
        looked: The skill as read from the library.
        entry: Entry of the skill in the manifest after the step.
        at: Time, ISO 8601.
    """
    looked.refuse_odd()
    kept, events = ((), ()) if looked.source is None else users_version(looked.history, looked.source, at=at)
    waits = tree_digest(Tree(files=entry.proposal or {}))
    event = Event(at=at, kind="proposed", skill=looked.name, digest=waits, reason="taken back by hand")
    is_there = looked.source is not None
    return Step(name=looked.name, fate="kept", entry=entry, is_set_aside=is_there, kept=kept, events=(*events, event))


def _waited(looked: KnownSkill) -> dict[str, str]:
    if looked.waiting is None:
        message = f"no version of {looked.name} waits"
        raise UsageError(message, hint="`t2s review --list` shows what waits.")
    return looked.waiting


def _tree(looked: KnownSkill, digest: str | None) -> Tree | None:
    """Return the files of a version; None if *digest* is None.

    Raises:
        InputError: the files are lost.
    """
    if digest is None:
        return None
    tree = looked.texts.tree(digest)
    if tree is None:
        message = f"the texts of version {digest[:12]} are not there, or were changed"
        raise InputError(message, path=looked.path, hint="`t2s library verify` names what was changed.")
    return tree


def _decoded(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = "no text in UTF-8"
        raise InputError(message, path=path, hint="Mend it outside of t2s.") from error
