"""Texts made to match a regular expression."""

import random
import string
from collections.abc import Iterable
from importlib import import_module
from typing import Any

LETTERS = string.ascii_letters + string.digits


def sample(pattern: str, dice: random.Random) -> str:
    """A text that matches *pattern*: literals, classes, groups, alternatives and bounded repeats."""
    return _sample(import_module("re._parser").parse(pattern), dice)


def _sample(parsed: Iterable[tuple[object, Any]], dice: random.Random) -> str:
    return "".join(_piece(item, dice) for item in parsed)


def _piece(item: tuple[object, Any], dice: random.Random) -> str:
    kind, value = str(item[0]), item[1]
    if kind == "LITERAL":
        return chr(value)
    if kind == "IN":
        return dice.choice(sorted(set("".join(map(_members, value))) & set(string.printable)))
    if kind == "SUBPATTERN":
        return _sample(value[-1], dice)
    if kind == "BRANCH":
        return _sample(dice.choice(value[1]), dice)
    least, most, inner = value
    times = dice.randint(int(least), min(int(most), int(least) + 4))
    return "".join(_sample(inner, dice) for _ in range(times))


def _members(item: tuple[object, Any]) -> str:
    kind, value = str(item[0]), item[1]
    if kind == "RANGE":
        return "".join(map(chr, range(value[0], value[1] + 1)))
    if kind == "CATEGORY":
        return LETTERS if "WORD" in str(value) else string.digits
    return chr(value)
