"""A fence around recorded text that nothing inside can forge."""

from collections.abc import Iterable

from t2s_local.analysts._llm_excerpt import Excerpt
from t2s_local.types import digest

_LENGTH = 6
"""Hex digits of the code: it need not be hard to guess, for it is chosen among those that do not occur inside."""


def code_for(texts: Iterable[str]) -> str:
    """A code that occurs in none of *texts*: a digest of them, taken again until it does not."""
    known = tuple(texts)
    code = digest(*known)[:_LENGTH]
    while any(code in text for text in known):
        code = digest(code, *known)[:_LENGTH]
    return code


def fenced(excerpt: Excerpt, *, code: str, asked: str | None) -> str:
    """Lay out an excerpt under marker lines; the closing one is left to the template.

    Args:
        excerpt: What is shown.
        code: What makes a marker line one; occurs nowhere in the excerpt.
        asked: What the user asked for, already cut.
    """
    lines = [] if asked is None else [f"@{code} task", asked]
    outline = [entry.text for entry in excerpt.entries if entry.head is None]
    if outline:
        lines += [f"@{code} in short", *outline]
    for entry in excerpt.entries:
        if entry.head is not None:
            lines += [f"@{code} {entry.head}", entry.text]
    return "\n".join(lines)
