"""Build the view of the map: a circle for each rule and each lesson in no cluster."""

from t2s_local.report.drawing.lesson_map import HEIGHT, WIDTH, labels, places, radii
from t2s_local.report.drawing.values import Dot, MapView
from t2s_local.report.facts import Facts
from t2s_local.report.limits import Limits
from t2s_local.report.rules import Known, anchor_of, ranked
from t2s_local.report.values import CandidateView, SkillView
from t2s_local.runs.finished.heads import Head
from t2s_local.text.text import clip
from t2s_local.values.lesson import line_of, supporting_runs

_COLOURS = 8
"""Number of projects with a colour of their own: more colours could not be distinguished."""
_SAYS = 220


def map_view(
    facts: Facts,
    known: Known,
    skills: tuple[SkillView, ...],
    candidates: tuple[CandidateView, ...],
    limits: Limits,
) -> MapView | None:
    """Return the map of the rules and lessons with most support; None if there are fewer than two."""
    if facts.vectors is None or len(facts.heads) < 2:
        return None
    by_support = sorted(range(len(facts.heads)), key=lambda at: (-_support(facts.heads[at], facts), facts.heads[at].id))
    rows = by_support[: limits.dots]
    sizes = radii([_support(facts.heads[row], facts) for row in rows])
    here = {rule.id for skill in skills for rule in skill.rules} | {item.id for item in candidates}
    named = [_project(facts.heads[row], facts, known) for row in rows]
    colours = [name for name, _ in ranked(name for name in named if name is not None)][:_COLOURS]
    dots = [
        _dot(facts.heads[row], facts, place, float(size), colours.index(name) if name in colours else None, here)
        for row, place, size, name in zip(rows, places(facts.vectors[rows], sizes), sizes, named, strict=True)
    ]
    largest: dict[str | None, Dot] = {}
    for row, dot in zip(rows, dots, strict=True):
        largest.setdefault(facts.heads[row].skill, dot)
    return MapView(
        width=WIDTH,
        height=HEIGHT,
        dots=tuple(dots),
        labels=labels((skill.name, skill.anchor, largest[skill.name]) for skill in skills if skill.name in largest),
        projects=tuple(colours),
        n_cut=len(by_support) - len(rows),
    )


def _support(head: Head, facts: Facts) -> int:
    return len(facts.lessons[head.lesson_ids[0]].trajectory_ids) if head.support is None else head.support


def _project(head: Head, facts: Facts, known: Known) -> str | None:
    """Return the project of a rule; None if it has several projects or an unknown one."""
    runs = supporting_runs(facts.lessons[one] for one in head.lesson_ids if one in facts.lessons)
    names = {known.projects.get(run) for run in runs}
    return names.pop() if len(names) == 1 else None


def _dot(head: Head, facts: Facts, place: tuple[int, int], size: float, project: int | None, here: set[str]) -> Dot:
    lesson = facts.lessons[head.lesson_ids[0]]
    return Dot(
        x=place[0],
        y=place[1],
        radius=round(size),
        anchor=anchor_of(head.id) if head.id in here else None,
        says=clip(line_of(lesson), _SAYS),
        support=_support(head, facts),
        project=project,
        polarity=lesson.polarity,
        is_loose=head.support is None,
        is_in_skill=head.skill is not None,
    )
