r"""Redaction rules, each with its expression and the keywords that a text must contain for the rule to be tried.

A file of further rules (``--redact-extra``) is either plain lines, each a text to redact, or TOML::

    [[rules]]
    id = "ticket"
    regex = '''\bTICKET-[0-9]{4,}\b'''
    keywords = ["ticket-"]      # lower case; the rule is tried only on texts with one of them
    entropy = 2.0               # optional: least entropy of what is redacted, in bits a character

The first group of the expression that matched is redacted, or the whole match if there is no group. The file has the
form of gitleaks' own configuration, so that such a file can be used unchanged; its allow lists are ignored.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import re2

from t2s_local.errors import InputError, UsageError
from t2s_local.files import reason_of
from t2s_local.safety.redaction.allowed import Allowed
from t2s_local.values.value import Value

_ALPHABETS = {
    "hex": "[0-9a-f]",
    "HEX": "[0-9A-Fa-f]",
    "digit": "[0-9]",
    "upper": "[A-Z0-9]",
    "alnum": "[A-Za-z0-9]",
    "word": r"[\w-]",
    "url": r"[\w.=-]",
    "tilde": r"[\w.~-]",
    "base64": "[A-Za-z0-9+/_=-]",
    "path": r"[\w@/.-]",
    "none": "",
}
_GAP = r"[\w .\[\]-]{0,30}?(?:\\*[\"'`])?\]?\s{0,3}(?::=|=>|\|\||==?|:|>)\s{0,3}(?:\\*[\"'`]|[brf][\"'])?"
_VALUE = r"([\w.~+/@%-][\w.~+/=@:%-]{9,})"
_GENERIC = "generic-api-key"
"""The rule of gitleaks that matches any value after a word such as ``key``; our check for randomness is added."""
_JOINT = r"(?:\\*[\"']?[ \t]*[\\+]?(?:\r?\n|\\+n)[ \t]*(?:\\*[\"'])?)"


class RedactionRule(Value, frozen=True, kw_only=True):
    """A rule that finds one kind of text to redact."""

    id: str
    label: str
    """Name in the placeholder: ``SECRET``, ``EMAIL`` …"""
    regex: str
    """RE2 syntax."""
    keywords: tuple[str, ...] = ()
    """Words in lower case: the rule is tried only on texts with a keyword or trigger; on every text if it has none."""
    triggers: tuple[str, ...] = ()
    """RE2 expressions with the same purpose as keywords, for rules without a typical word."""
    entropy: float | None = None
    """Entropy that the found text must exceed, in bits per character; None for no limit."""
    check: str | None = None
    """Name of the check in :mod:`t2s_local.safety.redaction.redact` that a found text must pass; None for no check."""
    fence: str | None = None
    """Characters that, like letters and digits, must not adjoin the found text; None if any character may."""
    broken: str | None = None
    """Expression like *regex* for a secret that is broken over several lines; None if it is not searched for."""
    group: int | None = None
    """Number of the group that is redacted; None for the first group that matched, or the whole match without one."""
    memory: int | None = None
    """Bytes that RE2 may use for *regex*; None for the default of RE2, 8 MB."""
    allowed: Allowed | None = None
    """Exceptions that are not redacted although *regex* matches."""


@cache
def shipped_rules() -> tuple[RedactionRule, ...]:
    """Return the rules in the package: our own rules, then those of gitleaks.

    Our own rules find secrets by their shape, secrets by the words around them, and personal data. If an own rule and
    a rule of gitleaks find the same text, the match has the name of our own rule.
    """
    shapes = (_shape(name, *row) for name, row in _shipped("tokens.toml")["tokens"].items())
    return (*shapes, *(_filled(row) for row in _shipped("rules.toml")["rules"]), *gitleaks_rules())


def gitleaks_rules() -> tuple[RedactionRule, ...]:
    """Return the rules of gitleaks that need only text, as converted by ``scripts/build-rules``."""
    table = _shipped("gitleaks.toml")
    everywhere = msgspec.convert(table["allowed"], Allowed)
    return tuple(_of_gitleaks(row, everywhere) for row in table["rules"])


def _of_gitleaks(row: dict[str, Any], everywhere: Allowed) -> RedactionRule:
    rule = msgspec.convert({"label": "SECRET", **row}, RedactionRule)
    own = rule.allowed or Allowed()
    allowed = msgspec.structs.replace(own, values=everywhere.values + own.values, words=everywhere.words + own.words)
    check = "random" if rule.id == _GENERIC else None
    return msgspec.structs.replace(rule, allowed=allowed, check=check)


def _shipped(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("t2s_local.safety.redaction").joinpath(name).read_text("utf-8"))


def _filled(row: dict[str, Any]) -> RedactionRule:
    rule = msgspec.convert(row, RedactionRule)
    words = "|".join(re2.escape(word) for word in rule.keywords)
    regex = rule.regex.replace("WORDS", words).replace("GAP", _GAP).replace("VALUE", _VALUE)
    return msgspec.structs.replace(rule, regex=regex)


def _shape(name: str, start: str, alphabet: str, least: int) -> RedactionRule:
    letters = _ALPHABETS[alphabet]
    body = f"{letters}{{{least},}}" if least else ""
    pieces = rf"{start}{letters}*(?:{_JOINT}{letters}{{3,}}){{1,6}}" if least else None
    return RedactionRule(
        id=name, label="SECRET", regex=start + body, triggers=(start,), check="token", fence="", broken=pieces
    )


def named(names: Iterable[str]) -> tuple[RedactionRule, ...]:
    """Return a rule for every private word in *names*."""
    return tuple(
        RedactionRule(id="machine-name", label="USER", regex=rf"\b{re2.escape(name)}\b", keywords=(name.lower(),))
        for name in names
    )


def read_rules(path: Path) -> tuple[RedactionRule, ...]:
    """Read a file of further rules.

    Raises:
        InputError: the file cannot be read, or contains no valid rules.
        UsageError: the regular expression of a rule is not valid in RE2.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error
    except UnicodeDecodeError as error:
        message = "not UTF-8"
        raise InputError(message, path=path) from error
    if "[[rules]]" not in text:
        lines = [line.strip() for line in text.splitlines()]
        return tuple(
            RedactionRule(id="extra", label="REDACTED", regex=f"(?i)({re2.escape(line)})", keywords=(line.lower(),))
            for line in lines
            if line and not line.startswith("#")
        )
    try:
        found = tomllib.loads(text)["rules"]
        return tuple(_extra(row, path) for row in found if "regex" in row)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        message = f"no rules: {error}"
        raise InputError(message, path=path) from error


def _extra(row: dict[str, object], path: Path) -> RedactionRule:
    keywords = row.get("keywords", [])
    rule = RedactionRule(
        id=str(row["id"]),
        label="REDACTED",
        regex=str(row["regex"]),
        keywords=tuple(str(word).lower() for word in keywords) if isinstance(keywords, list) else (),
        entropy=float(str(row["entropy"])) if "entropy" in row else None,
    )
    try:
        re2.compile(rule.regex)
    except re2.error as error:
        message = f"rule {rule.id}: {error}"
        raise UsageError(message, path=path, hint="Rules are written in RE2 syntax.") from error
    return rule
