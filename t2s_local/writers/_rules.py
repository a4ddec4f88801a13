"""A rule: what one cluster of lessons comes to, with the counts behind it."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

import msgspec

from t2s_local.ports import Evidence
from t2s_local.text import normalise
from t2s_local.types import Cluster, Family, Lesson, LessonId, TrajectoryId, Value

Kind = Literal["step", "gotcha", "never"]
_KINDS: dict[str, Kind] = {
    "sequence": "step",
    "correction": "step",
    "recovery": "gotcha",
    "root_cause": "gotcha",
    "loop": "never",
}
_POLARITIES: dict[str, Kind] = {"success": "step", "correction": "step", "failure": "gotcha"}
_FORBIDS = re.compile(r"(?:never|do not|don't|don’t|avoid|stop)\b", re.IGNORECASE)
_MOST_CAUSES = 2


class Rule(Value, frozen=True, kw_only=True):
    """One rule of a skill."""

    id: str
    """``R1`` and so on: what the skill and its evidence know it by."""
    kind: Kind
    lesson: Lesson
    """The medoid: the wording of the rule."""
    lessons: tuple[Lesson, ...]
    """Everything that says the same, the medoid first."""
    causes: tuple[str, ...]
    """Distinct causes its lessons give, most frequent first, at most 2."""
    trajectory_ids: tuple[TrajectoryId, ...]
    task_ids: tuple[str, ...]
    outcomes: dict[str, int]
    """Supporting trajectories by outcome (``success``, ``partial``, ``failure``, ``unknown``); no zeros."""
    cluster: Cluster

    @property
    def support(self) -> int:
        """Number of distinct trajectories behind the rule."""
        return len(self.trajectory_ids)


def rules_of(family: Family, evidence: Evidence) -> tuple[Rule, ...]:
    """The rules of *family*, by support, largest first."""
    made = [_rule(cluster, evidence) for cluster in family.clusters]
    made.sort(key=lambda rule: (-rule.support, -len(rule.task_ids), rule.cluster.id))
    return tuple(_numbered(rule, number) for number, rule in enumerate(made, 1))


def _numbered(rule: Rule, number: int) -> Rule:
    return msgspec.structs.replace(rule, id=f"R{number}")


def _rule(cluster: Cluster, evidence: Evidence) -> Rule:
    lessons = _members(cluster, evidence)
    runs = sorted({run for lesson in lessons for run in lesson.trajectory_ids})
    outcomes = Counter(evidence.outcomes.get(run) or "unknown" for run in runs)
    return Rule(
        id="R0",
        kind=_kind(lessons[0]),
        lesson=lessons[0],
        lessons=lessons,
        causes=_causes(lessons),
        trajectory_ids=tuple(runs),
        task_ids=tuple(sorted({task for lesson in lessons for task in lesson.task_ids})),
        outcomes=dict(sorted(outcomes.items())),
        cluster=cluster,
    )


def _members(cluster: Cluster, evidence: Evidence) -> tuple[Lesson, ...]:
    ids: dict[LessonId, None] = {}
    for lesson_id in cluster.lesson_ids:
        ids |= dict.fromkeys((lesson_id, *evidence.absorbed.get(lesson_id, ())))
    return tuple(evidence.lessons[lesson_id] for lesson_id in ids)


def _kind(lesson: Lesson) -> Kind:
    if _FORBIDS.match(lesson.do):
        return "never"
    if lesson.pattern == "contrast":
        return "never" if lesson.polarity == "failure" else "step"
    return _KINDS.get(lesson.pattern) or _POLARITIES[lesson.polarity]


def _causes(lessons: Sequence[Lesson]) -> tuple[str, ...]:
    """Distinct causes; the medoid's first, the others by how many lessons give them."""
    spelt: dict[str, str] = {}
    counted: Counter[str] = Counter()
    for lesson in lessons:
        if lesson.because:
            key = normalise(lesson.because).rstrip(".")
            spelt.setdefault(key, lesson.because)
            counted[key] += 1
    first = normalise(lessons[0].because or "").rstrip(".")
    ranked = sorted(counted, key=lambda key: (key != first, -counted[key], key))
    return tuple(spelt[key] for key in ranked[:_MOST_CAUSES])
