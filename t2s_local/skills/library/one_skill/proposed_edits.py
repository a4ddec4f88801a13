"""Proposed edits of the skills of a library, stored in its own folder until a person decides about each."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import msgspec

from t2s_local.errors import InputError, T2SError, UsageError
from t2s_local.files import reason_of, write_atomic
from t2s_local.skills.evidence import outcome_words
from t2s_local.skills.library.evidence_log import read_log
from t2s_local.skills.library.library import check_library
from t2s_local.skills.library.manifest import OwnedSkill
from t2s_local.skills.library.one_skill.one_skill import KnownSkill, change_skill, digest_of
from t2s_local.skills.library.one_skill.steps import version_mark, written_step
from t2s_local.skills.library.own_folder import OwnFolder, bytes_of
from t2s_local.skills.library.plan import Kept, Step
from t2s_local.skills.library.texts import Tree, sha256, tree_digest
from t2s_local.skills.patch.patch import Patched, apply_patch
from t2s_local.skills.patch.placing import Refused
from t2s_local.skills.patch.reinforcing import reinforced
from t2s_local.text.text import counted
from t2s_local.user_files.ownership import foreign, remember_text, wrote_text
from t2s_local.values.decision import VersionMark
from t2s_local.values.edit import ProposedEdit, RefusedEdit
from t2s_local.values.event import Event
from t2s_local.values.value import Value

REINFORCED = "reinforced"
"""Kind of the event in the log when runs confirm a rule of a skill without evidence of its own."""


class EditBook(Value, frozen=True, kw_only=True):
    """The proposed edits of a library."""

    version: int = 1
    proposals: tuple[ProposedEdit, ...] = ()
    """Edits by skill, then in the order of proposal."""


def read_edits(library: Path) -> tuple[ProposedEdit, ...]:
    """Return the proposed edits of the skills in *library*, including decided edits.

    Raises:
        InputError: another user's t2s or another version wrote the file.
        T2SError: the file cannot be read.
    """
    own = OwnFolder(library)
    own.refuse_odd()
    data = bytes_of(own.edits)
    if data is None:
        return ()
    if not wrote_text(data):
        raise foreign(library)
    try:
        return msgspec.json.decode(data, type=EditBook).proposals
    except msgspec.DecodeError as error:
        message = f"written by another version of t2s ({error})"
        raise InputError(message, path=own.edits, hint="`t2s deepen` writes it anew where it is moved away.") from error


def write_edits(
    library: Path, names: Collection[str], proposals: Iterable[ProposedEdit], *, kept: Collection[str], command: str
) -> None:
    """Store proposed edits until a person decides; edits of other skills are kept, and unchanged files not rewritten.

    Args:
        library: Folder of the skills.
        names: Names of the skills whose edits are replaced.
        proposals: New edits of these skills.
        kept: Ids of decided edits, which remain stored.
        command: Command line, shown to other processes that wait for the library.

    Raises:
        LockedError: another process changes the library.
        T2SError: the library cannot be written to.
    """
    check_library(library)
    own = OwnFolder(library)
    fresh = {item.id: item for item in proposals}
    try:
        with own.locked(command):
            known = read_edits(library)
            stay = [item for item in known if item.id not in fresh and (item.skill not in names or item.id in kept)]
            whole = sorted([*stay, *fresh.values()], key=lambda item: item.skill)
            data = msgspec.json.encode(EditBook(proposals=tuple(whole)), order="deterministic")
            data = msgspec.json.format(data, indent=1) + b"\n"
            if bytes_of(own.edits) != data and (whole or known):
                remember_text(data)
                write_atomic(own.edits, data)
    except OSError as error:
        raise T2SError(reason_of(error), path=error.filename or library) from error


def with_edit(library: Path, proposal: ProposedEdit) -> tuple[dict[str, bytes], Patched]:
    """Return the current files of a skill, by path, and the result of applying the proposed edit.

    Raises:
        NothingFoundError: there is no such skill.
        T2SError: the library cannot be read.
    """
    looked = KnownSkill(library, proposal.skill, may_be_new=True)
    files = {} if looked.source is None else looked.source.raw
    return files, _made(files, proposal)


def _made(files: Mapping[str, bytes], proposal: ProposedEdit) -> Patched:
    """Return the result of a proposed edit, which changes words or only raises counts."""
    made = apply_patch(files, [proposal.edit])
    if proposal.change != "reinforce" or proposal.number is None or made.refused:
        return made
    try:
        after = reinforced(files, proposal.number, proposal.runs)
    except Refused as error:
        refusal = RefusedEdit(edit=proposal.edit, reason=error.reason, detail=error.detail)
        return msgspec.structs.replace(made, applied=(), refused=(refusal,))
    return msgspec.structs.replace(made, before={path: files[path] for path in after}, after=after)


def take_edit(library: Path, proposal: ProposedEdit, *, place: str, at: str, command: str) -> VersionMark:
    """Apply a proposed edit to its skill; the current files are first stored as a version.

    Args:
        library: Folder of the skills.
        proposal: The edit.
        place: Folder of the library, relative to the folder of the decisions.
        at: Time, ISO 8601.
        command: Command line, shown to other processes that wait for the library.

    Raises:
        LockedError: another process changes the library.
        NothingFoundError: there is no such skill.
        UsageError: a version of the skill waits, or the edit has no place in the skill any more.
        T2SError: the library cannot be changed; it remains unchanged.
    """
    marks: list[VersionMark] = []
    own = OwnFolder(library)

    def plan(looked: KnownSkill) -> Step:
        looked.refuse_odd()
        marks[:] = [version_mark(looked, place, is_changed=True)]
        if _is_made(looked, proposal):
            marks[:] = [msgspec.structs.replace(marks[0], lay=looked.version_before().digest)]
            return Step(name=looked.name, fate="kept", entry=looked.entry)
        if looked.waiting is not None:
            message = f"a new version of {looked.name} waits"
            raise UsageError(message, hint="Decide about it first; `t2s review --list` shows it.")
        files = {} if looked.source is None else looked.source.raw
        made = _made(files, proposal)
        if made.refused:
            message = f"{proposal.id} cannot be made: {made.refused[0].detail}"
            raise UsageError(message, hint="The skill was changed since; `t2s deepen` proposes anew.")
        if not made.after:
            marks[:] = [version_mark(looked, place, is_changed=False)]
            event = _confirmation(looked, proposal, at)
            is_noted = any(one.skill == looked.name and one.reason == event.reason for one in read_log(own.log))
            return Step(name=looked.name, fate="kept", entry=looked.entry, events=() if is_noted else (event,))
        whole = {path: data for path, data in {**files, **made.after}.items() if data is not None}
        entry = looked.entry or OwnedSkill(files={})
        if proposal.change == "reinforce" and not looked.is_edited:  # the counts are ours, as the text before was
            digests = {path: sha256(data) for path, data in sorted(whole.items())}
            entry = msgspec.structs.replace(entry, files=digests)
        return written_step(looked, whole, at=at, entry=entry, kind="edited", reason=_reason(proposal))

    change_skill(library, proposal.skill, plan, at=at, command=command, may_be_new=True)
    return marks[0]


def _confirmation(looked: KnownSkill, proposal: ProposedEdit, at: str) -> Event:
    """Return the event that notes the runs which confirm a rule of a skill without evidence of its own."""
    outcomes = Counter(run.outcome or "unknown" for run in proposal.runs)
    reason = f"{proposal.id.rpartition('@')[2]}: {counted(len(proposal.runs), 'run')}, {outcome_words(outcomes)}"
    digest = None if looked.source is None else digest_of(looked.source)
    return Event(at=at, kind=REINFORCED, skill=looked.name, digest=digest, source="recorded", reason=reason)


def _reason(proposal: ProposedEdit) -> str:
    return f"edit {proposal.id.rpartition('@')[2]} accepted in review"


def _is_made(looked: KnownSkill, proposal: ProposedEdit) -> bool:
    """Return whether the folder has the version with this edit, because an earlier acceptance ended unrecorded."""
    last = looked.history.events[-1] if looked.history.events else None
    return last is not None and last.number == looked.present and last.reason == _reason(proposal)


def propose_version(library: Path, name: str, made: Patched, *, reason: str, at: str, command: str) -> None:
    """Store a new version of a skill that waits for a person's decision.

    Args:
        library: Folder of the skills.
        name: Folder of the skill.
        made: The skill with the edits applied.
        reason: Source of the version, as a short phrase.
        at: Time, ISO 8601.
        command: Command line, shown to other processes that wait for the library.

    Raises:
        LockedError: another process changes the library.
        NothingFoundError: there is no such skill.
        T2SError: the library cannot be written to.
    """

    def plan(looked: KnownSkill) -> Step:
        looked.refuse_odd()
        files = {} if looked.source is None else looked.source.raw
        whole = {path: data for path, data in sorted({**files, **made.after}.items()) if data is not None}
        tree = Tree(files={path: sha256(data) for path, data in whole.items()})
        event = Event(at=at, kind="proposed", skill=name, digest=tree_digest(tree), reason=reason)
        entry = looked.entry or OwnedSkill(files={})
        return Step(
            name=name,
            fate="proposed",
            entry=msgspec.structs.replace(entry, proposal=tree.files),
            kept=(Kept(tree, whole),),
            events=(event,),
        )

    change_skill(library, name, plan, at=at, command=command, may_be_new=True)
