"""One concrete example: a rule as it happened in one run, quoted."""

import re
from collections.abc import Iterable, Sequence

from t2s_local.ports.writer import Evidence
from t2s_local.skills.markdown import code, fence, prose
from t2s_local.text.text import clip, quoted, squeeze
from t2s_local.values.lesson import Lesson, Quote, QuoteRole
from t2s_local.writers._page.rules import Rule

_SAID: dict[QuoteRole, str] = {
    "request": "The user asked:",
    "action": "The agent ran:",
    "observation": "It got back:",
    "cause": "The agent found the cause:",
    "correction": "The user corrected:",
    "fix": "What then worked:",
    "result": "With this result:",
}
_ORDER: tuple[QuoteRole, ...] = ("request", "action", "observation", "cause", "correction", "fix", "result")
_WANTED: tuple[frozenset[QuoteRole], ...] = (
    frozenset({"observation", "fix"}),
    frozenset({"action", "observation"}),
    frozenset({"correction"}),
    frozenset({"action"}),
)
"""What makes an example worth showing, best first."""
_MARKUP = re.compile(r"[*_#`]{2,}|^#+|`", re.MULTILINE)
_MOST_ACTIONS = 4
_BEFORE = 40
"""Characters shown before the place where two actions begin to differ."""
_LONGEST = 280
"""Characters of one quoted block; a longer one is cut at a line's or word's end, so that it stays verbatim."""


def example(rules: Sequence[Rule], evidence: Evidence) -> str | None:
    """The best-supported rule that can be shown as a moment of one run; None where no rule can."""
    for wanted in _WANTED:
        for rule in rules:
            shown = _best(rule, wanted, evidence)
            if shown is not None:
                return _told(rule, *shown, evidence)
    return None


def _best(rule: Rule, wanted: frozenset[QuoteRole], evidence: Evidence) -> tuple[Lesson, list[Quote]] | None:
    """Of the lessons that tell what the rule tells, one from a successful run where there is one, then the shortest."""
    found = []
    for lesson in rule.quoted:
        shown = _moment(lesson)
        if len(shown) > 1 and wanted <= {quote.role for quote in shown}:
            is_worse = evidence.outcomes.get(shown[0].trajectory_id) != "success"
            says_other = lesson.do != rule.options[0].do
            size = sum(len(quote.text) for quote in shown)
            found.append(((says_other, is_worse, size, lesson.id), lesson, shown))
    if not found:
        return None
    _, lesson, shown = min(found, key=lambda item: item[0])
    return lesson, shown


def _moment(lesson: Lesson) -> list[Quote]:
    """Return the quotes to show of one trajectory: a procedure as it was done, otherwise one quote a role."""
    quotes = sorted(lesson.evidence, key=lambda quote: (quote.trajectory_id, quote.step))
    quotes = [quote for quote in quotes if quote.text.strip() and quote.trajectory_id == quotes[0].trajectory_id]
    if lesson.pattern == "sequence":
        return quotes[:_MOST_ACTIONS]
    by_role: dict[QuoteRole, Quote] = {}
    for quote in quotes:
        by_role.setdefault(quote.role, quote)
    return [by_role[role] for role in _ORDER if role in by_role]


def _told(rule: Rule, lesson: Lesson, shown: Sequence[Quote], evidence: Evidence) -> str:
    run = shown[0].trajectory_id
    outcome = evidence.outcomes.get(run)
    task = evidence.tasks.get(run)
    about = f", task {quoted(prose(clip(squeeze(_MARKUP.sub(' ', task)), 140)))}" if task else ""
    ended = f", outcome {outcome}" if outcome else ""
    return "\n\n".join((f"{rule.id}, trajectory {code(run)}{about}{ended}.", *_blocks(lesson, shown)))


def _blocks(lesson: Lesson, shown: Sequence[Quote]) -> Iterable[str]:
    start = _difference(shown)
    for number, quote in enumerate(shown):
        begin = start if quote.role in ("action", "fix") else 0
        text = excerpt(quote.text, begin, _LONGEST)
        said = _said(lesson, quote, is_first=number == 0)
        cut = f"{said[:-1]} (in part):" if len(text) < len(quote.text.strip()) else said
        yield f"{cut}\n\n{fence(text)}"


def _said(lesson: Lesson, quote: Quote, *, is_first: bool) -> str:
    if lesson.pattern == "sequence" and not is_first:
        return "It went on with:"
    if quote.role == "action" and quote.text.startswith("{"):
        return (
            f"The agent called {code(lesson.tools[0])} with:"
            if len(lesson.tools) == 1
            else "The agent called a tool with:"
        )
    return _SAID[quote.role]


def _difference(shown: Sequence[Quote]) -> int:
    """Where a failed action and the one that worked begin to differ; 0 where they cannot be compared."""
    action = next((quote.text for quote in shown if quote.role == "action"), "")
    fix = next((quote.text for quote in shown if quote.role == "fix"), "")
    pairs = enumerate(zip(action, fix, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(action), len(fix)))


def excerpt(text: str, at: int, limit: int) -> str:
    """At most *limit* characters of *text* that show position *at*, cut where lines, words or arguments end."""
    text = text.strip("\n")
    if len(text) <= limit:
        return text
    begin = 0
    if at > limit // 2:
        near = max(0, at - _BEFORE)
        begin = 1 + max(text.rfind("\n", 0, near), text.rfind(" ", 0, near), text.rfind(",", 0, near))
    end = begin + limit
    if end < len(text):
        cut = max(text.rfind("\n", begin, end), text.rfind(" ", begin, end), text.rfind(",", begin, end))
        end = cut if cut > begin + limit // 2 else end
    return text[begin:end].strip()
