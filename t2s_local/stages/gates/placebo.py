"""Placebo of a skill: the same name and as many words on each line, but nothing about the skill's subject."""

import re
from collections.abc import Iterator
from itertools import cycle

from t2s_local.skills.document import DELIMITER

_WORDS = (
    "A long table is printed for readers who look at a report with two sources that disagree so put the result into"
    " the first sentence keep the words short name the source that was changed last leave wide margins on both sides"
    " choose one kind of line for one kind of figure and let the last page hold what only few people ask for"
)
_MARK = re.compile(r"(\s*(?:#+|[-*+]|\d+[.)])?\s*)(.*)", re.DOTALL)


def placebo_text(text: str) -> str:
    """Return a SKILL.md with the name, the lines and the number of words of *text*, but about other work."""
    words = cycle(_WORDS.split())
    return "\n".join(_lines(text.split("\n"), words))


def _lines(lines: list[str], words: Iterator[str]) -> Iterator[str]:
    is_front = lines[:1] == [DELIMITER]
    for number, line in enumerate(lines):
        if number and line.rstrip() == DELIMITER:
            is_front = False
            yield line
        elif is_front:
            yield _front(line, words)
        elif line.lstrip().startswith("```"):
            yield line
        else:
            mark, rest = _MARK.fullmatch(line).groups()  # type: ignore[union-attr]  # matches any line
            yield f"{mark}{_as_many(rest, words)}"


def _front(line: str, words: Iterator[str]) -> str:
    key, colon, value = line.partition(":")
    return f'{key}: "{_as_many(value, words)}"' if key == "description" and colon else line


def _as_many(text: str, words: Iterator[str]) -> str:
    return " ".join(next(words) for _ in text.split())
