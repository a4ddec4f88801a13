"""Decide for each skill of a library whether it is written, merged, kept, proposed or set aside."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from t2s_local.skills.library.manifest import OwnedSkill, Pending
from t2s_local.skills.library.merging import Conflict, merge_files
from t2s_local.skills.library.texts import Texts, Tree, digests_in, digests_of, is_whole, sha256, tree_digest
from t2s_local.skills.library.versions import DEPRECATED, SkillHistory
from t2s_local.skills.lint import lint
from t2s_local.skills.source import SkillSource
from t2s_local.values.event import Event
from t2s_local.values.skill import Digests, Skill

Fate = Literal[
    "added", "changed", "merged", "kept", "proposed", "waiting", "deprecated", "retired", "moved", "unchanged"
]
NAME_TAKEN = "a skill of somebody else's has its name"
SAME_PLACES = "edited in the same places"


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """All facts for the decision about one skill."""

    name: str
    entry: OwnedSkill | None
    """Entry in the manifest; None for a skill that t2s has not written here."""
    wanted: Skill | None
    """New version from the run; None for a skill that the run does not support."""
    source: SkillSource | None
    """Files of the folder with that name; None if there is no such folder."""
    is_blocked: bool = False
    """Whether a link or a file has the name of the skill."""
    moved_to: str | None = None
    """Folder that the skill was moved to by hand."""
    history: SkillHistory = SkillHistory()


class Kept(msgspec.Struct, frozen=True):
    """Version of a skill whose texts have to be stored."""

    tree: Tree
    files: Mapping[str, bytes]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Planned change of one skill."""

    name: str
    fate: Fate
    entry: OwnedSkill | None
    files: Mapping[str, bytes | None] | None = None
    """New content of files, None for files to remove; None as a whole if the folder does not change."""
    programs: tuple[str, ...] = ()
    """Paths of the files in *files* that are executable."""
    is_overlay: bool = False
    """Whether the files are written over the current folder (True) or are the whole new folder (False)."""
    is_set_aside: bool = False
    lies: Digests | None = None
    """Files of the folder after the step; None if the step does not write the folder."""
    kept: tuple[Kept, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def touches(self) -> bool:
        """Return whether the step changes the folder of the skill."""
        return self.files is not None or self.is_set_aside

    @property
    def pending(self) -> Pending:
        """Planned state of the skill, which the manifest notes before the change."""
        return Pending(lies=self.lies, skill=self.entry, events=self.events)


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """Decisions of a person about whole skills of a library, and the new skills that wait for a decision."""

    pinned: frozenset[str] = frozenset()
    """Names of skills that no later run may change."""
    declined: frozenset[str] = frozenset()
    """Digests of versions that are not proposed again."""
    waiting: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Names of new skills that are only proposed, with the reasons."""


NO_WISHES = Wishes()


class Planner:
    """Planner of one change of a library."""

    def __init__(self, texts: Texts, *, at: str, run: str | None, wishes: Wishes = NO_WISHES) -> None:
        """Prepare to plan a change.

        Args:
            texts: Store of the texts of earlier versions.
            at: Time of the change, ISO 8601.
            run: Id of the run that makes the change; None for no run.
            wishes: A person's decisions about whole skills.
        """
        self._wishes = wishes
        self._texts = texts
        self._at = at
        self._run = run

    def step(self, situation: Situation) -> Step:
        """Return the step for one skill."""
        if situation.source is None and not situation.is_blocked:
            return self._absent(situation)
        if situation.name in self._wishes.pinned:
            return _left(situation)
        entry, wanted = situation.entry, situation.wanted
        if entry is None or not entry.files or situation.source is None:
            return self._taken(situation)
        now = digests_in(situation.source)
        if now != entry.files or situation.source.odd:
            return self._edited(situation, entry, situation.source)
        if wanted is None:
            return self._unsupported(situation, entry, situation.source)
        if digests_of(wanted) == now:
            return Step(name=situation.name, fate="unchanged", entry=_settled(entry, now))
        return self._written(situation, wanted, "changed")

    def _absent(self, situation: Situation) -> Step:
        """Return the step for a skill without a folder."""
        name, entry, wanted = situation.name, situation.entry, situation.wanted
        if wanted is not None and situation.history.is_retired:
            return Step(name=name, fate="retired", entry=None)
        if wanted is not None and name in self._wishes.waiting:
            step = self._proposed(situation, entry or OwnedSkill(files={}), wanted, self._wishes.waiting[name], ())
            return msgspec.structs.replace(step, fate="unchanged" if step.entry is None else "waiting")
        if wanted is None and entry is not None and not entry.files:
            return Step(name=name, fate="unchanged", entry=None)  # only a proposal waited
        if wanted is None:
            event = self._event(situation, DEPRECATED, None, "removed by hand")
            is_new = not situation.history.is_aside
            return Step(name=name, fate="deprecated", entry=None, events=(event,) if is_new else ())
        if entry is not None and entry.files and situation.moved_to is not None:
            moved = OwnedSkill(files=entry.files, moved_to=situation.moved_to)
            event = self._event(situation, "moved", None, f"moved by hand to {situation.moved_to}")
            return Step(name=name, fate="moved", entry=moved, events=() if moved == entry else (event,))
        return self._written(situation, wanted, "added")

    def _taken(self, situation: Situation) -> Step:
        """Return the step for a skill whose name a link, a file or a user's folder has."""
        entry = situation.entry or OwnedSkill(files={})
        if situation.wanted is None:
            return Step(name=situation.name, fate="kept", entry=entry if entry.files else None)
        return self._proposed(situation, entry, situation.wanted, NAME_TAKEN, ())

    def _edited(self, situation: Situation, entry: OwnedSkill, source: SkillSource) -> Step:
        """Return the step for a skill that the user edited."""
        name, wanted = situation.name, situation.wanted
        kept, events = users_version(situation.history, source, at=self._at)
        now = digests_in(source)
        target = None if wanted is None else digests_of(wanted)
        if wanted is None or target in (entry.files, now):
            entry = entry if target is None else _settled(entry, target)
            return Step(name=name, fate="kept", entry=entry, kept=kept, events=events)
        changes = self._merge(entry, source, wanted)
        if changes is None:
            step = self._proposed(situation, entry, wanted, SAME_PLACES, events)
            return msgspec.structs.replace(step, kept=(*kept, *step.kept))
        return self._merged(situation, wanted, source, changes, kept, events)

    def _merged(
        self,
        situation: Situation,
        wanted: Skill,
        source: SkillSource,
        changes: Mapping[str, bytes | None],
        kept: tuple[Kept, ...],
        events: tuple[Event, ...],
    ) -> Step:
        after = _after(source, changes)
        tree = Tree(files=digests_in(after), programs=after.programs)
        event = self._event(situation, "merged", tree_digest(tree), f"your edits kept; {_support(wanted)}")
        return Step(
            name=situation.name,
            fate="merged",
            entry=OwnedSkill(files=digests_of(wanted), is_kept=bool(situation.entry and situation.entry.is_kept)),
            files=changes,
            is_overlay=True,
            lies=tree.files,
            kept=(*kept, Kept(tree, after.raw), _kept(wanted)),
            events=(*events, event),
        )

    def _merge(self, entry: OwnedSkill, source: SkillSource, wanted: Skill) -> dict[str, bytes | None] | None:
        """Merge a new version with the user's edits; None if there is a conflict."""
        if not is_whole(source):
            return None
        new = {file.path: file.text.encode() for file in wanted.files}
        changes = merge_files(self._texts.files(entry.files), source.raw, new)
        if isinstance(changes, Conflict):
            return None
        return changes if _errors(_after(source, changes)) <= _errors(source) else None

    def _unsupported(self, situation: Situation, entry: OwnedSkill, source: SkillSource) -> Step:
        """Return the step for a skill that nobody edited and the run does not support."""
        if entry.is_kept:
            return Step(name=situation.name, fate="kept", entry=entry)
        tree = Tree(files=entry.files)
        event = self._event(situation, DEPRECATED, tree_digest(tree), "the runs no longer support it")
        return Step(
            name=situation.name,
            fate="deprecated",
            entry=None,
            is_set_aside=True,
            kept=(Kept(tree, source.raw),),
            events=(event,),
        )

    def _written(self, situation: Situation, wanted: Skill, fate: Literal["added", "changed"]) -> Step:
        kept = _kept(wanted)
        event = self._event(situation, "written", tree_digest(kept.tree), _reason(situation, wanted, fate))
        events: tuple[Event, ...] = (event,)
        if situation.history.state == DEPRECATED:
            events = (event, self._event(situation, "active", event.digest, "the runs support it again"))
        return Step(
            name=situation.name,
            fate=fate,
            entry=OwnedSkill(files=kept.tree.files, is_kept=bool(situation.entry and situation.entry.is_kept)),
            files=kept.files,
            lies=kept.tree.files,
            kept=(kept,),
            events=events,
        )

    def _proposed(
        self, situation: Situation, entry: OwnedSkill, wanted: Skill, reason: str, events: tuple[Event, ...]
    ) -> Step:
        kept = _kept(wanted)
        if tree_digest(kept.tree) in self._wishes.declined:
            return msgspec.structs.replace(_left(situation), events=events)
        is_new = entry.proposal != kept.tree.files
        if is_new:
            events = (*events, self._event(situation, "proposed", tree_digest(kept.tree), reason))
        return Step(
            name=situation.name,
            fate="proposed",
            entry=msgspec.structs.replace(entry, proposal=kept.tree.files),
            kept=(kept,) if is_new else (),
            events=events,
        )

    def _event(self, situation: Situation, kind: str, digest: str | None, reason: str) -> Event:
        return Event(at=self._at, kind=kind, skill=situation.name, digest=digest, run=self._run, reason=reason)


def users_version(history: SkillHistory, source: SkillSource, *, at: str) -> tuple[tuple[Kept, ...], tuple[Event, ...]]:
    """Return the version in a folder and its event; empty if the version is known already or cannot be stored."""
    tree = Tree(files=digests_in(source), programs=source.programs)
    digest = tree_digest(tree)
    if history.number_of(digest) is not None or not is_whole(source):
        return (), ()
    event = Event(at=at, kind="edited", skill=source.name, digest=digest, reason="edited by hand")
    return (Kept(tree, source.raw),), (event,)


def _left(situation: Situation) -> Step:
    """Return the step that leaves a skill unchanged, with no version waiting any more."""
    entry = situation.entry
    is_ours = entry is not None and bool(entry.files)
    kept = msgspec.structs.replace(entry, proposal=None) if entry is not None and is_ours else None
    return Step(name=situation.name, fate="kept", entry=kept)


def _settled(entry: OwnedSkill, files: Digests) -> OwnedSkill:
    """Return an entry with no version waiting any more."""
    return OwnedSkill(files=files, is_kept=entry.is_kept)


def _kept(skill: Skill) -> Kept:
    files = {file.path: file.text.encode() for file in skill.files}
    return Kept(Tree(files={path: sha256(files[path]) for path in sorted(files)}), files)


def _after(source: SkillSource, changes: Mapping[str, bytes | None]) -> SkillSource:
    """Return the files of *source* after the changes."""
    raw = {path: data for path, data in sorted({**source.raw, **changes}.items()) if data is not None}
    sizes = {path: len(data) for path, data in raw.items()}
    programs = tuple(path for path in source.programs if path in raw)
    return SkillSource(name=source.name, raw=raw, sizes=sizes, programs=programs)


def _errors(source: SkillSource) -> set[str]:
    return {finding.rule for finding in lint(source) if finding.severity == "error"}


def _support(skill: Skill) -> str:
    return f"support {skill.support}"


def _reason(situation: Situation, wanted: Skill, fate: str) -> str:
    if fate == "changed":
        return f"new evidence; {_support(wanted)}"
    return f"{'new' if situation.entry is None else 'its folder was gone'}; {_support(wanted)}"
