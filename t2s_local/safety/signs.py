"""Signs of harmful intent in a text: phrases aimed at an agent, and commands that no skill should contain."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any, Literal

import msgspec
import re2

from t2s_local.values.value import Value

SignKind = Literal["phrase", "command"]
Gravity = Literal["high", "medium", "low"]
GRAVITIES: tuple[Gravity, ...] = ("high", "medium", "low")
_MEMORY = 64 << 20


class Sign(Value, frozen=True, kw_only=True):
    """A pattern that marks a text as possibly harmful."""

    id: str
    kind: SignKind
    severity: Gravity
    summary: str
    """Phrase that follows "it" and describes the effect of a text with this sign."""
    regex: str
    case: bool = False
    """Whether upper and lower case differ."""
    unless: str = ""
    """Expression, in RE2, for passages in which a match is harmless; empty if every match counts."""


class SignMatch(Value, frozen=True, kw_only=True, order=True):
    """A match of a sign in a text."""

    start: int
    end: int
    """One past the last character."""
    sign: str
    severity: Gravity


@cache
def signs(kind: SignKind) -> tuple[Sign, ...]:
    """Return every sign of a kind, in the order of the file."""
    return tuple(sign for sign in _all() if sign.kind == kind)


def spot(text: str, kind: SignKind) -> tuple[SignMatch, ...]:
    """Return the matches of the signs of *kind* in *text*, sorted by place; they may overlap."""
    found = []
    ours = signs(kind)
    for number in _together(kind).Match(text) or ():
        sign = ours[number]
        meant = _passages(text, sign)
        for match in _compiled(sign.regex).finditer(text):
            if not any(start <= match.start() and match.end() <= end for start, end in meant):
                found.append(SignMatch(start=match.start(), end=match.end(), sign=sign.id, severity=sign.severity))
    return tuple(sorted(found))


@cache
def _all() -> tuple[Sign, ...]:
    text = resources.files("t2s_local.safety").joinpath("signs.toml").read_text("utf-8")
    table: dict[str, Any] = tomllib.loads(text)
    return tuple(_filled(row, table["words"]) for row in table["signs"])


def _filled(row: dict[str, Any], words: dict[str, str]) -> Sign:
    sign = msgspec.convert(row, Sign)
    regex = sign.regex
    for name, alternatives in words.items():
        regex = regex.replace(name, alternatives)
    unless = sign.unless.replace("AGENT", words["AGENT"])
    plain = f"(?i)(?s:{unless})" if unless else ""
    return msgspec.structs.replace(sign, regex=regex if sign.case else f"(?i)(?m:{regex})", unless=plain)


def _passages(text: str, sign: Sign) -> list[tuple[int, int]]:
    """Return start and end of the passages in *text* in which *sign* is harmless."""
    return [match.span() for match in _compiled(sign.unless).finditer(text)] if sign.unless else []


@cache
def _together(kind: SignKind) -> re2.Set:
    options = re2.Options()
    options.max_mem = _MEMORY
    together = re2.Set.SearchSet(options)
    for sign in signs(kind):
        together.Add(sign.regex)
    together.Compile()
    return together


@cache
def _compiled(regex: str) -> "re2._Regexp":
    return re2.compile(regex)
