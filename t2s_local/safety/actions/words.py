"""Lists for the judgement of actions: names of programs, words for checks, protected files."""

import re
import tomllib
from functools import cache
from importlib import resources

import re2

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@cache
def table(name: str) -> frozenset[str]:
    """Return the list called *name* in ``words.toml``."""
    text = resources.files("t2s_local.safety.actions").joinpath("words.toml").read_text("utf-8")
    return frozenset(tomllib.loads(text)[name])


@cache
def pattern(name: str) -> "re2._Regexp":
    """Return one expression, case-insensitive, that matches any expression of the list *name* in ``words.toml``."""
    text = resources.files("t2s_local.safety.actions").joinpath("words.toml").read_text("utf-8")
    return re2.compile("(?i)" + "|".join(f"(?:{one})" for one in tomllib.loads(text)[name]))


def parts(name: str) -> list[str]:
    """Return the words of a flag, a variable or a setting, in lower case: ``--noVerify`` is *no* and *verify*."""
    return [part.lower() for part in _PART.findall(name)]
