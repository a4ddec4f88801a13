r"""Redaction rules: what each looks for, and which words must be near before it is tried at all.

A file of further rules (``--redact-extra``) is either plain lines, each a text to redact, or TOML::

    [[rules]]
    id = "ticket"
    regex = '''\bTICKET-[0-9]{4,}\b'''
    keywords = ["ticket-"]      # lower case; the rule is tried only on texts with one of them
    entropy = 2.0               # optional: least entropy of what is redacted, in bits a character

Of the expression's groups the first that took part is redacted, the whole match where there is none. This is the shape
of gitleaks' own configuration, so that such a file can be given as it is; what it allows is not read.
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
"""The one rule of gitleaks that takes any value after a word such as ``key``; it gets our check for randomness too."""
_JOINT = r"(?:\\*[\"']?[ \t]*[\\+]?(?:\r?\n|\\+n)[ \t]*(?:\\*[\"'])?)"


class RedactionRule(Value, frozen=True, kw_only=True):
    """One thing to redact."""

    id: str
    label: str
    """What the placeholder is called: ``SECRET``, ``EMAIL`` …"""
    regex: str
    """RE2 syntax."""
    keywords: tuple[str, ...] = ()
    """Lower case. The rule is tried only on texts that hold one; on every text where there are none."""
    triggers: tuple[str, ...] = ()
    """RE2 expressions that do the same where no word would."""
    entropy: float | None = None
    check: str | None = None
    """Name of the check in :mod:`t2s_local.safety.redaction.redact` that what was found has to pass."""
    fence: str | None = None
    """Characters that, like letters and digits, must not adjoin what is found; None where anything may."""
    broken: str | None = None
    """The same as *regex* spread over lines."""
    group: int | None = None
    """Which group is redacted; None is the first that took part, or the whole match where there is none."""
    memory: int | None = None
    """Bytes RE2 may use for *regex*; None for its default, 8 MB."""
    allowed: Allowed | None = None
    """What is left as it is although *regex* matches."""


@cache
def shipped_rules() -> tuple[RedactionRule, ...]:
    """The rules that come with the package: our own, then those of gitleaks.

    Our own are secrets by their shape, secrets by the words around them, and personal data. Where a rule of each finds
    the same stretch, ours names it.
    """
    shapes = (_shape(name, *row) for name, row in _shipped("tokens.toml")["tokens"].items())
    return (*shapes, *(_filled(row) for row in _shipped("rules.toml")["rules"]), *gitleaks_rules())


def gitleaks_rules() -> tuple[RedactionRule, ...]:
    """The rules of gitleaks that need nothing but text; ``scripts/build-rules`` converted them."""
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
    """A rule for every private word in *names*."""
    return tuple(
        RedactionRule(id="machine-name", label="USER", regex=rf"\b{re2.escape(name)}\b", keywords=(name.lower(),))
        for name in names
    )


def read_rules(path: Path) -> tuple[RedactionRule, ...]:
    """Read a file of further rules.

    Raises:
        InputError: it cannot be read, or a rule has no regular expression RE2 can run.
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
