"""Scan a skill, whoever wrote it, for contents that could do harm."""

import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

import re2

from t2s_local.safety.actions.effect import KINDS
from t2s_local.safety.actions.passages import passages
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
_WHEN = frozenset({"standing-order", "urgency"})
"""Signs of orders such as "always use"; a description may contain them, since it says when to use the skill."""
_EXCERPT = 80
_LONGEST = 2000
"""Largest number of characters of a finding from which its excerpt is cut."""
_MOST = 100
"""Largest number of findings of one rule listed for one file; further findings are only counted."""


class Risk(Value, frozen=True, kw_only=True):
    """Content of a skill that could do harm."""

    path: str
    """File with the content, relative to the skill's folder."""
    line: int | None
    """Line of the content, counted from 1; None if the risk concerns the whole file."""
    rule: str
    severity: Gravity
    message: str


class RiskRule(NamedTuple):
    """One rule of the scan."""

    id: str
    severity: Gravity
    summary: str
    """Description of a skill that breaks the rule, in words that follow "it" (the skill)."""


_GRAVE: dict[str, Gravity] = {"check": "medium", "source": "medium", "history": "medium"}
"""Kind of action to its severity; every kind that is not listed is high."""
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
    RiskRule("unread", "medium", "holds more commands than are looked at"),
    RiskRule("allowed-tools", "medium", "grants itself tools"),
    *(RiskRule(f"action-{kind}", _GRAVE.get(kind, "high"), summary) for kind, summary in KINDS.items()),
)


def rules() -> tuple[RiskRule, ...]:
    """Return every rule, the gravest first."""
    shared = (RiskRule(sign.id, sign.severity, sign.summary) for kind in _KINDS for sign in signs(kind))
    return tuple(sorted((*OWN_RULES, *shared), key=lambda rule: (GRAVITIES.index(rule.severity), rule.id)))


_KINDS: tuple[SignKind, ...] = ("phrase", "command")
_SUMMARIES = {rule.id: rule.summary for rule in rules()}
_OWN = {rule.id: rule for rule in OWN_RULES}


class _Place(NamedTuple):
    """A finding with its place in a text (``start``, an index of characters)."""

    start: int
    rule: str
    severity: Gravity
    summary: str
    detail: str
    """Raw excerpt of the text; it is made safe only when a message shows it."""


def scan(source: SkillSource) -> tuple[Risk, ...]:
    """Return the risks in *source*, by file and line.

    Beyond 100 findings of a rule in a file, the rest is one risk with their number.
    """
    found = {risk for path, text in source.texts.items() for risk in _in_text(path, text)}
    found.update(_files(source))
    return tuple(sorted(found, key=lambda risk: (risk.path, risk.line or 0, risk.rule, risk.message)))


def _in_text(path: str, text: str) -> Iterator[Risk]:
    ends = [place for place, character in enumerate(text) if character == "\n"]
    counts: Counter[tuple[str, Gravity]] = Counter()
    looks: list[Callable[[str], Iterator[_Place]]] = [*_LOOKS, partial(_actions, path)]
    for look in looks:
        for item in look(text):
            counts[item.rule, item.severity] += 1
            if counts[item.rule, item.severity] <= _MOST:
                line = bisect_right(ends, item.start - 1) + 1
                detail = clip(squeeze(safe(item.detail)), _EXCERPT)
                message = f"it {item.summary}: {detail}" if detail else f"it {item.summary}"
                yield Risk(path=path, line=line, rule=item.rule, severity=item.severity, message=message)
    for (rule, severity), count in counts.items():
        if count > _MOST:
            message = f"it {_SUMMARIES[rule]}: and {count - _MOST} places more in this file"
            yield Risk(path=path, line=None, rule=rule, severity=severity, message=message)


def at_or_above(risks: Iterable[Risk], level: Gravity) -> tuple[Risk, ...]:
    """Return the *risks* that are at least as grave as *level*."""
    return tuple(risk for risk in risks if GRAVITIES.index(risk.severity) <= GRAVITIES.index(level))


def _signs(text: str) -> Iterator[_Place]:
    summaries = {sign.id: sign.summary for kind in _KINDS for sign in signs(kind)}
    end = _end_of_front(text)
    for start, part, is_front in ((0, text[:end], True), (end, text[end:], False)):
        for item in (item for kind in _KINDS for item in spot(part, kind)):
            said = part[item.start : min(item.end, item.start + _LONGEST)]
            if not (is_front and item.sign in _WHEN and said.lower().endswith((" use", " used"))):
                yield _Place(start + item.start, item.sign, item.severity, summaries[item.sign], said)


def _end_of_front(text: str) -> int:
    """Return the index where the front matter ends; 0 without front matter.

    Signs are searched in both parts apart, since no sentence continues from the description into the body.
    """
    return max(text.find("\n---", 3), 0) if text.startswith("---") else 0


def _characters(text: str) -> Iterator[_Place]:
    start = 0
    for line in text.split("\n"):
        if hidden := unseen(line.removesuffix("\r")):
            yield _own_at(start, "hidden-character", ", ".join(f"U+{ord(one):04X}" for one in hidden[:5]))
        start += len(line) + 1


def _unseen(text: str) -> Iterator[_Place]:
    for match in _COMMENT.finditer(text):
        if match.group(1).strip():
            yield _own_at(match.start(), "hidden-text", match.group(1)[:_LONGEST])
    for match in _UNSEEN.finditer(text):
        yield _own_at(match.start(), "hidden-text", match.group()[:_LONGEST])


def _private(text: str) -> Iterator[_Place]:
    for item in shipped_redactor().find(text):
        yield _own_at(item.start, "secret" if item.label in _SECRET_LABELS else "personal-data", item.rule)


def _links(text: str) -> Iterator[_Place]:
    for match in _ACTIVE_LINK.finditer(text):
        yield _own_at(match.start(), "active-link")
    start = 0
    for line in text.split("\n"):
        for url in urls(line) if "://" in line else ():
            yield _own_at(start, "number-address" if _NUMBER_HOST.match(url) else "address", url[:_LONGEST])
        start += len(line) + 1


def _actions(path: str, text: str) -> Iterator[_Place]:
    """Yield the effects of commands and programs in a text; an ``unread`` place has too many commands to check."""
    for start, effect in passages(path, text):
        if effect is None:
            yield _own_at(start, "unread")
            continue
        yield _own_at(start, f"action-{effect.kind}", effect.what)


_LOOKS: tuple[Callable[[str], Iterator[_Place]], ...] = (_signs, _characters, _unseen, _private, _links)


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


def _own_at(start: int, rule_id: str, detail: str = "") -> _Place:
    rule = _OWN[rule_id]
    return _Place(start, rule.id, rule.severity, rule.summary, detail)
