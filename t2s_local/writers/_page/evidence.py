"""``references/evidence.md``: what stands behind each rule, in a form that can be read back and checked."""

from collections.abc import Iterable, Sequence

from t2s_local.text.text import clip, join_words
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.writers._page.markdown import code, fence, prose, sentence
from t2s_local.writers._page.rules import Rule

PATH = "references/evidence.md"
MOST_LISTED = 200
"""Trajectories named behind one rule: all of them where thousands support it would be a file nobody opens."""
_INTRO = """\
# Evidence

What stands behind each rule. A *trajectory* is one recorded run. Every quote stands word for word in the step named
above it, with home folders written as `~`; `t2s verify` reads this file and checks quotes and counts against the
stored trajectories.
"""


def evidence_file(rules: Sequence[Rule]) -> str:
    """The evidence of *rules*, in the order of their numbers."""
    return "\n".join((_INTRO, *map(_section, rules)))


def outcome_words(outcomes: dict[str, int]) -> str:
    """``3 success, 1 failure``, in a fixed order."""
    order = ("success", "partial", "failure", "unknown")
    return ", ".join(f"{outcomes[name]} {name}" for name in order if outcomes.get(name))


def _section(rule: Rule) -> str:
    tasks = len(rule.task_ids)
    facts = [
        f"Support: {rule.support} trajectories, {tasks} {'task' if tasks == 1 else 'tasks'}",
        f"Outcomes: {outcome_words(rule.outcomes)}",
        f"Found as: {join_words(sorted({lesson.pattern for lesson in rule.lessons}))}",
    ]
    if rule.projects:
        facts.append(f"{'Project' if len(rule.projects) == 1 else 'Projects'}: {', '.join(map(code, rule.projects))}")
    if rule.last_confirmed is not None:
        facts.append(f"Last confirmed: {rule.last_confirmed}")
    facts += _effect(rule.lessons)
    lessons = rule.quoted
    facts.append(_trajectories(rule, quoted={quote.trajectory_id for quote in _quotes(lessons)}))
    left = len(rule.lessons) - len(lessons)
    if left:
        facts.append(f"Lessons not quoted here: {left} of {len(rule.lessons)}")
    head = prose(clip(sentence(rule.situation), 120))
    listed = "\n".join(f"- {fact}" for fact in facts)
    parts = [f"## {rule.id}. {head}\n", f"{listed}\n"]
    parts += [_quote(quote) for quote in _quotes(lessons)]
    return "\n".join(parts)


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


def _trajectories(rule: Rule, *, quoted: set[TrajectoryId]) -> str:
    """The trajectories behind *rule*; of very many those that are quoted, and the first of the others."""
    runs = rule.trajectory_ids
    if len(runs) <= MOST_LISTED:
        return f"Trajectories: {', '.join(map(code, runs))}"
    shown = sorted({*quoted, *runs[: MOST_LISTED - len(quoted)]})
    return f"Trajectories ({len(shown)} of {len(runs)}): {', '.join(map(code, shown))}"


def _quotes(lessons: Iterable[Lesson]) -> list[Quote]:
    found: dict[Quote, None] = {}
    for lesson in lessons:
        found |= dict.fromkeys(sorted(lesson.evidence))
    return [quote for quote in found if quote.text.strip()]


def _quote(quote: Quote) -> str:
    return f"Trajectory {code(quote.trajectory_id)}, step {quote.step}, {quote.role}:\n\n{fence(quote.text)}\n"
