"""Texts as pieces: code, quotes, and what differs between an action that failed and the one that worked."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from t2s_local.report.values import Span, SpanKind
from t2s_local.text.text import without_homes

_TICKED = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_ALIKE, _HELD = 0.3, 0.6
"""Share of two texts, and of the shorter one, that has to be the same for their difference to say anything."""
_MOST_TOKENS = 2000
"""Tokens beyond which two texts are not compared: the time grows with the square."""


class Cut(NamedTuple):
    """Part of a text that is shown, and how many characters are not."""

    text: str
    n_cut: int


def ticked(text: str) -> tuple[Span, ...]:
    """Return *text* in pieces; what stands between backticks is code."""
    pieces: list[Span] = []
    at = 0
    for found in _TICKED.finditer(text):
        pieces += _plain(text[at : found.start()])
        pieces.append(Span(text=found[2], kind="code"))
        at = found.end()
    return (*pieces, *_plain(text[at:]))


def cut(text: str, limit: int) -> Cut:
    """Return the beginning of *text*, at most *limit* characters of it."""
    return Cut(text, 0) if len(text) <= limit else Cut(text[:limit], len(text) - limit)


def difference(failing: str, working: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return two texts in pieces, with what is in one of them alone marked; unmarked where they have little in common.

    Returns:
        The pieces of *failing*, and those of *working*.
    """
    old, new = _TOKEN.findall(failing), _TOKEN.findall(working)
    if len(old) + len(new) > _MOST_TOKENS:
        return _plain(failing), _plain(working)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    shared = matcher.ratio() * (len(old) + len(new)) / 2
    if matcher.ratio() < _ALIKE and shared < _HELD * min(len(old), len(new)):
        return _plain(failing), _plain(working)
    before: list[tuple[str, SpanKind]] = []
    after: list[tuple[str, SpanKind]] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        is_same = tag == "equal"
        before.append(("".join(old[i:j]), "plain" if is_same else "gone"))
        after.append(("".join(new[k:m]), "plain" if is_same else "new"))
    return _joined(before), _joined(after)


def with_quotes(text: str, quotes: Sequence[str], *, around: int, longest: int) -> tuple[tuple[Span, ...], int]:
    """Return the part of *text* around its quotes in pieces, and how many characters of it are left out.

    Args:
        text: Text of a step.
        quotes: What is quoted of it; the beginning of the text is shown where nothing is.
        around: Characters that are shown before the first quote and after the last one.
        longest: Characters of one quote that are shown.
    """
    places = sorted({(at, at + min(len(quote), longest)) for quote in quotes if (at := text.find(quote)) >= 0})
    if not places:
        shown = cut(text, 2 * around)
        return _plain(shown.text), shown.n_cut
    start, stop = max(places[0][0] - around, 0), min(max(end for _, end in places) + around, len(text))
    if stop - start > 2 * longest:
        stop = min(start + 2 * longest, stop)
    pieces, at = [("…", "plain")] if start else [], start
    for begin, end in places:
        if begin >= at and begin < stop:
            pieces += [(text[at:begin], "plain"), (text[begin : min(end, stop)], "quote")]
            at = min(end, stop)
    pieces += [(text[at:stop], "plain"), ("…" if stop < len(text) else "", "plain")]
    return tuple(Span(text=piece, kind=kind) for piece, kind in pieces if piece), len(text) - (stop - start)  # type: ignore[arg-type]  # the kinds are literals above


def text_of(spans: Iterable[Span]) -> str:
    """Return the text of *spans* without what marks it."""
    return "".join(span.text for span in spans)


def shown(text: str) -> str:
    """Return *text* as it may be shown to others: without the names of homes."""
    return without_homes(text)


def _plain(text: str) -> tuple[Span, ...]:
    return (Span(text=text),) if text else ()


def _joined(pieces: Sequence[tuple[str, SpanKind]]) -> tuple[Span, ...]:
    return tuple(Span(text=text, kind=kind) for text, kind in pieces if text)
