"""Mark the names and messages in a rule of plain words, as people write them without code marks."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from t2s_local.text.lesson_words import CODE, MESSAGE

_DISTINCT = re.compile(r"[_\d./]|[a-z][A-Z]|\w-\w")
"""Part of a name that no plain word has; ``read`` and ``Edit`` are words as well as tools."""
_SAID = re.compile(
    r"\b(?:errors?|fails?|failed|failing|says?|answers?|prints?|reports?|returns?|raises?|refus\w+|ends? in)\b",
    re.IGNORECASE,
)
"""Words beside a quotation that is a message of a tool or a program."""
_QUOTED = re.compile(r"(?<![\w'\"“`])(['\"])((?:(?!\1)[^\n]){6,200})\1(?!\w)")
_NEAR = 60
"""Number of characters before and after a quotation in which a word of ``_SAID`` marks a message."""


def marked(text: str, *, tools: Collection[str], programs: Collection[str]) -> str:
    """Return *text* with code marks around names of tools and programs, and “” around quoted messages.

    Only names that cannot be plain words are marked; code and messages that are marked already stay as they are.

    Args:
        text: A rule, or a part of one.
        tools: Names of the tools that runs called.
        programs: Names of the programs that runs called.
    """
    names = _pattern(frozenset(name for name in (*tools, *programs) if len(name) > 2 and _DISTINCT.search(name)))
    return "".join(_named(part, names) if is_plain else part for part, is_plain in _parts(_with_messages(text)))


def _with_messages(text: str) -> str:
    found = []
    at = 0
    for quotation in _QUOTED.finditer(text):
        around = text[max(0, quotation.start() - _NEAR) : quotation.start()] + text[quotation.end() :][:_NEAR]
        is_message = " " in quotation[2] and "`" not in quotation[2] and _SAID.search(around)
        found += [text[at : quotation.start()], f"“{quotation[2]}”" if is_message else quotation[0]]
        at = quotation.end()
    return "".join((*found, text[at:]))


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of *text*, each with whether it is neither code nor a message."""
    at = 0
    taken = sorted((found.span() for pattern in (CODE, MESSAGE) for found in pattern.finditer(text)), key=lambda s: s)
    for start, stop in taken:
        if start >= at:
            yield text[at:start], True
            yield text[start:stop], False
            at = stop
    yield text[at:], True


def _named(part: str, names: re.Pattern[str] | None) -> str:
    return part if names is None else names.sub(r"`\g<0>`", part)


@lru_cache(maxsize=64)
def _pattern(names: frozenset[str]) -> re.Pattern[str] | None:
    if not names:
        return None
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w./-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w/-])")
