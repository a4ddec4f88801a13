"""Carry out proposals: set skills aside, merge two skills, or mark skills as mature, each completely or not at all."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from t2s_local.errors import InputError, T2SError
from t2s_local.files import reason_of
from t2s_local.skills.library.applying import WORKING, apply, settle
from t2s_local.skills.library.library import check_library
from t2s_local.skills.library.manifest import LibraryManifest, read_manifest
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.library.plan import Kept, Step, users_version
from t2s_local.skills.library.texts import Tree, digests_in, is_whole, sha256, tree_digest
from t2s_local.skills.members.members import Member, members_of
from t2s_local.skills.members.proposals import read_proposals, write_proposals
from t2s_local.skills.source import SkillSource
from t2s_local.skills.working_folder import finish_left
from t2s_local.values.decision import Proposal
from t2s_local.values.event import Event

Join = Callable[[SkillSource, SkillSource], Mapping[str, bytes]]
"""Function that adds the lessons of the second skill to the first, and returns the files of the first by path."""
_STATES = {"deprecate": "deprecated", "archive": "archived", "merge": "archived", "mature": "mature"}


class Moved(NamedTuple):
    """Proposals that were carried out, and proposals that were refused."""

    done: tuple[Proposal, ...]
    refused: tuple[tuple[Proposal, str], ...]
    """Refused proposals, each with the reason as a clause."""


def carry_out(library: Path, proposals: Sequence[Proposal], join: Join, *, at: str, command: str) -> Moved:
    """Carry out *proposals* about skills that are unchanged since the proposal; other proposals are refused.

    Raises:
        LockedError: another process changes the library.
        T2SError: the library cannot be changed; each skill is either unchanged or completely changed.
    """
    check_library(library)
    own = OwnFolder(library)
    try:
        with own.locked(command):
            finish_left(library, WORKING)
            manifest = settle(own, read_manifest(own))
            made = _Moves(library, manifest, join, at)
            for proposal in proposals:
                made.add(proposal)
            if made.steps:
                apply(own, manifest, list(made.steps.values()))
            waiting = [one for one in read_proposals(library) if one not in made.done]
            write_proposals(library, waiting)
    except OSError as error:
        raise T2SError(reason_of(error), path=error.filename or library) from error
    return Moved(tuple(made.done), tuple(made.refused))


def joined_reason(name: str) -> str:
    """Return the reason that is noted for a version of a skill after the skill *name* was merged into it."""
    return f"joined with {name}"


class _Moves:
    """Steps of one change; each skill is in at most one step."""

    def __init__(self, library: Path, manifest: LibraryManifest, join: Join, at: str) -> None:
        self._members = {member.name: member for member in members_of(library)}
        self._manifest = manifest
        self._join = join
        self._at = at
        self._texts: dict[str, SkillSource] = {}
        self.steps: dict[str, Step] = {}
        self.done: list[Proposal] = []
        self.refused: list[tuple[Proposal, str]] = []

    def add(self, proposal: Proposal) -> None:
        """Add the steps of a proposal, or note the reason why it cannot be carried out."""
        try:
            steps = self._planned(proposal)
        except InputError as error:
            self.refused.append((proposal, error.message))
            return
        self.steps |= {step.name: step for step in steps}
        self.done.append(proposal)

    def _planned(self, proposal: Proposal) -> list[Step]:
        member = self._member(proposal.skill)
        if member.digest != proposal.digest:
            message = "it was changed since"
            raise InputError(message)
        if member.name in self.steps or (proposal.into in self.steps and proposal.into not in self._texts):
            message = "another change of the same skills comes first: `t2s govern` proposes this one again"
            raise InputError(message)
        if proposal.kind == "mature":
            return [
                Step(
                    name=member.name,
                    fate="kept",
                    entry=self._manifest.skills.get(member.name),
                    events=(self._state(proposal),),
                )
            ]
        steps = [self._aside(member, proposal)]
        if proposal.into is not None:
            steps.insert(0, self._joined(self._member(proposal.into), member))
        return steps

    def _member(self, name: str) -> Member:
        member = self._members.get(name)
        if member is None or not member.is_there:
            message = f"{name} does not lie there any more"
            raise InputError(message)
        step = self.steps.get(name)
        if step is not None and step.is_set_aside:
            message = f"{name} was set aside before"
            raise InputError(message)
        if not is_whole(member.source):
            message = f"{name} holds links, or files too large to be kept"
            raise InputError(message)
        return member

    def _aside(self, member: Member, proposal: Proposal) -> Step:
        """Return the step that sets a skill aside; the current files are first stored as a version."""
        kept, events = users_version(member.history, member.source, at=self._at)
        tree = Tree(files=digests_in(member.source), programs=member.source.programs)
        return Step(
            name=member.name,
            fate="deprecated",
            entry=None,
            is_set_aside=True,
            kept=kept or (Kept(tree, member.source.raw),),
            events=(*events, self._state(proposal)),
        )

    def _joined(self, winner: Member, loser: Member) -> Step:
        """Return the step that writes *winner* with the lessons of *loser*; a later run treats it as a user's edit."""
        before = self.steps.get(winner.name)
        kept, events = users_version(winner.history, winner.source, at=self._at)
        files = dict(self._join(self._texts.get(winner.name, winner.source), loser.source))
        self._texts[winner.name] = SkillSource(
            name=winner.name, raw=files, sizes={path: len(data) for path, data in files.items()}
        )
        programs = tuple(path for path in winner.source.programs if path in files)
        tree = Tree(files={path: sha256(data) for path, data in sorted(files.items())}, programs=programs)
        event = Event(
            at=self._at, kind="joined", skill=winner.name, digest=tree_digest(tree), reason=joined_reason(loser.name)
        )
        return Step(
            name=winner.name,
            fate="changed",
            entry=self._manifest.skills.get(winner.name),
            files=files,
            programs=programs,
            lies=tree.files,
            kept=(*(kept if before is None else before.kept), Kept(tree, files)),
            events=(*(events if before is None else before.events), event),
        )

    def _state(self, proposal: Proposal) -> Event:
        return Event(
            at=self._at,
            kind=_STATES[proposal.kind],
            skill=proposal.skill,
            digest=proposal.digest,
            source="inferred",
            reason=proposal.reason,
        )
