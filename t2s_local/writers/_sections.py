"""The sections of a SKILL.md, each from the rules that belong there."""

from collections.abc import Iterable, Sequence

from t2s_local.ports import Evidence
from t2s_local.text import clip, squeeze
from t2s_local.types import Lesson, Quote, QuoteRole
from t2s_local.writers._markdown import bullets, clause, code, fence, numbered, prose, sentence
from t2s_local.writers._rules import Rule

_SAID: dict[QuoteRole, str] = {
    "request": "The user asked:",
    "action": "The agent did:",
    "observation": "It got back:",
    "cause": "The agent found the cause:",
    "correction": "The user corrected:",
    "fix": "What then worked:",
    "result": "With this result:",
}
_EXAMPLE_ORDER: tuple[QuoteRole, ...] = ("request", "action", "observation", "cause", "correction", "fix", "result")


def steps(rules: Sequence[Rule]) -> str:
    """Numbered steps: what to do, when, and why."""
    return numbered(_step(rule) for rule in rules)


def gotchas(rules: Sequence[Rule]) -> str:
    """One failure an item: how it shows, why it happens, what works."""
    return numbered(_gotcha(rule) for rule in rules)


def nevers(rules: Sequence[Rule]) -> str:
    """What not to do, and what it led to."""
    return bullets(_never(rule) for rule in rules)


def example(rules: Sequence[Rule], evidence: Evidence) -> str | None:
    """The best-supported rule as it happened in one run, quoted; None where no lesson has an action to quote."""
    for rule in rules:
        for lesson in rule.lessons:
            shown = _shown(lesson)
            if shown:
                return _told(rule, shown, evidence)
    return None


def _told(rule: Rule, shown: Sequence[Quote], evidence: Evidence) -> str:
    run = shown[0].trajectory_id
    outcome = evidence.outcomes.get(run)
    task = evidence.tasks.get(run)
    about = f", on the task “{prose(clip(squeeze(task), 140))}”" if task else ""
    ended = f" The run's outcome was {outcome}." if outcome else ""
    parts = [f"{rule.id} in trajectory {code(run)}{about}.{ended}"]
    parts += [f"{_SAID[quote.role]}\n\n{fence(quote.text)}" for quote in shown]
    return "\n\n".join(parts)


def _shown(lesson: Lesson) -> list[Quote]:
    """One quote a role of one trajectory, if they hold more than a single moment."""
    by_role: dict[QuoteRole, Quote] = {}
    for quote in sorted(lesson.evidence, key=lambda quote: (quote.trajectory_id, quote.step)):
        first = next(iter(by_role.values()), quote)
        if quote.text.strip() and quote.trajectory_id == first.trajectory_id:
            by_role.setdefault(quote.role, quote)
    return [by_role[role] for role in _EXAMPLE_ORDER if role in by_role] if len(by_role) > 1 else []


def _step(rule: Rule) -> str:
    lesson = rule.lesson
    return _joined((f"When {prose(clause(lesson.when))}: {prose(sentence(lesson.do))}", _why(rule), _mark(rule)))


def _gotcha(rule: Rule) -> str:
    lesson = rule.lesson
    return _joined((f"**{prose(sentence(lesson.when))}**", _why(rule), prose(sentence(lesson.do)), _mark(rule)))


def _never(rule: Rule) -> str:
    lesson = rule.lesson
    return _joined((prose(sentence(lesson.do)), f"Seen when {prose(clause(lesson.when))}.", _why(rule), _mark(rule)))


def _why(rule: Rule) -> str:
    if not rule.causes:
        return ""
    return f"Why: {'; or '.join(prose(clause(cause)) for cause in rule.causes)}."


def _mark(rule: Rule) -> str:
    return f"({rule.id}: {rule.support} runs)"


def _joined(parts: Iterable[str]) -> str:
    return " ".join(part for part in parts if part)
