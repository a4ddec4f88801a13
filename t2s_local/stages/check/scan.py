"""Look through a skill for what could do harm, whoever wrote it."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import re2

from t2s_local.safety.characters import safe, unseen
from t2s_local.safety.links import urls
from t2s_local.safety.redaction.redact import shipped_redactor
from t2s_local.safety.signs import GRAVITIES, Gravity, SignKind, signs, spot
from t2s_local.skills.source import LARGEST_FILE, SkillSource
from t2s_local.text.text import clip, squeeze
from t2s_local.values.value import Value

_SECRET_LABELS = frozenset({"SECRET", "PASSWORD", "PRIVATE_KEY"})
_COMMENT = re2.compile(r"(?s)<!--(.*?)(?:-->|\z)")
_UNSEEN = re2.compile(
    r"(?i)display:\s*none|visibility:\s*hidden|font-size:\s*0|<(?:script|iframe|object|embed)\s[^>]*=|</script>"
)
_ACTIVE_LINK = re2.compile(r"(?i)\]\(\s*<?(?:javascript|data|vbscript|file):|\bhref\s*=\s*[\"']?(?:javascript|data):")
_NUMBER_HOST = re2.compile(r"(?i)^https?://(?:\[|\d{1,3}(?:\.\d{1,3}){3})")
_PROGRAM = re2.compile(r"(?i)\.(?:sh|bash|zsh|py|js|mjs|ts|rb|pl|ps1|bat|cmd|exe|dll|so|dylib|jar|php|lua|go)$")
_EXCERPT = 80


class Risk(Value, frozen=True, kw_only=True):
    """Something in a skill that could do harm."""

    path: str
    """File it is in, relative to the skill's folder."""
    line: int | None
    """1-based; None where it concerns the file as a whole."""
    rule: str
    severity: Gravity
    message: str


class RiskRule(NamedTuple):
    """One rule of the scan."""

    id: str
    severity: Gravity
    summary: str
    """What a skill with it does, in words that follow "it"."""


OWN_RULES: tuple[RiskRule, ...] = (
    RiskRule("hidden-character", "high", "holds characters that do not show"),
    RiskRule("hidden-text", "medium", "holds text that a rendered page does not show"),
    RiskRule("secret", "high", "holds a secret"),
    RiskRule("personal-data", "medium", "holds personal data"),
    RiskRule("active-link", "high", "links to something that runs"),
    RiskRule("number-address", "medium", "links to a host without a name"),
    RiskRule("address", "low", "names an address on a network"),
    RiskRule("program", "medium", "brings a program along"),
    RiskRule("binary", "medium", "holds a file that is no text, or too large to be looked into"),
    RiskRule("odd-file", "high", "holds a symbolic link, a pipe or a socket"),
    RiskRule("same-name", "medium", "holds files that some systems take for one"),
    RiskRule("allowed-tools", "medium", "grants itself tools"),
)


def rules() -> tuple[RiskRule, ...]:
    """Every rule, the gravest first."""
    shared = (RiskRule(sign.id, sign.severity, sign.summary) for kind in _KINDS for sign in signs(kind))
    return tuple(sorted((*OWN_RULES, *shared), key=lambda rule: (GRAVITIES.index(rule.severity), rule.id)))


_KINDS: tuple[SignKind, ...] = ("phrase", "command")
_OWN = {rule.id: rule for rule in OWN_RULES}


def scan(source: SkillSource) -> tuple[Risk, ...]:
    """What in *source* could do harm, by file and line."""
    found = {risk for path, text in source.texts.items() for look in _LOOKS for risk in look(path, text)}
    found.update(_files(source))
    return tuple(sorted(found, key=lambda risk: (risk.path, risk.line or 0, risk.rule, risk.message)))


def at_or_above(risks: Iterable[Risk], level: Gravity) -> tuple[Risk, ...]:
    """Those of *risks* that are at least as grave as *level*."""
    return tuple(risk for risk in risks if GRAVITIES.index(risk.severity) <= GRAVITIES.index(level))


def _signs(path: str, text: str) -> Iterator[Risk]:
    summaries = {sign.id: sign.summary for kind in _KINDS for sign in signs(kind)}
    for kind in _KINDS:
        for item in spot(text, kind):
            said = clip(squeeze(safe(text[item.start : item.end])), _EXCERPT)
            message = f"it {summaries[item.sign]}: {said}"
            line = _line(text, item.start)
            yield Risk(path=path, line=line, rule=item.sign, severity=item.severity, message=message)


def _characters(path: str, text: str) -> Iterator[Risk]:
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if hidden := unseen(line):
            yield _own("hidden-character", path, number, ", ".join(f"U+{ord(one):04X}" for one in hidden[:5]))


def _unseen(path: str, text: str) -> Iterator[Risk]:
    for match in _COMMENT.finditer(text):
        if match.group(1).strip():
            yield _own("hidden-text", path, _line(text, match.start()), clip(squeeze(match.group(1)), _EXCERPT))
    for match in _UNSEEN.finditer(text):
        yield _own("hidden-text", path, _line(text, match.start()), match.group())


def _private(path: str, text: str) -> Iterator[Risk]:
    for item in shipped_redactor().find(text):
        rule = "secret" if item.label in _SECRET_LABELS else "personal-data"
        yield _own(rule, path, _line(text, item.start), item.rule)


def _links(path: str, text: str) -> Iterator[Risk]:
    for match in _ACTIVE_LINK.finditer(text):
        yield _own("active-link", path, _line(text, match.start()))
    for number, line in enumerate(text.split("\n"), 1):
        for url in urls(line):
            yield _own("number-address" if _NUMBER_HOST.match(url) else "address", path, number, clip(url, _EXCERPT))


_LOOKS: tuple[Callable[[str, str], Iterator[Risk]], ...] = (_signs, _characters, _unseen, _private, _links)


def _files(source: SkillSource) -> Iterator[Risk]:
    for path in source.odd:
        yield _own("odd-file", path, None)
    for path, size in source.sizes.items():
        if path not in source.texts or size > LARGEST_FILE:
            yield _own("binary", path, None)
        if _PROGRAM.search(path) or source.raw.get(path, b"").startswith(b"#!"):
            yield _own("program", path, None)
    once: dict[str, str] = {}
    for path in sorted(source.sizes):
        first = once.setdefault(unicodedata.normalize("NFC", path).casefold(), path)
        if first != path:
            yield _own("same-name", path, None, first)
    if "allowed-tools" in source.front:
        yield _own("allowed-tools", "SKILL.md", None)


def _own(rule_id: str, path: str, line: int | None, detail: str = "") -> Risk:
    rule = _OWN[rule_id]
    message = f"it {rule.summary}: {safe(detail)}" if detail else f"it {rule.summary}"
    return Risk(path=path, line=line, rule=rule.id, severity=rule.severity, message=message)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
