"""Split texts into pieces to mark: code, quotes, and differences between a failed and a working action."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from t2s_local.report.values import Span, SpanKind
from t2s_local.text.text import without_homes

_TICKED = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_ALIKE, _HELD = 0.3, 0.6
"""Shares of equal tokens, of both texts and of the shorter text: a difference is marked if either share is reached."""
_MOST_TOKENS = 2000
"""Largest number of tokens for comparing two texts: the time grows with the square."""


class Cut(NamedTuple):
    """Part of a text that is shown, and the number of characters that are left out."""

    text: str
    n_cut: int


def ticked(text: str) -> tuple[Span, ...]:
    """Return *text* in pieces; text between backticks is code."""
    pieces: list[Span] = []
    at = 0
    for found in _TICKED.finditer(text):
        pieces += _plain(text[at : found.start()])
        pieces.append(Span(text=found[2], kind="code"))
        at = found.end()
    return (*pieces, *_plain(text[at:]))


def cut(text: str, limit: int) -> Cut:
    """Return the first *limit* characters of *text*, and the number of characters left out."""
    return Cut(text, 0) if len(text) <= limit else Cut(text[:limit], len(text) - limit)


def difference(failing: str, working: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return two texts in pieces with the differences marked; without marks if they have little in common.

    Returns:
        The pieces of *failing*, and the pieces of *working*.
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
    """Return the part of *text* around its quotes in pieces, and the number of characters that are left out.

    Args:
        text: Text of a step.
        quotes: Quotes from the text; without any, the beginning of the text is returned.
        around: Number of characters before the first quote and after the last one.
        longest: Largest number of characters of one quote.
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
    """Return the plain text of *spans*."""
    return "".join(span.text for span in spans)


def shown(text: str) -> str:
    """Return *text* without the names of home folders, so that it can be shown to others."""
    return without_homes(text)


def _plain(text: str) -> tuple[Span, ...]:
    return (Span(text=text),) if text else ()


def _joined(pieces: Sequence[tuple[str, SpanKind]]) -> tuple[Span, ...]:
    return tuple(Span(text=text, kind=kind) for text, kind in pieces if text)
