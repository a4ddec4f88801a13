"""Read from an instruction the order of its steps, its preferences, and the values of arguments."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

from t2s_local.values.value import Value

_SENTENCE = re.compile(r"[.;!?](?:\s+|$)")
_THEN = re.compile(r",?\s*(?:\band\s+)?\b(?:then|afterwards?|after that|finally)\b,?\s*", re.IGNORECASE)
_BEFORE = re.compile(r"\s+before\s+", re.IGNORECASE)
_AFTER = re.compile(r"\s+after\s+", re.IGNORECASE)
_OPENS = re.compile(r"(before|after)\s+([^,]+),\s*(.+)", re.IGNORECASE | re.DOTALL)
_OVER = re.compile(r",?\s+(?:instead of|rather than|(?<=,\s)not)\s+", re.IGNORECASE)
_GIVEN = re.compile(r"`([^`\n]+)`\s+(?:(to)|as|is|=|:)\s+`([^`\n]+)`")
_WRITTEN = re.compile(r"(?<![\w-])(-{0,2}[A-Za-z_][\w-]*)=([^\s=`]+)|(?<![\w-])(--[A-Za-z][\w-]*)\s+(?!-)([^\s`]+)")
_REFUSES = re.compile(r"\W*(?:do not|don['’]t|never|no)\b", re.IGNORECASE)
"""Beginning of a sentence that forbids an action, and so orders no steps."""


class Precedence(Value, frozen=True, kw_only=True):
    """Two parts of an instruction, of which the first is to be done earlier than, or preferred to, the second."""

    relation: Literal["order", "preference"]
    first: frozenset[str]
    """Words of the earlier or preferred part that no other part of the sentence contains."""
    second: frozenset[str]
    """Words of the later or less preferred part that no other part of the sentence contains."""

    def reverses(self, other: "Precedence") -> bool:
        """Return whether *other* has the same two parts in the opposite order."""
        return (
            self.relation == other.relation
            and _is_one(self.first, other.second)
            and _is_one(self.second, other.first)
            and not _is_one(self.first, other.first)
            and not _is_one(self.second, other.second)
        )


def precedences(text: str, *, content: Callable[[str], frozenset[str]]) -> tuple[Precedence, ...]:
    """Return the pairs of adjacent steps or alternatives that *text* orders, each once.

    Args:
        text: An instruction.
        content: Returns the distinctive words of a text.
    """
    found: dict[Precedence, None] = {}
    for sentence in _SENTENCE.split(text):
        for relation, parts in (("order", _steps(sentence)), ("preference", _OVER.split(sentence))):
            for first, second in pairwise(_telling(parts, content)):
                if first and second and not _is_one(first, second):
                    found[Precedence(relation=relation, first=first, second=second)] = None  # type: ignore[arg-type]  # mypy widens the literals of the pair to str
    return tuple(found)


def _steps(sentence: str) -> list[str]:
    """Return the steps of *sentence* in the order in which they are to be done; the whole sentence without an order."""
    if _REFUSES.match(sentence):
        return [sentence]
    opening = _OPENS.match(sentence.strip())
    if opening is not None:
        named, rest = opening[2], opening[3]
        return [rest, named] if opening[1].lower() == "before" else [named, rest]
    steps = [step for step in _THEN.split(sentence) if step.strip()]
    if len(steps) > 1:
        return steps
    before, after = _BEFORE.split(sentence), _AFTER.split(sentence)
    return before if len(before) == 2 else after[::-1] if len(after) == 2 else [sentence]


def _telling(parts: Sequence[str], content: Callable[[str], frozenset[str]]) -> Iterator[frozenset[str]]:
    """Yield the words of each part that no other part has; not ``run`` for ``run lint, then run test``."""
    bags = [content(part) for part in parts]
    for place, bag in enumerate(bags):
        yield bag.difference(*bags[:place], *bags[place + 1 :])


def _is_one(one: frozenset[str], other: frozenset[str]) -> bool:
    return 2 * len(one & other) >= len(one | other)


def settings(text: str) -> dict[str, str]:
    """Return the value that *text* states for each argument; arguments with several values are left out."""
    found: dict[str, set[str]] = {}
    for one, is_target, other in _GIVEN.findall(text):
        found.setdefault(one, set()).add(other)
        if not is_target:
            found.setdefault(other, set()).add(one)
    for name, value, flag, after in _WRITTEN.findall(text):
        found.setdefault(name or flag, set()).add(value or after)
    return {name: next(iter(values)) for name, values in sorted(found.items()) if len(values) == 1}
