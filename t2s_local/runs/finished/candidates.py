"""Candidates (rules in no skill): text, support, quotes, reasons they are in no skill, and nearest rule of each."""

from collections.abc import Callable, Container, Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from t2s_local.errors import NothingFoundError, UsageError
from t2s_local.ports.grouping import Embedder
from t2s_local.runs.finished.stored import finished_run, stored_lessons
from t2s_local.runs.result import RunResult
from t2s_local.stages.group.embed import embed_lessons
from t2s_local.values.lesson import HeldLesson, Lesson, LessonId, Quote, QuoteRole, line_of
from t2s_local.values.value import Value
from t2s_local.vectors.neighbours import neighbours
from t2s_local.workspace import Workspace

LOOSE = "another lesson that says the same"
"""Reason why a lesson in no cluster is in no skill: there is no second lesson like it."""
_OCCASION: tuple[QuoteRole, ...] = ("correction", "observation", "request", "action")
_REMEDY: tuple[QuoteRole, ...] = ("fix", "cause", "result", "action")
_MOST_NAMED = 20
"""Number of projects that an error message lists at most."""
CANDIDATES = "candidates"
"""Item kind in the store. Key: run id. Value: the candidates of the run, as JSON."""


class NearestRule(Value, frozen=True, kw_only=True):
    """The rule that is most like a candidate."""

    id: str
    says: str
    cosine: float
    """In [-1, 1]."""
    skill: str | None
    """Name of the skill the rule is in; None if the rule is a candidate too."""


class CandidateRule(Value, frozen=True, kw_only=True):
    """A candidate (a rule in no skill) with everything a person needs to judge it."""

    id: str
    """Id of its cluster; if its lesson is in no cluster, id of the lesson."""
    when: str
    do: str
    because: str | None
    support: int
    """Number of distinct trajectories behind it."""
    task_support: int
    """Number of distinct tasks behind it."""
    projects: tuple[str, ...]
    """Names of the projects whose runs show the rule; empty if the recordings name none."""
    lacks: tuple[str, ...]
    quotes: tuple[Quote, ...]
    """At most two quotes: the occasion of the lesson, and the remedy."""
    nearest: NearestRule | None
    """None if the run has no other rule."""


class Head(NamedTuple):
    """A rule of a run: ids, counts and place, without any text."""

    id: str
    lesson_ids: tuple[LessonId, ...]
    """Lessons of the cluster, the medoid (the most central lesson) first."""
    support: int | None
    """Number of distinct trajectories; None for a lesson in no cluster, which has its own count."""
    task_support: int | None
    lacks: tuple[str, ...]
    """Reasons why the rule is in no skill; empty for a rule of a skill."""
    skill: str | None
    number: int | None
    """Number of the rule in its skill, from 1; None for a rule in no skill."""
    risk: str | None = None
    """Why a lesson is held back for a person to decide; None for every other rule."""


def candidates(
    workspace: Workspace,
    run: str | None,
    *,
    embedder: str,
    load: Callable[[str], Embedder],
    project: str | None = None,
) -> tuple[CandidateRule, ...]:
    """Return the rules of a finished run that are in no skill, by number of reasons, then by support, largest first.

    Args:
        workspace: Where the run was made.
        run: Beginning of the run's id; None for the newest finished run.
        embedder: Name of the embedder that finds the nearest rules.
        load: Loads an embedder by name; called only if the run stored no candidates for this embedder.
        project: Name or folder of a project, for rules that a run of that project shows; None for all rules.

    Raises:
        NothingFoundError: no run is finished, or its texts were not kept.
        UsageError: there is no such run, or no rule of the run is of that project.
    """
    stored, result = finished_run(workspace, run)
    if not result.has_text:
        message = f"run {stored.id} kept no text"
        raise NothingFoundError(message, hint="Make it again without --no-keep-text.")
    kept = workspace.item(CANDIDATES, stored.id) if embedder == result.embedder else None
    if kept is not None:
        found = msgspec.json.decode(kept, type=tuple[CandidateRule, ...])
    else:
        found = _found(workspace, stored.id, result, load(embedder))
    if project is None:
        return found
    name = _known_project(project, result)
    return tuple(item for item in found if name in item.projects)


def remember_candidates(workspace: Workspace, run: str, result: RunResult, embedder: Embedder) -> None:
    """Find the candidates of a finished run, and store them for :func:`candidates`."""
    found = _found(workspace, run, result, embedder)
    workspace.attempt(run).put_item(CANDIDATES, run, msgspec.json.encode(found))


def _found(workspace: Workspace, run: str, result: RunResult, embedder: Embedder) -> tuple[CandidateRule, ...]:
    heads = heads_of(result)
    lessons = stored_lessons(workspace, run, [head.lesson_ids[0] for head in heads])
    known = [head for head in heads if head.lesson_ids[0] in lessons]
    vectors = embed_lessons([lessons[head.lesson_ids[0]] for head in known], embedder)
    rows, cosines = neighbours(vectors, 1)
    found = []
    for at, head in enumerate(known):
        if head.lacks:
            near = None
            if rows.shape[1]:
                other = known[rows[at, 0]]
                near = _nearest(other, lessons[other.lesson_ids[0]], float(cosines[at, 0]))
            found.append(_candidate(head, lessons[head.lesson_ids[0]], near, _projects_of(head, result)))
    return tuple(sorted(found, key=lambda item: (len(item.lacks), -item.support, -item.task_support, item.id)))


def n_candidates(result: RunResult) -> int:
    """Return how many rules of a run are in no skill."""
    return sum(bool(head.lacks) for head in heads_of(result))


def heads_of(result: RunResult) -> list[Head]:
    """Return every rule of a run: clusters, then held-back lessons, then other lessons in no cluster."""
    homes = {one: (skill.name, at) for skill in result.skills for at, one in enumerate(skill.cluster_ids, 1)}
    lacks = {item.cluster_id: item.lacks for item in result.candidates}
    risks = {one: item.reason for item in result.held for one in item.lesson_ids}
    heads = []
    for item in result.clusters:
        skill, number = homes.get(item.id, (None, None))
        risk = None if skill else risks.get(item.lesson_ids[0])
        counts = (item.support, item.task_support)
        heads.append(Head(item.id, item.lesson_ids, *counts, lacks.get(item.id, ()), skill, number, risk))
    clustered = {lesson_id for item in result.clusters for lesson_id in item.lesson_ids}
    loose = sorted(set(result.lessons) - clustered)
    return [
        *heads,
        *_held(result, clustered),
        *(Head(lesson_id, (lesson_id,), None, None, lacks_of(lesson_id, result), None, None) for lesson_id in loose),
    ]


def _held(result: RunResult, clustered: Container[LessonId]) -> list[Head]:
    """Return the lessons in no cluster that are held back because of a risky action.

    Lessons that an earlier version of t2s held back were stored without ids, and are not returned.
    """
    return [
        Head(
            item.lesson_ids[0],
            item.lesson_ids,
            item.n_runs,
            item.n_tasks,
            lacks_of(item, result),
            None,
            None,
            item.reason,
        )
        for item in result.held
        if item.lesson_ids and item.lesson_ids[0] not in clustered
    ]


def lacks_of(item: HeldLesson | LessonId, result: RunResult) -> tuple[str, ...]:
    """Return the reason why a lesson in no cluster is in no skill: rejected, risky, or without a second like it."""
    first = item if isinstance(item, str) else next(iter(item.lesson_ids), None)
    if first in result.rejected:
        return (result.rejected[first],)
    return (LOOSE,) if isinstance(item, str) else (f"your consent, because it is risky: {item.reason}",)


def _nearest(head: Head, lesson: Lesson, cosine: float) -> NearestRule:
    return NearestRule(id=head.id, says=line_of(lesson), cosine=round(cosine, 4), skill=head.skill)


def _known_project(project: str, result: RunResult) -> str:
    """Return the name of the project that *project* names, by the project's name or by its folder.

    Raises:
        UsageError: no rule is of such a project.
    """
    names = sorted({name for found in result.projects.values() for name in found})
    wanted = {project.lower(), Path(project).resolve().name.lower() if Path(project).is_dir() else project.lower()}
    for name in names:
        if name.lower() in wanted:
            return name
    message = f"no rule is of a project {project!r}"
    shown = f"{', '.join(names[:_MOST_NAMED])}{' …' if len(names) > _MOST_NAMED else ''}"
    raise UsageError(message, hint=f"There are {shown}." if names else "The recordings tell no project.")


def _projects_of(head: Head, result: RunResult) -> tuple[str, ...]:
    return tuple(sorted({name for one in head.lesson_ids for name in result.projects.get(one, ())}))


def _candidate(head: Head, lesson: Lesson, nearest: NearestRule | None, projects: tuple[str, ...]) -> CandidateRule:
    return CandidateRule(
        id=head.id,
        when=lesson.when,
        do=lesson.do,
        because=lesson.because,
        support=len(lesson.supporters) if head.support is None else head.support,
        task_support=len(lesson.task_ids) if head.task_support is None else head.task_support,
        projects=projects,
        lacks=head.lacks,
        quotes=best_quotes(lesson.evidence),
        nearest=nearest,
    )


def best_quotes(quotes: Iterable[Quote]) -> tuple[Quote, ...]:
    """Return at most two of *quotes*: the best for the occasion of the lesson, and the best for the remedy."""
    every = list(quotes)
    found: dict[Quote, None] = {}
    for roles in (_OCCASION, _REMEDY):
        ranked = sorted((roles.index(quote.role), quote) for quote in every if quote.role in roles)
        found |= dict.fromkeys([quote for _, quote in ranked if quote not in found][:1])
    return tuple(found)
