"""``references/evidence.md``: what stands behind each rule, in a form that can be read back and checked."""

from collections.abc import Iterable, Sequence

from t2s_local.skills.evidence import (
    evidence_section,
    evidence_text,
    outcome_words,
    support_fact,
    trajectories_fact,
)
from t2s_local.skills.markdown import code, sentence
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.writers._page.rules import Rule


def evidence_file(rules: Sequence[Rule]) -> str:
    """The evidence of *rules*, in the order of their numbers."""
    return evidence_text(map(_section, rules))


def _section(rule: Rule) -> str:
    lessons = rule.quoted
    quotes = _quotes(lessons)
    facts = [
        support_fact(rule.support, len(rule.task_ids)),
        f"Outcomes: {outcome_words(rule.outcomes)}",
        f"Found as: {join_words(sorted({lesson.pattern for lesson in rule.lessons}))}",
    ]
    if rule.projects:
        facts.append(f"{'Project' if len(rule.projects) == 1 else 'Projects'}: {', '.join(map(code, rule.projects))}")
    if rule.last_confirmed is not None:
        facts.append(f"Last confirmed: {rule.last_confirmed}")
    facts += _effect(rule.lessons)
    facts.append(trajectories_fact(rule.trajectory_ids, quoted={quote.trajectory_id for quote in quotes}))
    left = len(rule.lessons) - len(lessons)
    if left:
        facts.append(f"Lessons not quoted here: {left} of {len(rule.lessons)}")
    return evidence_section(rule.id, sentence(rule.situation), facts, quotes)


def _effect(lessons: Sequence[Lesson]) -> list[str]:
    """What the words of a rule were measured to do, where they were: of the best of them."""
    measured = [lesson.effect for lesson in lessons if lesson.effect is not None]
    if not measured:
        return []
    best = max(measured, key=lambda effect: (effect.support - effect.placebo, effect.support))
    known = "; the model expects it without advice" if best.is_known else ""
    runs = "1 run" if best.n_runs == 1 else f"{best.n_runs} runs"
    told = f"likelier by {best.support:.2f} nats a token on {runs}, advice about other work by {best.placebo:.2f}"
    return [f"Effect under a local model (L2): advice makes what worked {told}{known}"]


def _quotes(lessons: Iterable[Lesson]) -> list[Quote]:
    found: dict[Quote, None] = {}
    for lesson in lessons:
        found |= dict.fromkeys(sorted(lesson.evidence))
    return [quote for quote in found if quote.text.strip()]
