"""Rules that are in no skill, in full: what each says, on what it rests, what it lacks, and the rule nearest to it."""

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
"""Phrase for the lack of a lesson that is in no cluster."""
_OCCASION: tuple[QuoteRole, ...] = ("correction", "observation", "request", "action")
_REMEDY: tuple[QuoteRole, ...] = ("fix", "cause", "result", "action")
_MOST_NAMED = 20
"""Projects that are named where none fits."""
CANDIDATES = "candidates"
"""Item kind in the store. Key: run id. Value: the candidates of the run, as JSON."""


class NearestRule(Value, frozen=True, kw_only=True):
    """The rule that is most like a candidate."""

    id: str
    says: str
    cosine: float
    """In [-1, 1]."""
    skill: str | None
    """The skill it is in; None for another candidate."""


class CandidateRule(Value, frozen=True, kw_only=True):
    """A candidate as a person reads it."""

    id: str
    """Of its cluster, or of its lesson where that is in none."""
    when: str
    do: str
    because: str | None
    support: int
    """Number of distinct trajectories behind it."""
    task_support: int
    """Number of distinct tasks behind it."""
    projects: tuple[str, ...]
    """Names of the projects whose runs show it; empty where their recordings tell none."""
    lacks: tuple[str, ...]
    quotes: tuple[Quote, ...]
    """The best two: what occasioned it, and what was done about it."""
    nearest: NearestRule | None
    """None where the run has no other rule."""


class Head(NamedTuple):
    """A rule of a run, without its lessons' texts."""

    id: str
    lesson_ids: tuple[LessonId, ...]
    """The medoid first."""
    support: int | None
    """None for a lesson in no cluster, whose own counts hold."""
    task_support: int | None
    lacks: tuple[str, ...]
    """Empty for a rule of a skill."""
    skill: str | None
    number: int | None
    """Of the rule in its skill, from 1."""
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
    """Return the rules of a finished run that are in no skill: those that lack least first, then by support.

    Args:
        workspace: Where the run was made.
        run: Beginning of its id; None for the newest finished run.
        embedder: Name of the embedder that finds the nearest rules.
        load: Loads it; asked only where the run did not find them with the same one.
        project: Name or folder of a project: only rules that a run of it shows; None for all.

    Raises:
        NothingFoundError: no run is finished, or its texts were not kept.
        UsageError: there is no such run, or it knows no such project.
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
    """Find the candidates of a run that is finished, and store them to be looked up."""
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
    """Return every rule of a run, those of its clusters first."""
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

    Those that an earlier version held are not known.
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
    """Return what a lesson in no cluster lacks, in a phrase: one that was rejected nothing else."""
    first = item if isinstance(item, str) else next(iter(item.lesson_ids), None)
    if first in result.rejected:
        return (result.rejected[first],)
    return (LOOSE,) if isinstance(item, str) else (f"your consent, because it is risky: {item.reason}",)


def _nearest(head: Head, lesson: Lesson, cosine: float) -> NearestRule:
    return NearestRule(id=head.id, says=line_of(lesson), cosine=round(cosine, 4), skill=head.skill)


def _known_project(project: str, result: RunResult) -> str:
    """Return the name of the project that a person means, by its name or by a folder of it.

    Raises:
        UsageError: no run is of such a project.
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
    """Return at most two of *quotes*: what occasioned the lesson, and what was done about it."""
    every = list(quotes)
    found: dict[Quote, None] = {}
    for roles in (_OCCASION, _REMEDY):
        ranked = sorted((roles.index(quote.role), quote) for quote in every if quote.role in roles)
        found |= dict.fromkeys([quote for _, quote in ranked if quote not in found][:1])
    return tuple(found)
