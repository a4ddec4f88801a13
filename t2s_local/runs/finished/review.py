"""The rules of a run as a person judges them, and the judgements kept."""

from collections.abc import Sequence
from pathlib import Path

from t2s_local.errors import NothingFoundError
from t2s_local.runs.finished.candidates import Head, best_quotes, heads_of
from t2s_local.runs.finished.stored import finished_run, stored_lessons
from t2s_local.runs.finished.why import RuleFacts, lessons_of
from t2s_local.skills.decisions import changed_decisions, read_decisions
from t2s_local.stages.review.marks import mark_of
from t2s_local.stages.review.review import KnownDecisions
from t2s_local.values.decision import Decision, RuleText, Verdict
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.value import Value
from t2s_local.workspace import StoredRun, Workspace


class ReviewItem(RuleFacts, frozen=True, kw_only=True):
    """A rule of a run, and what was decided about it."""

    level: str
    """What its effect was measured by: ``L0`` for nothing."""
    quotes: tuple[Quote, ...]
    decision: Decision | None
    """The last one about this rule, whatever it was called then; None where there is none."""


class Review(Value, frozen=True, kw_only=True):
    """What there is to judge in a library."""

    run: str
    library: str
    again: tuple[str, ...]
    """The command line that writes the library anew."""
    items: tuple[ReviewItem, ...]
    """Rules of skills by skill and number, then candidates, those with most support first."""
    decisions: tuple[Decision, ...]
    """Every decision about rules of the library, in the order they were made, those of rules that are gone too."""


def library_run(workspace: Workspace, library: Path | None) -> StoredRun:
    """Return the newest finished run that wrote *library*; the newest of all where that is None.

    Raises:
        NothingFoundError: no finished run did.
        UsageError: there is no run.
    """
    if library is None:
        return finished_run(workspace, None)[0]
    wanted = str(library.absolute())
    found = [run for run in workspace.ledger if run.finished is not None and run.about and run.about.out == wanted]
    if not found:
        message = "no finished run of this workspace wrote it"
        raise NothingFoundError(message, path=library, hint="`t2s runs ls` lists the runs of the workspace.")
    return max(found, key=lambda run: (run.finished or 0.0, run.id))


def review_of(workspace: Workspace, library: Path | None) -> Review:
    """Return the rules to judge.

    Args:
        workspace: Where the run was made.
        library: Folder of the skills; None for the one that was written last.

    Raises:
        InputError: the decisions cannot be read.
        NothingFoundError: no finished run wrote the library, or its texts were not kept.
    """
    stored, result = finished_run(workspace, library_run(workspace, library).id)
    folder = _folder(stored, library)
    decisions = read_decisions(folder)
    known = KnownDecisions(decisions)
    heads = sorted(heads_of(result), key=_order)
    lessons = stored_lessons(workspace, stored.id, [one for head in heads for one in head.lesson_ids])
    items = [
        _item(head, told, known)
        for head in heads
        if (told := [lessons[one] for one in head.lesson_ids if one in lessons])
    ]
    again = () if stored.about is None else stored.about.command
    return Review(run=stored.id, library=str(folder), again=again, items=tuple(items), decisions=decisions)


def _order(head: Head) -> tuple[bool, str, int, int, str]:
    return head.skill is None, head.skill or "", head.number or 0, -(head.support or 1), head.id


def _item(head: Head, lessons: Sequence[Lesson], known: KnownDecisions) -> ReviewItem:
    first = lessons[0]
    return ReviewItem(
        id=head.id,
        skill=head.skill,
        rule=None if head.number is None else f"R{head.number}",
        when=first.when,
        do=first.do,
        because=first.because,
        support=len({run for lesson in lessons for run in lesson.supporters}),
        task_support=len({task for lesson in lessons for task in lesson.task_ids}),
        level="L0",
        lacks=head.lacks,
        quotes=best_quotes(quote for lesson in lessons for quote in lesson.evidence),
        decision=known.about(lessons),
    )


def decide(
    workspace: Workspace,
    library: Path | None,
    name: str,
    *,
    verdict: Verdict,
    at: str,
    reason: str | None = None,
    text: RuleText | None = None,
) -> Decision:
    """Keep a judgement of one rule, and return it.

    Args:
        workspace: Where the run was made.
        library: Folder of the skills; None for the one that was written last.
        name: ``SKILL#R2``, or the beginning of the id of a cluster or of a lesson.
        verdict: The judgement; a rule that is pinned keeps the words it has, or *text*.
        at: ISO 8601 time in UTC.
        reason: Why, in the person's words.
        text: Words the person gave the rule.

    Raises:
        InputError: the decisions cannot be read.
        NothingFoundError: no finished run wrote the library.
        T2SError: the decision cannot be kept.
        UsageError: nothing bears that name, or more than one rule does.
    """
    stored = library_run(workspace, library)
    origin, lessons = lessons_of(workspace, name, run=stored.id)
    own = RuleText(when=origin.when, do=origin.do, because=origin.because) if verdict == "pinned" else None
    made = Decision(
        id=origin.id,
        verdict=verdict,
        at=at,
        reason=reason,
        skill=origin.skill,
        says=f"{origin.when}: {origin.do}" if text is None else f"{text.when}: {text.do}",
        text=text or own,
        mark=mark_of(lessons),
    )
    with changed_decisions(_folder(stored, library)) as decisions:
        decisions.append(made)
    return made


def undo(workspace: Workspace, library: Path | None) -> Decision:
    """Take the last decision back, and return it.

    Raises:
        InputError: the decisions cannot be read.
        NothingFoundError: there is none.
        T2SError: the change cannot be kept.
    """
    folder = _folder(library_run(workspace, library), library)
    with changed_decisions(folder) as decisions:
        if not decisions:
            message = "nothing was decided"
            raise NothingFoundError(message, path=folder)
        return decisions.pop()


def _folder(stored: StoredRun, library: Path | None) -> Path:
    """Return the folder of the skills.

    Raises:
        NothingFoundError: it is not named, and the run did not note it.
    """
    noted = None if stored.about is None else stored.about.out
    if library is None and noted is None:
        message = f"run {stored.id} did not note its library"
        raise NothingFoundError(message, hint="Name the folder of the skills.")
    return library if library is not None else Path(noted or "")
