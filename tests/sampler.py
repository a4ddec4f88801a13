"""Texts made to match a regular expression."""

import random
import re
import string
from collections.abc import Iterable
from importlib import import_module
from typing import Any

LETTERS = string.ascii_letters + string.digits
_ANY = LETTERS + " .,:/-"
_OTHER_WORDS = ((r"(?<=.)\(\?[is]+\)", ""), (r"\[:alnum:\]", "a-zA-Z0-9"), (r"\\z", r"\\Z"))
"""What RE2 writes differently from Python."""


def sample(pattern: str, dice: random.Random) -> str:
    """A text that matches *pattern*: literals, classes, groups, alternatives and bounded repeats."""
    for theirs, ours in _OTHER_WORDS:
        pattern = re.sub(theirs, ours, pattern)
    return _sample(import_module("re._parser").parse(pattern), dice)


def _sample(parsed: Iterable[tuple[object, Any]], dice: random.Random) -> str:
    return "".join(_piece(item, dice) for item in parsed)


def _piece(item: tuple[object, Any], dice: random.Random) -> str:
    kind, value = str(item[0]), item[1]
    if kind == "AT":
        return ""
    if kind == "LITERAL":
        return chr(value)
    if kind in ("IN", "ANY", "NOT_LITERAL"):
        return dice.choice(_choices(kind, value))
    if kind == "SUBPATTERN":
        return _sample(value[-1], dice)
    if kind == "BRANCH":
        return _sample(dice.choice(value[1]), dice)
    least, most, inner = value
    times = dice.randint(int(least), min(int(most), int(least) + 4))
    return "".join(_sample(inner, dice) for _ in range(times))


def _choices(kind: str, value: Any) -> list[str]:  # noqa: ANN401  # what Python's own parser of expressions gives
    """Printable characters a class stands for."""
    if kind == "ANY":
        return sorted(_ANY)
    if kind == "NOT_LITERAL":
        return sorted(set(_ANY) - {chr(value)})
    members = set("".join(map(_members, value)))
    return sorted(set(_ANY) - members if str(value[0][0]) == "NEGATE" else members & set(string.printable))


def _members(item: tuple[object, Any]) -> str:
    kind, value = str(item[0]), item[1]
    if kind == "NEGATE":
        return ""
    if kind == "RANGE":
        return "".join(map(chr, range(value[0], value[1] + 1)))
    if kind == "CATEGORY":
        return _category(str(value))
    return chr(value)


def _category(name: str) -> str:
    if "NOT" in name:
        return _ANY.replace(" ", "")
    return LETTERS if "WORD" in name else " " if "SPACE" in name else string.digits
