"""Views of skills and their rules for the page."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from t2s_local.report.drawing.trends import Calendar, trend_of
from t2s_local.report.facts import Facts, RuleGround
from t2s_local.report.gated import gate_views
from t2s_local.report.grounds import recording_view
from t2s_local.report.limits import Limits
from t2s_local.report.spans import text_of, ticked
from t2s_local.report.values import RuleView, SkillView, Span
from t2s_local.runs.finished.heads import Head
from t2s_local.runs.finished.worded import Piece, Worded, worded_rules
from t2s_local.text.text import counted
from t2s_local.values.event import Event
from t2s_local.values.lesson import Effect, Lesson, line_of, supporting_runs, supporting_tasks
from t2s_local.values.skill import Skill
from t2s_local.values.trajectory import TrajectoryId

_ORDER = ("success", "partial", "failure", "unknown")


class Known(NamedTuple):
    """Facts about the runs of a page: outcomes, projects and days."""

    outcomes: dict[TrajectoryId, str]
    """Outcome of every run; ``unknown`` if the recording states none."""
    projects: Mapping[TrajectoryId, str]
    calendar: Calendar


def skill_views(facts: Facts, known: Known, limits: Limits) -> tuple[SkillView, ...]:
    """Return the skills of the page, those with most support first."""
    numbered: dict[str, list[Head]] = {}
    for head in facts.heads:
        if head.skill is not None:
            numbered.setdefault(head.skill, []).append(head)
    skills = sorted(facts.result.skills, key=lambda skill: (-skill.support, skill.name))
    return tuple(
        _skill(skill, sorted(numbered[skill.name], key=lambda head: head.number or 0), facts, known, limits)
        for skill in skills
        if skill.name in numbered
    )


def counts_of(runs: Iterable[TrajectoryId], outcomes: Mapping[TrajectoryId, str]) -> tuple[tuple[str, int], ...]:
    """Return the number of *runs* for each outcome that occurs, in a fixed order of outcomes."""
    found = Counter(outcomes.get(run, "unknown") for run in runs)
    return tuple((name, found[name]) for name in _ORDER if found[name])


def ranked(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return each of *names* with its count, the most frequent first."""
    return tuple(sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])))


def anchor_of(rule: str) -> str:
    """Return the HTML anchor of the rule or candidate with the id *rule*."""
    return f"rule-{rule}"


def level_of(lessons: Iterable[Lesson]) -> str:
    """Return the level at which the effect of a rule was measured: ``L2``, or ``L0`` if it was not measured."""
    return next(("L2" if lesson.effect is not None else "L0" for lesson in lessons), "L0")


def _skill(skill: Skill, heads: Sequence[Head], facts: Facts, known: Known, limits: Limits) -> SkillView:
    worded = worded_rules(skill)
    rules = [
        _rule(facts.grounds[head.id], worded.get(f"R{head.number}"), known, limits)
        for head in heads
        if head.id in facts.grounds
    ]
    sections = list(dict.fromkeys(rule.section for rule in rules))
    rules.sort(key=lambda rule: sections.index(rule.section))
    best = max(rules, key=lambda rule: (rule.level, rule.support), default=None)
    runs = {
        run for head in heads if head.id in facts.grounds for run in supporting_runs(facts.grounds[head.id].lessons)
    }
    state, version, waiting, usage = _of_library(skill.name, facts)
    return SkillView(
        name=skill.name,
        anchor=f"skill-{skill.name}",
        description=skill.description,
        best=() if best is None else _in_short(best),
        support=skill.support,
        n_rules=len(heads),
        level=max((rule.level for rule in rules), default="L0"),
        outcomes=counts_of(sorted(runs), known.outcomes),
        projects=_projects(runs, known),
        state=state,
        version=version,
        waiting=waiting,
        usage=usage,
        gates=() if facts.library is None else gate_views(skill.name, facts.library),
        trend=trend_of(sorted(runs), known.calendar, known.outcomes),
        rules=tuple(rules),
    )


def _in_short(rule: RuleView) -> tuple[Span, ...]:
    """Return the head of a rule and its first paragraph of details."""
    if not rule.details:
        return rule.head
    return (
        *rule.head,
        Span(text=" " if text_of(rule.head).endswith((".", "!", "?", "…", ":")) else ". "),
        *rule.details[0],
    )


def _of_library(name: str, facts: Facts) -> tuple[str | None, str | None, str | None, tuple[tuple[str, int], ...]]:
    """Return a skill's state, version and waiting version (each may be None), and the counts of the skill's uses."""
    library = facts.library
    if library is None or name not in library.histories:
        return None, None, None, ()
    history = library.histories[name]
    last = history.last
    version = None if last is None else f"version {last.number}, {last.kind.replace('_', ' ')}"
    waits = next((item for item in library.waiting if item.skill == name), None)
    waiting = None if waits is None else f"version {waits.number} waits" + (f": {waits.reason}" if waits.reason else "")
    return history.state, version, waiting, _usage(event for event in library.events if event.skill == name)


def _usage(events: Iterable[Event]) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for event in events:
        counts.update(word for word in (event.use, event.verdict) if word is not None)
    return tuple(sorted(counts.items()))


def _rule(ground: RuleGround, worded: Worded | None, known: Known, limits: Limits) -> RuleView:
    head, lessons = ground.head, ground.lessons
    first, runs = lessons[0], sorted(supporting_runs(lessons))
    shown = ground.recordings[: limits.recordings]
    return RuleView(
        id=head.id,
        name=f"{head.skill}#R{head.number}",
        anchor=anchor_of(head.id),
        section="Rules" if worded is None else worded.section,
        head=ticked(line_of(first)) if worded is None else _spans(worded.head),
        details=() if worded is None else tuple(map(_spans, worded.details)),
        support=len(runs),
        task_support=len(supporting_tasks(lessons)),
        level=level_of(lessons),
        effect=None if first.effect is None else _effect(first.effect),
        outcomes=counts_of(runs, known.outcomes),
        patterns=tuple(sorted({lesson.pattern.replace("_", " ") for lesson in lessons})),
        polarity=first.polarity,
        projects=_projects(runs, known),
        trend=trend_of(runs, known.calendar, known.outcomes),
        decision=None if ground.decision is None else ground.decision.verdict,
        risk=head.risk,
        lessons=tuple(line_of(lesson) for lesson in lessons[: limits.lessons]) if len(lessons) > 1 else (),
        n_lessons_cut=max(len(lessons) - limits.lessons, 0),
        recordings=tuple(recording_view(item, known.projects.get(item.id), limits) for item in shown),
        n_recordings_cut=len(runs) - len(shown),
    )


def _spans(pieces: Iterable[Piece]) -> tuple[Span, ...]:
    return tuple(Span(text=piece.text, kind="code" if piece.is_code else "plain") for piece in pieces)


def _effect(effect: Effect) -> str:
    gain = f"{effect.support:+.2f} nats a token, {effect.placebo:+.2f} for a placebo"
    return f"{gain}, on {counted(effect.n_runs, 'run')}"


def _projects(runs: Iterable[TrajectoryId], known: Known) -> tuple[str, ...]:
    return tuple(sorted({known.projects[run] for run in runs if run in known.projects}))
