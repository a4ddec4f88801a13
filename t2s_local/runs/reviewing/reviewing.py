"""Collect all items to judge in a library: waiting edits, skills with rules, candidates, held-back lessons."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from t2s_local.errors import NothingFoundError
from t2s_local.runs.finished.candidates import best_quotes, candidate_pages
from t2s_local.runs.finished.heads import Head, heads_of
from t2s_local.runs.finished.numbers import rule_numbers
from t2s_local.runs.finished.stored import finished_run, stored_lessons
from t2s_local.runs.finished.worded import page_lines
from t2s_local.runs.result import RunResult
from t2s_local.runs.reviewing.inbox import Inbox, read_inbox
from t2s_local.runs.reviewing.items import UNASSESSED, EditItem, Item, RuleItem, SkillItem
from t2s_local.runs.reviewing.proposed import proposed_edits
from t2s_local.runs.reviewing.proposing import waiting_proposals
from t2s_local.skills.decisions import read_decisions
from t2s_local.skills.library.library import is_library
from t2s_local.skills.library.one_skill.history import skill_diff
from t2s_local.skills.library.one_skill.proposed_edits import read_edits
from t2s_local.skills.library.one_skill.waiting import waiting_versions
from t2s_local.stages.review.review import KnownDecisions
from t2s_local.values.cluster import ClusterId
from t2s_local.values.decision import Decision
from t2s_local.values.lesson import Lesson, supporting_runs, supporting_tasks
from t2s_local.values.value import Value
from t2s_local.workspace import StoredRun, Workspace


class Place(Value, frozen=True, kw_only=True):
    """Run and libraries that a review covers."""

    run: str | None
    """Id of the run; None if no run of the workspace wrote the libraries and they only have proposed edits."""
    home: Path
    """Folder of the decisions."""
    libraries: tuple[Path, ...]
    """Folders of the libraries whose edits are reviewed."""
    rules: frozenset[str] | None
    """Ids of the rules that are reviewed; None for all rules of the run."""
    again: tuple[str, ...]
    """Command line that writes the libraries again."""


class Review(Value, frozen=True, kw_only=True):
    """All items to judge in a library, and all decisions about it."""

    run: str | None
    """Id of the run; None if no run of the workspace wrote the library."""
    library: str
    again: tuple[str, ...]
    """Command line that writes the library again."""
    items: tuple[Item, ...]
    """Waiting edits and proposals; skills by name, each followed by its rules; candidates by support, largest first."""
    decisions: tuple[Decision, ...]
    """All decisions about the library in the order they were made, including decisions about rules that are gone."""


def place_of(workspace: Workspace, library: Path | None) -> Place:
    """Return the run that wrote a library, and the folder of the decisions about it.

    Args:
        workspace: Where the run was made.
        library: Folder of skills; None for the library that was written last.

    Raises:
        InputError: the library came from elsewhere.
        NothingFoundError: no finished run wrote the library.
        UsageError: the workspace has no run.
    """
    if library is None:
        return _place_of_newest(workspace)
    inbox = read_inbox(library) if library.is_dir() else None
    try:
        return _place(_writer(workspace, library, inbox), library, inbox)
    except NothingFoundError:
        if not library.is_dir() or not _has_edits(library):
            raise
    return Place(run=None, home=library, libraries=(library,), rules=frozenset(), again=())


def _has_edits(library: Path) -> bool:
    """Return whether a library has waiting or decided edits."""
    return bool(read_edits(library) or (is_library(library) and (waiting_edits([library]) or read_decisions(library))))


def _place_of_newest(workspace: Workspace) -> Place:
    """Return the libraries of the newest finished run that wrote a library."""
    stored = finished_run(workspace, None)[0]
    writers = [run for run in workspace.ledger if run.finished is not None and run.about is not None and run.about.out]
    if not writers:
        message = f"run {stored.id} did not note its library"
        raise NothingFoundError(message, hint="Name the folder of the skills.")
    newest = max(writers, key=lambda run: (run.finished or 0.0, run.id))
    library = Path((newest.about.out if newest.about is not None else None) or "")
    return _place(newest, library, read_inbox(library) if library.is_dir() else None)


def place_of_run(workspace: Workspace, run: str | None) -> Place:
    """Return the libraries that a finished run wrote; empty if the run did not note them.

    Args:
        workspace: Where the run was made.
        run: Beginning of the run's id; None for the newest finished run.

    Raises:
        InputError: the library came from elsewhere.
        NothingFoundError: the run is not finished.
        UsageError: there is no such run.
    """
    stored = finished_run(workspace, run)[0]
    if stored.about is None or stored.about.out is None:
        return Place(run=stored.id, home=Path(), libraries=(), rules=None, again=())
    library = Path(stored.about.out)
    return _place(stored, library, read_inbox(library) if library.is_dir() else None)


def _place(stored: StoredRun, library: Path, inbox: Inbox | None) -> Place:
    again = () if stored.about is None else stored.about.command
    if inbox is None or inbox.run != stored.id:
        return Place(run=stored.id, home=library, libraries=(library,), rules=None, again=again)
    is_home = inbox.home == "."
    return Place(
        run=stored.id,
        home=library if is_home else library / inbox.home,
        libraries=tuple(library / place if place != "." else library for place in inbox.libraries)
        if is_home
        else (library,),
        rules=frozenset(inbox.rules),
        again=again,
    )


def _writer(workspace: Workspace, library: Path, inbox: Inbox | None) -> StoredRun:
    """Return the newest finished run that wrote *library*, even if the folder was moved since."""
    wanted = str(library.absolute())
    found = [
        run
        for run in workspace.ledger
        if run.finished is not None
        and ((inbox is not None and run.id == inbox.run) or (run.about is not None and run.about.out == wanted))
    ]
    if not found:
        message = "no finished run of this workspace wrote it"
        raise NothingFoundError(message, path=library, hint="`t2s runs ls` lists the runs of the workspace.")
    return max(found, key=lambda run: (run.finished or 0.0, run.id))


def review_of(workspace: Workspace, library: Path | None) -> Review:
    """Return all items to judge in a library.

    Args:
        workspace: Where the run was made.
        library: Folder of the skills; None for the library that was written last.

    Raises:
        InputError: the decisions cannot be read.
        NothingFoundError: no finished run wrote the library, or its texts were not kept.
    """
    place = place_of(workspace, library)
    decisions = read_decisions(place.home)
    items: list[Item] = [
        *waiting_edits(place.libraries),
        *proposed_edits(place.libraries, decisions),
        *waiting_proposals(place.libraries),
    ]
    if place.run is not None:
        items += _learned(workspace, place, decisions)
    return Review(
        run=place.run,
        library=str(library or place.home),
        again=place.again,
        items=tuple(items),
        decisions=decisions,
    )


def _learned(workspace: Workspace, place: Place, decisions: Sequence[Decision]) -> list[Item]:
    """Return the items a run learned: skills by name, each followed by its rules, then candidates."""
    stored, result = finished_run(workspace, place.run)
    shown = [head for head in heads_of(result) if place.rules is None or head.id in place.rules]
    numbers = rule_numbers(result, place.libraries)
    pages = {**candidate_pages(workspace, stored.id), **page_lines(result.skills)}
    rules = [
        msgspec.structs.replace(rule, page=pages.get(rule.id, ()))
        for rule in _rules(workspace, stored.id, shown, KnownDecisions(decisions), numbers)
    ]
    items: list[Item] = []
    for name in sorted({item.skill for item in rules if item.skill is not None}):
        inside = [item for item in rules if item.skill == name]
        items += [_skill(name, result, place, decisions, inside), *inside]
    return [*items, *(item for item in rules if item.skill is None)]


def waiting_edits(libraries: Iterable[Path]) -> list[EditItem]:
    """Return the waiting versions of skills in *libraries*, by library and name.

    Raises:
        T2SError: a library cannot be read.
    """
    return [
        EditItem(
            id=f"{waits.skill}@{waits.number}",
            skill=waits.skill,
            library=str(library),
            reason=waits.reason,
            level=UNASSESSED,
            diff=tuple(skill_diff(library, waits.skill)),
            is_new=not (library / waits.skill).exists(),
        )
        for library in libraries
        if is_library(library)
        for waits in waiting_versions(library)
    ]


def library_of(skill: str, libraries: Sequence[Path]) -> Path:
    """Return the library that contains *skill*; the first library if none contains it."""
    return next((library for library in libraries if (library / skill).is_dir()), libraries[0])


def _rules(
    workspace: Workspace, run: str, heads: Sequence[Head], known: KnownDecisions, numbers: Mapping[ClusterId, str]
) -> list[RuleItem]:
    lessons = stored_lessons(workspace, run, [one for head in heads for one in head.lesson_ids])
    return [
        _rule(head, told, known, numbers.get(ClusterId(head.id)))
        for head in sorted(heads, key=_order)
        if (told := [lessons[one] for one in head.lesson_ids if one in lessons])
    ]


def _order(head: Head) -> tuple[bool, str, int, int, str]:
    return head.skill is None, head.skill or "", head.number or 0, -(head.support or 1), head.id


def _rule(head: Head, lessons: Sequence[Lesson], known: KnownDecisions, number: str | None) -> RuleItem:
    first = lessons[0]
    return RuleItem(
        id=head.id,
        skill=head.skill,
        rule=number,
        when=first.when,
        do=first.do,
        because=first.because,
        support=len(supporting_runs(lessons)),
        task_support=len(supporting_tasks(lessons)),
        level="L0" if first.effect is None else "L2",
        effect=first.effect,
        lacks=head.lacks,
        risk=head.risk,
        quotes=best_quotes(quote for lesson in lessons for quote in lesson.evidence),
        decision=known.about(lessons),
    )


def _skill(
    name: str, result: RunResult, place: Place, decisions: Sequence[Decision], rules: Sequence[RuleItem]
) -> SkillItem:
    made = next(skill for skill in result.skills if skill.name == name)
    about = [item for item in decisions if item.skill == name and (item.with_skill or item.id == name)]
    return SkillItem(
        id=name,
        library=str(library_of(name, place.libraries)),
        description=made.description,
        n_rules=len(made.cluster_ids),
        n_decided=sum(item.decision is not None for item in rules),
        support=made.support,
        rules=tuple(item.lines for item in rules),
        decision=about[-1] if about else None,
    )
