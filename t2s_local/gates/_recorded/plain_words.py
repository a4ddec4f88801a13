"""Read rules of plain words: a condition behind the order, and a situation that names an error in its own words."""

import re
from collections.abc import Collection
from functools import lru_cache

import msgspec

from t2s_local.text.lesson_words import CODE
from t2s_local.text.text import content, mask

_CONDITION = re.compile(r"\s(?=(?:when|whenever|before|after|if|once)\s)", re.IGNORECASE)
_BEGINS = re.compile(r"\W*(?:when|whenever|if|where|once|after|in case)\s", re.IGNORECASE)
_FEWEST = 2
"""Fewest words of a situation that are compared with errors: one word is in too many of them."""
_ENOUGH = 0.8
"""Least share of the words of a situation that an error contains."""


class ErrorWords(msgspec.Struct, frozen=True, kw_only=True):
    """Words of a situation, such as "when payments do not add up", by which its error message is recognised."""

    words: frozenset[str]

    def fits(self, error: str) -> bool:
        """Return whether a masked error contains most of the words."""
        return len(self.words & _words(error)) >= _ENOUGH * len(self.words)


def words_of_error(situation: str, errors: Collection[str]) -> ErrorWords | None:
    """Return the words of a situation; None if it is no condition, or no error of the runs has its words.

    Args:
        situation: Situation of a rule, in plain words.
        errors: Kinds of errors in the runs.
    """
    begins = _BEGINS.match(situation)
    words = frozenset() if begins is None else _words(situation[begins.end() :])
    found = ErrorWords(words=words)
    return found if len(words) >= _FEWEST and any(map(found.fits, errors)) else None


def turned(text: str) -> tuple[str, list[str]]:
    """Return the condition at the end of a rule as its situation, and the rest as orders: "call `a` before `b`".

    The whole text is the situation, without orders, if it has no such condition or the part before names no code.
    """
    found = _CONDITION.search(text)
    if found is None or not CODE.search(text[: found.start()]):
        return text, []
    return text[found.end() :], [text[: found.start()]]


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return content(mask(text))
