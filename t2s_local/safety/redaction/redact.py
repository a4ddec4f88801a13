"""Find the secrets and personal data in a text, also in encoded and quoted parts."""

from collections.abc import Callable, Iterable
from functools import cache

import re2

from t2s_local.errors import InputError
from t2s_local.safety.redaction import checks
from t2s_local.safety.redaction.hidden import hidden
from t2s_local.safety.redaction.names import is_personal
from t2s_local.safety.redaction.rules import RedactionRule, shipped_rules
from t2s_local.safety.redaction.unfold import unfold
from t2s_local.text.text import Searchable
from t2s_local.values.value import Value

MOST_PLACES = 1_000_000
"""Limit of rule matches in one file; about 40,000 are processed in a second, and real files contain thousands."""
_MEMORY = 64 << 20
_KNOWN_EMAILS = frozenset({"you@example.com", "user@example.com", "name@example.com", "email@example.com"})
_ACCOUNTS = frozenset({"git", "hg", "svn"})
_NO_PERSON = re2.compile(
    r"(?i)^(?:your name|you|name|user|me|unknown|none|null|date|subject|merge|root|agent|bot|test|the .*|%.*|claude.*|"
    r"copilot|openhands|codex|cursor.*|dependabot.*|github.actions.*|.*\[bot\])$"
)
_NO_PASSWORD_NAME = re2.compile(r"(?i)_pass(?:age|ed|enger|es|ing|ive|through)")
_ASKS = re2.compile(r"(?i)(?:^|[^a-z])(?:is|has|can|needs?|requires?|(?:un)?usable)[_-]pass\w*\W*$")
"""Name of a truth value about a password, such as ``is_password`` or ``usable_password``, which is no password."""
_LINE_NUMBER = re2.compile(r"\d+[-:]")
"""Number of the line that a search prints before a decorator: ``22-@pytest.fixture``."""
_IN_URL = re2.compile(r"://[^\s/@]*$")
_COUNTS = re2.compile(r"[^A-Za-z0-9(].*\{[0-9]")
"""Triggers that can match at almost any character and contain a counted repetition. In one set with the others they
made RE2 keep a state for every mixture of both: 2.5 s for 33 million characters, against 0.6 s in two sets.
"""
_JOINTS = re2.compile(r"[\s\\\"'+]|\\n")


class RedactionMatch(Value, frozen=True, kw_only=True, order=True):
    """A part of a text that is to be redacted."""

    start: int
    end: int
    """One past the last character."""
    rule: str
    label: str


class Redactor:
    """A set of rules, ready to run: every expression by RE2, in time linear in the text."""

    def __init__(self, rules: Iterable[RedactionRule], *, allow: frozenset[str] = frozenset()) -> None:
        """Compile *rules* except those whose ids are in *allow*."""
        self._rules = [rule for rule in rules if rule.id not in allow]
        self._allow = allow
        self._compiled: dict[str, re2._Regexp] = {}
        self.room: int | None = None
        """Number of matches still allowed before the text is refused; None for no limit."""
        self._always = [rule for rule in self._rules if not rule.keywords and not rule.triggers]
        triggers: dict[str, list[int]] = {}
        for number, rule in enumerate(self._rules):
            for trigger in (*rule.triggers, *(f"(?i){re2.escape(word)}" for word in rule.keywords)):
                triggers.setdefault(trigger, []).append(number)
        by_kind: dict[bool, list[str]] = {}
        for trigger in triggers:
            by_kind.setdefault(_COUNTS.match(trigger) is not None, []).append(trigger)
        self._sets = [
            (_search_set(kind), [triggers[trigger] for trigger in kind]) for _, kind in sorted(by_kind.items())
        ]

    def limit(self) -> None:
        """Allow :data:`MOST_PLACES` matches from now on; a text that exceeds this limit is refused."""
        self.room = MOST_PLACES

    def find(self, text: str) -> tuple[RedactionMatch, ...]:
        """Return everything to redact in *text*, in order, without overlaps.

        Raises:
            InputError: the text exceeds the limit of matches.
        """
        found = self._find_quoted(text)
        if "encoded" not in self._allow:
            found += [
                RedactionMatch(start=start, end=end, rule="encoded", label="SECRET")
                for start, end in hidden(text, lambda inner: bool(self._find_quoted(inner)))
            ]
        return apart(found) if found else ()

    def _find_quoted(self, text: str) -> list[RedactionMatch]:
        """Return everything to redact in *text* as it is, and in *text* without the backslashes of nested strings."""
        found = self.find_plain(text)
        unfolded = unfold(text)
        if unfolded is None:
            return found
        for item in self.find_plain(unfolded.text):
            start, end = unfolded.place(item.start, item.end)
            found.append(RedactionMatch(start=start, end=end, rule=item.rule, label=item.label))
        return found

    def find_plain(self, text: str) -> list[RedactionMatch]:
        """Return everything to redact in *text* that is not encoded, overlaps included."""
        coded = Searchable(text)
        numbers = {
            number
            for search, targets in self._sets
            for hit in search.Match(coded.data) or ()
            for number in targets[hit]
        }
        rules = [*self._always, *(self._rules[number] for number in sorted(numbers))]
        is_broken = bool(rules) and ("\n" in text or "\\n" in text)
        found: list[RedactionMatch] = []
        for rule in rules:
            found += self._run(rule, rule.regex, text, coded)
            if rule.broken and is_broken:
                found += self._run(rule, rule.broken, text, coded)
        return found

    def _run(self, rule: RedactionRule, regex: str, text: str, coded: Searchable) -> Iterable[RedactionMatch]:
        """Yield the places in *text* that *regex* of *rule* finds in *coded*, which is the same text for RE2."""
        expression = self._compiled.get(regex)
        if expression is None:
            options = re2.Options()
            options.max_mem = rule.memory or options.max_mem
            expression = self._compiled[regex] = re2.compile(regex, options)
        offset = coded.offsets()
        for match in expression.finditer(coded.data):
            self._count()
            (first, last), (start, end) = match.span(), match.span(rule.group or _first_group(match))
            if start < 0 or start == end:
                continue
            first, start, end, last = map(offset, (first, start, end, last))
            if rule.label in ("SECRET", "PASSWORD"):
                end = _trimmed(text, start, end)
            if start < end and _accepts(rule, text, (first, last), (start, end)):
                yield RedactionMatch(start=start, end=end, rule=rule.id, label=rule.label)

    def _count(self) -> None:
        if self.room is not None:
            self.room -= 1
            if self.room < 0:
                message = "holds more secrets than can be taken out"
                raise InputError(message)


def _search_set(expressions: Iterable[str]) -> "re2.Set":
    """Return a set that finds which of *expressions* match in a text, as positions in *expressions*."""
    options = re2.Options()
    options.max_mem = _MEMORY
    found = re2.Set.SearchSet(options)
    for expression in expressions:
        found.Add(expression)
    found.Compile()
    return found


@cache
def shipped_redactor() -> Redactor:
    """Return a redactor with the shipped rules, compiled once."""
    return Redactor(shipped_rules())


def _first_group(match: "re2._Match") -> int:
    """Return the number of the first group that matched and is not empty; 0, the whole match, if there is none."""
    return next((number for number, value in enumerate(match.groups(), 1) if value), 0)


def _accepts(rule: RedactionRule, text: str, match: tuple[int, int], place: tuple[int, int]) -> bool:
    start, end = place
    if rule.fence is not None and not _stands_alone(text, start, end, rule.fence):
        return False
    value = text[start:end]
    if value.startswith("<") and value.endswith(">"):
        return False
    if rule.entropy is not None and checks.entropy(value) <= rule.entropy:
        return False
    if rule.allowed is not None and rule.allowed.applies(text, match, value):
        return False
    return rule.check is None or _CHECKS[rule.check](value, text[slice(*match)], text[max(0, start - 20) : start])


def _trimmed(text: str, start: int, end: int) -> int:
    """Return *end*, moved before the punctuation of the sentence or call around a secret."""
    while end > start and (text[end - 1] in ".,: \t\r\n" or _closes_nothing(text[start:end])):
        end -= 1
    return end


def _closes_nothing(value: str) -> bool:
    return any(value.endswith(closing) and opening not in value for opening, closing in ("()", "[]", "{}"))


def _stands_alone(text: str, start: int, end: int, fence: str) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    escaped = start >= 2 and before in "nrt" and text[start - 2] == "\\"
    if before and not escaped and (before.isalnum() or before == "_" or before in fence):
        return False
    following = text[end + 1 : end + 2]
    if after in fence and after in ".-/:" and not (following.isalnum() or following == after):
        return True
    if after == "/" and "~" in fence:
        return True
    return not (after and (after.isalnum() or after == "_" or after in fence))


def apart(found: list[RedactionMatch]) -> tuple[RedactionMatch, ...]:
    """Return *found* sorted and without overlaps; overlapping matches are joined, under the rule of the longest."""
    joined: list[RedactionMatch] = []
    for item in sorted(found, key=lambda one: (one.start, -one.end)):
        last = joined[-1] if joined else None
        if last is None or item.start >= last.end:
            joined.append(item)
        elif item.end > last.end:
            longer = item if item.end - item.start > last.end - last.start else last
            joined[-1] = RedactionMatch(start=last.start, end=item.end, rule=longer.rule, label=longer.label)
    return tuple(joined)


def replaced(text: str, found: Iterable[RedactionMatch], placeholder: Callable[[RedactionMatch], str]) -> str:
    """Return *text* with a placeholder for each of the places *found*, which are in order and without overlaps."""
    parts, at = [], 0
    for item in found:
        parts += [text[at : item.start], placeholder(item)]
        at = item.end
    return "".join([*parts, text[at:]])


def _is_email(value: str, _whole: str, before: str) -> bool:
    if _IN_URL.search(before):
        return False
    local = value.partition("@")[0].lower()
    if _LINE_NUMBER.fullmatch(local):
        return False
    return value.lower() not in _KNOWN_EMAILS and local not in _ACCOUNTS and not local.endswith("=")


def _is_random(value: str, whole: str, before: str) -> bool:
    return checks.looks_random(value) and not whole.lower().startswith("author") and not checks.is_public(before)


def _is_person(value: str, _whole: str, _before: str) -> bool:
    return not _NO_PERSON.match(value.strip()) and any(map(str.isalpha, value))


_CHECKS: dict[str, Callable[[str, str, str], bool]] = {
    "token": lambda value, _whole, _before: checks.is_token(_JOINTS.sub("", value)),
    "literal": lambda value, _whole, _before: checks.is_literal(value),
    "random": _is_random,
    "generated": lambda value, whole, before: checks.looks_generated(value, whole) and not checks.is_public(before),
    "chosen": lambda value, whole, _before: checks.looks_chosen(value) and not checks.is_numbered_line(value, whole),
    "mixed": lambda value, _whole, _before: checks.looks_mixed(value),
    "header": lambda value, _whole, _before: checks.looks_random(value) or checks.looks_encoded(value),
    "password": lambda value, whole, before: (
        checks.is_password(value) and not _NO_PASSWORD_NAME.search(whole) and not _ASKS.search(before)
    ),
    "email": _is_email,
    "iban": lambda value, _whole, _before: checks.is_iban(value),
    "card": lambda value, _whole, _before: checks.is_card(value),
    "phone": lambda value, _whole, _before: checks.is_phone(value),
    "address": lambda value, _whole, before: checks.is_host_address(value, before),
    "address6": lambda value, _whole, before: len(value) > 6 and checks.is_host_address(value, before),
    "person": _is_person,
    "user": lambda value, _whole, _before: is_personal(value),
}
