"""Text of ``references/evidence.md``: counts and quotes behind each rule, in a form that can be parsed and checked."""

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
    """Return the evidence of *rules* as Markdown, in the order of their numbers."""
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
    facts += _effect(rule)
    facts.append(trajectories_fact(rule.trajectory_ids, quoted={quote.trajectory_id for quote in quotes}))
    left = len(rule.lessons) - len(lessons)
    if left:
        facts.append(f"Lessons not quoted here: {left} of {len(rule.lessons)}")
    return evidence_section(rule.id, sentence(rule.situation), facts, quotes)


def _effect(rule: Rule) -> list[str]:
    """Return a line on the measured effect of the words of *rule*, otherwise of its best lesson on its own run.

    Return an empty list if nothing was measured.
    """
    measured = [lesson.effect for lesson in rule.lessons if lesson.effect is not None]
    if rule.effect is None and not measured:
        return []
    best = rule.effect or max(measured, key=lambda effect: (effect.support - effect.placebo, effect.support))
    runs = "run" if best.n_runs == 1 else "runs"
    where = f"{best.n_runs} {runs} that they do not come from" if rule.effect is not None else "their own run"
    known = "; known to the model, which expects it without advice" if best.is_known else ""
    told = f"likelier by {best.support:.2f} nats a token, a placebo of as many words by {best.placebo:.2f}"
    return [f"Effect under a local model (L2): the words make what worked {told}, on {where}{known}"]


def _quotes(lessons: Iterable[Lesson]) -> list[Quote]:
    found: dict[Quote, None] = {}
    for lesson in lessons:
        found |= dict.fromkeys(sorted(lesson.evidence))
    return [quote for quote in found if quote.text.strip()]
