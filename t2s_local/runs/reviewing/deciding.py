"""Store and undo a person's decisions about rules, skills and edits."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from t2s_local.errors import NothingFoundError, UsageError
from t2s_local.runs.finished.stored import finished_run
from t2s_local.runs.finished.why import lessons_of
from t2s_local.runs.reviewing.items import EditItem, ProposedEditItem
from t2s_local.runs.reviewing.proposed import proposed_edits
from t2s_local.runs.reviewing.proposing import (
    about_proposal,
    is_about_proposal,
    take_proposal_back,
    waiting_proposals,
)
from t2s_local.runs.reviewing.reviewing import Place, library_of, place_of, waiting_edits
from t2s_local.skills.decisions import changed_decisions, read_decisions
from t2s_local.skills.library.one_skill.proposed_edits import take_edit
from t2s_local.skills.library.one_skill.waiting import Draft, decline_version, take_back, take_version, write_draft
from t2s_local.stages.compose.bar import TO_REVIEW
from t2s_local.stages.review.marks import mark_of
from t2s_local.text.text import squeeze
from t2s_local.values.decision import Decision, RuleText, Verdict
from t2s_local.workspace import Workspace

COMMAND = "t2s review"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A person's answer to one question."""

    name: str
    """``SKILL@3`` for an edit, ``SKILL`` for all rules of a skill, ``SKILL#R2`` or the start of an id for a rule."""
    verdict: Verdict
    reason: str | None = None
    """Reason in the person's words; None if no reason was given."""
    text: RuleText | None = None
    """New wording of a rule by the person; None to keep the wording."""
    draft: Draft | None = None
    """Skill as edited by the person; None if the skill was not edited."""


def decide(
    workspace: Workspace, library: Path | None, answers: Sequence[Answer], *, at: str, unassessed: bool
) -> tuple[Decision, ...]:
    """Store answers, and return the decisions; if an answer cannot be stored, no decision about a rule is stored.

    Args:
        workspace: Where the run was made.
        library: Folder of the skills; None for the library that was written last.
        answers: At most one for each rule, skill or edit; a pinned rule keeps its words, or gets those of the answer.
        at: ISO 8601 time in UTC.
        unassessed: Whether edits that no gate has scored may be accepted.

    Raises:
        InputError: the decisions cannot be read.
        LockedError: another process holds the lock of the library for too long.
        NothingFoundError: no finished run wrote the library.
        T2SError: a decision cannot be stored.
        UsageError: a name means no rule or several rules, two answers are about one rule, or no gate scored an edit.
    """
    place = place_of(workspace, library)
    edits = {item.id: item for item in waiting_edits(place.libraries)}
    proposals = {item.id: item for item in proposed_edits(place.libraries, read_decisions(place.home))}
    rules: list[Decision] = []
    versions: list[tuple[EditItem | ProposedEditItem, Answer]] = []
    waiting = {item.id: item for item in waiting_proposals(place.libraries)}
    for answer in answers:
        edit = edits.get(answer.name) or proposals.get(answer.name)
        if answer.name in waiting:
            continue
        if edit is not None:
            _check_assessed(edit, answer, unassessed=unassessed)
            _refuse_made(edit, answer)
            versions.append((edit, answer))
        elif answer.draft is None:
            rules += _about_rules(workspace, place, answer, at)
    named = [answer.name for answer in answers if answer.name in waiting]
    _refuse_twice([*(item.id for item in rules), *(edit.id for edit, _ in versions), *named])
    made = [*rules, *(_about_version(place, edit, answer, at) for edit, answer in versions)]
    made += [
        about_proposal(place.home, waiting[answer.name], answer.verdict, answer.reason, at)
        for answer in answers
        if answer.name in waiting
    ]
    made += [_edited(place, answer, at) for answer in answers if answer.draft is not None and answer.name not in edits]
    with changed_decisions(place.home) as decisions:
        decisions.extend(item for item in made if item not in decisions)
    return tuple(made)


def made_since(workspace: Workspace, library: Path | None, known: Sequence[Decision]) -> tuple[Decision, ...]:
    """Return the stored decisions that are not in *known*, which another process made in the meantime.

    Raises:
        InputError: the decisions cannot be read.
        NothingFoundError: no finished run wrote the library.
    """
    return tuple(item for item in read_decisions(place_of(workspace, library).home) if item not in known)


def undo(
    workspace: Workspace, library: Path | None, *, at: str, only: Sequence[Decision] | None = None
) -> tuple[Decision, ...]:
    """Undo the last answer, and return its decisions.

    Args:
        workspace: Where the run was made.
        library: Folder of the skills; None for the library that was written last.
        at: ISO 8601 time in UTC.
        only: Decisions to undo instead of the decisions of the last answer.

    Raises:
        InputError: the decisions cannot be read.
        NothingFoundError: there is no decision, or another process has undone it.
        T2SError: the change cannot be stored.
    """
    place = place_of(workspace, library)
    with changed_decisions(place.home) as decisions:
        taken = [item for item in decisions if item in only] if only is not None else _last(decisions)
        if not taken:
            message = "nothing was decided" if only is None else "it was taken back meanwhile"
            raise NothingFoundError(message, path=place.home)
        kept = [item for item in decisions if item not in taken]
        decisions[:] = kept
    for item in taken:
        if is_about_proposal(item):
            take_proposal_back(place.home, item, at)
        elif item.version is not None and item.skill is not None:
            take_back(place.home / item.version.library, item.skill, item.version, at=at, command=COMMAND)
    return tuple(taken)


def _last(decisions: Sequence[Decision]) -> list[Decision]:
    """Return the decisions of the last answer: a single decision, or one for each rule of a skill."""
    if not decisions:
        return []
    last = decisions[-1]
    if not last.with_skill:
        return [last]
    key = (last.at, last.skill, last.verdict)
    return [item for item in decisions if item.with_skill and (item.at, item.skill, item.verdict) == key]


def _about_rules(workspace: Workspace, place: Place, answer: Answer, at: str) -> list[Decision]:
    """Return the decision about a rule, or the decisions about every rule of a skill."""
    if place.run is None:
        message = f"no edit that waits is called {answer.name}"
        raise UsageError(message, hint="`t2s review LIBRARY --list` shows those that do.")
    found = lessons_of(workspace, answer.name, run=place.run, libraries=place.libraries)
    is_whole = any(skill.name == answer.name for skill in finished_run(workspace, place.run)[1].skills)
    decisions = []
    for origin, lessons in found:
        own = RuleText(when=origin.when, do=origin.do, because=origin.because) if answer.verdict == "pinned" else None
        text = answer.text or own
        decisions.append(
            Decision(
                id=origin.id,
                verdict=answer.verdict,
                at=at,
                reason=answer.reason,
                skill=origin.skill,
                was_lacking=bool(origin.lacks) and origin.lacks != (TO_REVIEW,),
                with_skill=is_whole,
                says=f"{text.when}: {text.do}" if text is not None else f"{origin.when}: {origin.do}",
                text=text,
                mark=mark_of(lessons),
            )
        )
    return decisions


def _about_version(place: Place, edit: EditItem | ProposedEditItem, answer: Answer, at: str) -> Decision:
    """Carry out the answer about a waiting edit, and return the decision."""
    library = Path(edit.library)
    shown = os.path.relpath(library, place.home)
    if isinstance(edit, ProposedEditItem):
        return _about_proposed_edit(edit, answer, shown, at)
    if answer.draft is not None:
        mark = write_draft(library, edit.skill, answer.draft, place=shown, at=at, command=COMMAND)
    elif answer.verdict == "accepted":
        mark = take_version(library, edit.skill, place=shown, at=at, command=COMMAND)
    else:
        mark = decline_version(library, edit.skill, place=shown, at=at, command=COMMAND)
    says = f"version {edit.id.rpartition('@')[2]} of {edit.skill}"
    return Decision(
        id=edit.id, verdict=answer.verdict, at=at, reason=answer.reason, skill=edit.skill, says=says, version=mark
    )


def _about_proposed_edit(item: ProposedEditItem, answer: Answer, shown: str, at: str) -> Decision:
    if item.decision is not None and item.decision.verdict == "accepted":
        return item.decision  # the skill has the edit: to make it again would say the rule twice
    mark = None
    if answer.draft is not None:
        mark = write_draft(Path(item.library), item.skill, answer.draft, place=shown, at=at, command=COMMAND)
    elif answer.verdict != "rejected":
        mark = take_edit(Path(item.library), item, place=shown, at=at, command=COMMAND)
    where = item.edit.path if item.edit.section is None else f"{item.edit.path}, {item.edit.section}"
    return Decision(
        id=item.id,
        verdict="rejected" if answer.verdict == "rejected" else "accepted",
        at=at,
        reason=answer.reason,
        skill=item.skill,
        says=f"{where}: {squeeze(item.edit.text)}",
        version=mark,
    )


def _edited(place: Place, answer: Answer, at: str) -> Decision:
    """Write a skill with the person's edits, and return the decision."""
    library = library_of(answer.name, place.libraries)
    shown = os.path.relpath(library, place.home)
    draft = answer.draft or Draft(texts={}, others={})
    mark = write_draft(library, answer.name, draft, place=shown, at=at, command=COMMAND)
    says = f"{answer.name} as it was edited in review"
    return Decision(id=answer.name, verdict="accepted", at=at, skill=answer.name, says=says, version=mark)


def _check_assessed(edit: EditItem | ProposedEditItem, answer: Answer, *, unassessed: bool) -> None:
    if isinstance(edit, ProposedEditItem) and edit.change == "reinforce":
        return  # no word changes, so there is nothing that a gate could score
    if (
        answer.verdict != "rejected"
        and not unassessed
        and (isinstance(edit, ProposedEditItem) or answer.verdict == "accepted")
    ):
        message = f"{edit.id} is {edit.level}: no gate has scored what it changes"
        raise UsageError(message, hint="--unassessed accepts it all the same; `t2s review` shows what it changes.")


def _refuse_made(edit: EditItem | ProposedEditItem, answer: Answer) -> None:
    """Refuse to reject or rewrite an edit that is already in the skill."""
    is_accepted = edit.decision is not None and edit.decision.verdict == "accepted"
    if isinstance(edit, ProposedEditItem) and is_accepted and (answer.verdict == "rejected" or answer.draft):
        message = f"{edit.id} was accepted, and is in the skill"
        raise UsageError(message, hint="`t2s review --undo` takes the last answer back.")


def _refuse_twice(ids: Sequence[str]) -> None:
    twice = [one for one in dict.fromkeys(ids) if ids.count(one) > 1]
    if twice:
        message = f"{twice[0]} is asked about twice"
        raise UsageError(message, hint="Name each rule once, and a skill or its rules.")
