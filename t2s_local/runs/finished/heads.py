"""Rules of a run, in a skill or not, without their texts: clusters, lessons in no cluster, held-back lessons."""

from collections.abc import Container
from typing import NamedTuple

from t2s_local.runs.result import RunResult
from t2s_local.values.lesson import HeldLesson, LessonId

LOOSE = "another run that agrees"
"""Reason why a lesson in no cluster is in no skill: no second lesson is similar to it."""


class Head(NamedTuple):
    """A rule of a run: ids, counts and place, without any text."""

    id: str
    lesson_ids: tuple[LessonId, ...]
    """Lessons of the cluster, the medoid (the most central lesson) first."""
    support: int | None
    """Number of distinct trajectories; None for a lesson in no cluster, whose own count is used instead."""
    task_support: int | None
    lacks: tuple[str, ...]
    """Reasons why the rule is in no skill; empty for a rule of a skill."""
    skill: str | None
    number: int | None
    """Number of the rule in its skill, from 1; None for a rule in no skill."""
    risk: str | None = None
    """Reason why a lesson is held back until a person decides; None for every other rule."""


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
    """Return the reason why a lesson in no cluster is in no skill: rejected, risky, or no other lesson agrees."""
    first = item if isinstance(item, str) else next(iter(item.lesson_ids), None)
    if first in result.rejected:
        return (result.rejected[first],)
    return (LOOSE,) if isinstance(item, str) else (f"your consent, because it is risky: {item.reason}",)
