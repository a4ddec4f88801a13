"""Example section: one rule as it happened in one run, quoted."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from t2s_local.ports.writer import Evidence
from t2s_local.skills.markdown import code, fence, prose
from t2s_local.text.lesson_words import CODE
from t2s_local.text.text import clip, quoted, squeeze
from t2s_local.values.lesson import Lesson, Quote, QuoteRole
from t2s_local.values.trajectory import TrajectoryId
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
_WANTED: frozenset[QuoteRole] = frozenset({"action", "observation", "fix"})
"""Roles that an example must have: the failed action, the observed failure, and the fix."""
_PIECEMEAL = frozenset({"bare", "too_new"})
"""Patterns of rules that replace many small steps of their runs, so that no run shows the rule."""
_MARKUP = re.compile(r"[*_#`]{2,}|^#+|`", re.MULTILINE)
_ASIDE = re.compile(r"\([^()]*\)|“[^”]*”")
"""Brackets and quotations in advice, which often come from another run."""
_JOINED = re.compile(r"\s*(?:,|,? or|,? and)\s*")
_WORD = re.compile(r"[^\s\"'`,;:(){}\[\]]+")
_OPEN = re.compile(r"<[^<>]*>|…")
_BEFORE = 40
"""Characters shown before the place where two actions start to differ."""
_LONGEST = 280
"""Most characters of one quoted block; a longer one is cut at the end of a line or word, so that it stays verbatim."""
Shown = Mapping[QuoteRole, Quote]
"""Quotes of one run to show, one for each role."""


def example(rules: Sequence[Rule], evidence: Evidence) -> str | None:
    """Return the best-supported rule that one run shows from failure to fix, as Markdown; None if no run does."""
    for rule in rules:
        shown = None if rule.lesson.pattern in _PIECEMEAL else _best(rule, evidence)
        if shown is not None:
            return _told(rule, *shown, evidence)
    return None


def _best(rule: Rule, evidence: Evidence) -> tuple[Lesson, list[Quote]] | None:
    """Return the run to show with its quotes; None if the rule's remedy worked in no quoted run.

    A successful run comes first, then a run with the advice's own words, then the shortest.
    """
    found = []
    for lesson in rule.quoted:
        for run, shown in _moments(lesson):
            outcome = evidence.outcomes.get(run)
            if outcome in {"success", None} and _is_cured(rule.options[0].do, shown, lesson.tools):
                quotes = [shown[role] for role in _ORDER if role in shown]
                size = sum(len(quote.text) for quote in quotes)
                found.append(
                    ((outcome is None, lesson.do not in rule.options[0].wordings, size, run, lesson.id), lesson, quotes)
                )
    return min(found, key=lambda item: item[0])[1:] if found else None


def _moments(lesson: Lesson) -> Iterator[tuple[TrajectoryId, Shown]]:
    """Yield the first quote of every role for each run that *lesson* quotes from failure to fix."""
    by_run: dict[TrajectoryId, dict[QuoteRole, Quote]] = {}
    for quote in sorted(lesson.evidence, key=lambda quote: (quote.trajectory_id, quote.step)):
        if quote.text.strip():
            by_run.setdefault(quote.trajectory_id, {}).setdefault(quote.role, quote)
    for run, shown in by_run.items():
        if shown.keys() >= _WANTED:
            yield run, shown


def _is_cured(do: str, shown: Shown, tools: Sequence[str]) -> bool:
    """Return whether the run did what *do* says: the fix or the failed action contains the code that *do* names first.

    True for advice without code; False if the fix equals the failed action.
    """
    before, after = shown["action"].text, shown["fix"].text
    if before == after:
        return False
    named = _named_first(_ASIDE.sub(" ", do), tools)
    had, has = _spoken(before), _spoken(after)
    return not named or any(words <= has or words <= had for words in named)


def _named_first(do: str, tools: Sequence[str]) -> list[frozenset[str]]:
    """Return the words of the first code spans in *do* that are joined by commas or *or*: ``search_file`` or ``grep``.

    Names of *tools* are skipped: the text of a call does not contain them.
    """
    found: list[frozenset[str]] = []
    end = None
    for span in CODE.finditer(do):
        if end is not None and not _JOINED.fullmatch(do, end, span.start()):
            break
        words = frozenset[str]() if span[2] in tools else _spoken(_OPEN.sub(" ", span[2]))
        if words:
            found.append(words)
            end = span.end()
    return found


def _spoken(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


def _told(rule: Rule, lesson: Lesson, shown: Sequence[Quote], evidence: Evidence) -> str:
    run = shown[0].trajectory_id
    outcome = evidence.outcomes.get(run)
    task = evidence.tasks.get(run)
    about = f", task {quoted(prose(clip(squeeze(_MARKUP.sub(' ', task)), 140)))}" if task else ""
    ended = f", outcome {outcome}" if outcome else ""
    return "\n\n".join((f"{rule.id}, trajectory {code(run)}{about}{ended}.", *_blocks(lesson, shown)))


def _blocks(lesson: Lesson, shown: Sequence[Quote]) -> Iterable[str]:
    start = _difference(shown)
    for quote in shown:
        begin = start if quote.role in ("action", "fix") else 0
        text = excerpt(quote.text, begin, _LONGEST)
        said = _said(lesson, quote)
        cut = f"{said[:-1]} (in part):" if len(text) < len(quote.text.strip()) else said
        yield f"{cut}\n\n{fence(text)}"


def _said(lesson: Lesson, quote: Quote) -> str:
    if quote.role == "action" and quote.text.startswith("{"):
        return (
            f"The agent called {code(lesson.tools[0])} with:"
            if len(lesson.tools) == 1
            else "The agent called a tool with:"
        )
    return _SAID[quote.role]


def _difference(shown: Sequence[Quote]) -> int:
    """Return the index of the first character in which the failed action and the fix differ."""
    action = next((quote.text for quote in shown if quote.role == "action"), "")
    fix = next((quote.text for quote in shown if quote.role == "fix"), "")
    pairs = enumerate(zip(action, fix, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(action), len(fix)))


def excerpt(text: str, at: int, limit: int) -> str:
    """Return at most *limit* characters of *text* around position *at*, cut at the end of a line, word or argument."""
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
        end = cut if cut > begin else end
    return text[begin:end].strip()
