"""Classify the lines of a Markdown file: verbatim lines (kept word for word), headings, blank lines and others."""

import re
from collections.abc import Callable, Sequence
from typing import Literal

from t2s_local.skills.document import tokens_of

LineKind = Literal["verbatim", "heading", "blank", "rest"]
CountTokens = Callable[[str], int]
_ORDERS = re.compile(r"\b(?:must|never|only|do not|don['’]t)\b", re.IGNORECASE)
_SITUATION = re.compile(
    r"\W*(?:\d+[.)]\s+)?\W*(?:when(?:ever)?|if|unless|once|while|until|after|before|where|in case|so that)\b",
    re.IGNORECASE,
)
"""Beginning of a text with a subordinate clause, after the mark of a list item."""
_BLOCKS = frozenset({"inline", "fence", "code_block", "html_block", "hr", "table_open"})
_SPAN = re.compile(r"(`+).*?\1")


def is_verbatim(line: str) -> bool:
    """Return whether a line must be kept word for word: it has code marks, or says must, never, only or do not."""
    return "`" in line or _ORDERS.search(line) is not None


def is_constraint(text: str) -> bool:
    """Return whether a text limits the allowed actions: it says must, never, only or do not outside of code."""
    return _ORDERS.search(_SPAN.sub("", text)) is not None


def is_conditional(text: str) -> bool:
    """Return whether a text begins with a situation, such as “When the push is rejected, …”."""
    return _SITUATION.match(text) is not None


def line_kinds(text: str) -> list[LineKind]:
    """Return the kind of each line of a Markdown text; all lines of a block of code are verbatim."""
    lines = text.split("\n")
    kinds: list[LineKind] = [
        "blank" if not line.strip() else "verbatim" if is_verbatim(line) else "rest" for line in lines
    ]
    for token in tokens_of(text):
        if token.map is None:
            continue
        if token.type in ("fence", "code_block"):
            stop = _trimmed(lines, *token.map)
            kinds[token.map[0] : stop] = ["verbatim"] * (stop - token.map[0])
        elif token.type == "heading_open":
            kinds[token.map[0] : token.map[1]] = ["heading"] * (token.map[1] - token.map[0])
    return kinds


def blocks_of(text: str) -> list[tuple[int, int]]:
    """Return the paragraphs, list items and code blocks of a Markdown text, as first line and line after the last.

    Lines are numbered from 0; blank lines are in no block.
    """
    lines = text.split("\n")
    found = {
        (token.map[0], _trimmed(lines, *token.map))
        for token in tokens_of(text)
        if token.map is not None and token.type in _BLOCKS
    }
    return sorted(_apart(found))


def _apart(found: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the blocks that are not inside of another block; the cells of a table share its lines."""
    return {one for one in found if not any(o != one and o[0] <= one[0] and one[1] <= o[1] for o in found)}


def _trimmed(lines: Sequence[str], first: int, last: int) -> int:
    while last > first + 1 and not lines[last - 1].strip():
        last -= 1
    return last
