"""Turn a rule into a probe to search runs with: error kinds and calls of its situation, and calls of its action."""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

import msgspec

from t2s_local.gates._recorded.marking import marked
from t2s_local.gates._recorded.observed import WORD, Call, ObservedCall
from t2s_local.gates._recorded.plain_words import ErrorWords, turned, words_of_error
from t2s_local.text.effect.shown import changed_spans
from t2s_local.text.lesson_words import CODE, MESSAGE, code_spans, runs_in
from t2s_local.text.mentions import HOLE
from t2s_local.text.messages import error_kind
from t2s_local.text.text import mask
from t2s_local.values.gates.results import GatedRule

_FORBIDS = re.compile(
    r"\b(?:never|not|don['’]t|cannot|avoid|without|instead of|rather than|leave out|stop|replace)\b"
    r"(?!.*\b(?:but|then|by)\b)",
    re.IGNORECASE,
)
"""Words after which the code up to the end of the clause is forbidden instead of ordered."""
_CLAUSE = re.compile(r"[.;:!?]\s|,\s+(?:then|and|but|or)\s|\sby\s$|\sthen\s")
_SOURCE = re.compile(r"(?:the (?:one|value)|what)\s+$", re.IGNORECASE)
_AT = re.compile(r"\b(?:at|in what|under|as)\s+$", re.IGNORECASE)
_COUNTED = re.compile(r"[^.;:]*?\b\d+ of \d+ calls? [^.;:]*|[^.;:`]*`[^`]*` \d+ of \d+[^.;:]*")
"""A clause with counts of calls, such as "`x` 3 of 5": it orders nothing."""
_OR = re.compile(r"\s*(?:,\s*(?:or\s+)?|or\s+|\s/\s)", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:first|before(?:hand)?|start with|to begin)\b", re.IGNORECASE)
_OPEN_WORD = re.compile(r"[A-Za-z_][\w-]{2,}(?:<[^<>\s]{1,20}>[\w-]*)+")
_CALLS = re.compile(r"\b(?:run|call|execute|invoke|start with|start)\s+$", re.IGNORECASE)
"""Words before a program or a tool."""
_SETS = re.compile(r"\b(?:set|pass|add|give|use|include|by|with|to|or)\s+$", re.IGNORECASE)
"""Words before a name that a call must contain."""
_ENOUGH = 0.5
"""Least share of the words of a wanted call that a recorded call must contain to match."""
_LONGEST_NAME = 60
"""Largest number of characters before a message that may be the name of the program reporting it."""
_FEWEST_LETTERS = 6
"""Least number of letters of a masked message: “error” alone would match any error."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One call that a rule names in its situation, orders or forbids."""

    tools: frozenset[str] = frozenset()
    calls: frozenset[Call] = frozenset()
    options: frozenset[str] = frozenset()
    """Words that begin with a hyphen; a matching call contains all of them."""
    words: frozenset[str] = frozenset()
    patterns: tuple[re.Pattern[str], ...] = ()
    """Patterns for words with a mask inside, such as ``card_<number>``; a matching call contains all of them."""
    is_source: bool = False
    """Whether the rule names the call as the source of a value, so that a call before the situation counts too."""

    def is_in(self, call: ObservedCall) -> bool:
        """Return whether *call* matches: the same tool, or the same programs and options and half of the words."""
        if self.tools:
            return call.tool in self.tools
        if any(not _runs(call, one) for one in self.calls) or not self.options <= call.words:
            return False
        if any(pattern.search(call.action) is None for pattern in self.patterns):
            return False
        if not self.words:
            return bool(self.calls or self.options or self.patterns)
        return sum(word in call.words for word in self.words) >= _ENOUGH * len(self.words)


Group = tuple[Wanted, ...]
"""Alternative calls: any of them is enough."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way to follow a rule: a call of each needed group; without needed groups, none of the forbidden calls."""

    needed: tuple[Group, ...]
    forbidden: tuple[Wanted, ...]


class Probe(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A rule in the form in which runs are searched for it."""

    rule: GatedRule
    kinds: tuple["ErrorKind | ErrorWords", ...]
    """Kinds of errors in the situation of the rule."""
    occasions: tuple[Wanted, ...]
    """Calls in the situation of the rule."""
    ways: tuple[Way, ...]
    is_before: bool
    """Whether the action must come before the situation."""

    @cached_property
    def is_readable(self) -> bool:
        """Return whether code can search for both the situation and the action of the rule."""
        starts = bool(self.kinds or self.occasions or self.rule.is_at_start) or self.orders_never
        return starts and bool(self.ways)

    @cached_property
    def orders_never(self) -> bool:
        """Return whether the rule only forbids calls."""
        return bool(self.ways) and not any(way.needed for way in self.ways)


def probe_of(
    rule: GatedRule, *, tools: Collection[str], programs: Collection[str], errors: Collection[str] = ()
) -> Probe:
    """Return the probe of *rule*.

    Args:
        rule: The rule.
        tools: Names of the tools that the runs called; code that begins with such a name is a call of the tool.
        programs: Names of the programs that the runs called.
        errors: Kinds of errors in the runs, with which a situation in plain words is compared.
    """
    situation = marked(rule.situation, tools=tools, programs=programs)
    orders = [marked(order, tools=tools, programs=programs) for order in rule.orders]
    if not orders:
        situation, orders = turned(situation)
    bare = MESSAGE.sub(" ", situation)
    occasions = [span for span in code_spans(bare) if _is_call(span, tools, programs)]
    known = (frozenset(tools), frozenset(programs))
    ways = [way for order in orders if (way := _way(order, occasions, known)) is not None]
    kinds = [_kind(text) for text in MESSAGE.findall(situation)]
    found: list[ErrorKind | ErrorWords] = [one for one in kinds if one is not None]
    if not found and not occasions and (plain := words_of_error(situation, errors)) is not None:
        found.append(plain)
    return Probe(
        rule=rule,
        kinds=tuple(found),
        occasions=tuple(_wanted(span, (), known) for span in occasions),
        ways=tuple(ways),
        is_before=not found and any(_BEFORE.search(text) for text in (situation, *orders)),
    )


class ErrorKind(msgspec.Struct, frozen=True, kw_only=True):
    """An error message, reduced to the parts that do not differ between runs."""

    parts: tuple[str, ...]
    """Parts in their order; any text may come between them. An empty first or last part means any text at that end."""

    def fits(self, error: str) -> bool:
        """Return whether a masked error is this message, ignoring a program's name before it and a full stop."""
        text = error.rstrip(" .!)\n")
        *firsts, last = (part.rstrip(" .!)") for part in self.parts)
        if not firsts:
            return text.endswith(last) and self._is_start(text, len(text) - len(last))
        at = text.find(firsts[0])
        if at < 0 or (firsts[0] and not self._is_start(text, at)):
            return False
        at += len(firsts[0])
        for part in firsts[1:]:
            at = text.find(part, at)
            if at < 0:
                return False
            at += len(part)
        return text.endswith(last) and len(text) - len(last) >= at

    def _is_start(self, text: str, at: int) -> bool:
        """Return whether nothing but the name of a reporting program is before place *at*."""
        return at == 0 or (at <= _LONGEST_NAME and text[:at].rstrip().endswith((":", "]", ">")))


def _kind(message: str) -> ErrorKind | None:
    """Return the kind of a message, in which masks, names in code and ellipses match any text.

    None if fewer than six letters remain without the masks, names and ellipses.
    """
    opened = CODE.sub(lambda found: found[2] if found[2].startswith("<") else "<name>", message)
    parts = tuple(part.strip() for part in HOLE.split(error_kind(opened)))
    is_said = sum(character.isalpha() for part in parts for character in part) >= _FEWEST_LETTERS
    return ErrorKind(parts=parts) if is_said else None


def _is_call(span: str, tools: Collection[str], programs: Collection[str]) -> bool:
    if _name(span) in tools:
        return True
    runs = runs_in(span)
    return bool(runs) and (any(run.program in programs for run in runs) or " " in span.strip())


def _name(span: str) -> str:
    return span.split("(", 1)[0].strip()


def _runs(call: ObservedCall, wanted: Call) -> bool:
    program, subcommand = wanted
    if subcommand is not None:
        return wanted in call.calls
    return any(name == program for name, _ in call.calls)


def _wanted(span: str, others: Sequence[str], known: tuple[frozenset[str], frozenset[str]]) -> Wanted:
    """Return the call that a code span names, without the programs and words that it shares with *others*.

    Args:
        span: The code.
        others: Code of the calls that failed, or that the rule forbids.
        known: Names of the tools, and names of the programs, that the runs called.
    """
    tools, programs = known
    if _name(span) in tools:
        return Wanted(tools=frozenset({_name(span)}))
    besides = {(one.program, one.subcommand) for other in others for one in runs_in(other)}
    calls = {(one.program, one.subcommand) for one in runs_in(span)} if _is_call(span, tools, programs) else set()
    words = _telling(span, others)
    options = frozenset(word for word in words if word.startswith("-"))
    kept = frozenset(calls) if not others else frozenset(calls - besides)
    return Wanted(
        calls=kept,
        options=options,
        words=frozenset(words) - options - {name for name, _ in calls},
        patterns=tuple(_open_word(word) for word in _OPEN_WORD.findall(span)),
    )


def _open_word(word: str) -> re.Pattern[str]:
    """Return a pattern for a word in which masks match any part of a word."""
    body = r"[\w.-]+".join(map(re.escape, HOLE.split(word)))
    return re.compile(rf"(?<!\w){body}(?!\w)")


def _telling(span: str, others: Sequence[str]) -> set[str]:
    """Return the words by which a call differs from every call in *others*; without *others*, its unmasked words."""
    text = HOLE.sub(" ", _OPEN_WORD.sub(" ", span))
    if not others:
        return {word for word in WORD.findall(text) if mask(word) == word and any(map(str.isalnum, word))}
    found = [_changed(HOLE.sub(" ", other), text) for other in others]
    return set.intersection(*found)


def _changed(before: str, after: str) -> set[str]:
    """Return the words in the parts of *after* that differ from *before*."""
    spans = changed_spans(before, after)
    return {part for begin, end in spans for part in WORD.findall(after[begin:end]) if any(map(str.isalnum, part))}


def _way(order: str, occasions: Sequence[str], known: tuple[frozenset[str], frozenset[str]]) -> Way | None:
    """Return the calls of one way to follow *order*; None if the order names no call to search for."""
    spans = list(_spans(_COUNTED.sub(". ", order)))
    refused = [span for span, is_forbidden, _, _ in spans if is_forbidden]
    needed: list[Group] = []
    is_open = False
    for span, is_forbidden, before, is_or in spans:
        if is_forbidden:
            is_open = False
            continue
        wanted = _needed(span, before, refused or [one for one in occasions if one != span], known)
        if wanted is None or span in occasions:
            continue
        if is_open and is_or and needed:
            needed[-1] = (*needed[-1], wanted)
        else:
            needed.append((wanted,))
        is_open = True
    forbidden = tuple(wanted for span in refused if (wanted := _wanted(span, (), known)) != Wanted())
    return Way(needed=tuple(needed), forbidden=forbidden) if needed or forbidden else None


def _needed(
    span: str, before: str, others: Sequence[str], known: tuple[frozenset[str], frozenset[str]]
) -> Wanted | None:
    tools, programs = known
    if _CALLS.search(before) and (runs := runs_in(span)):
        programs = programs | {run.program for run in runs}  # ordered by name, though no run ever called it
        known = (tools, programs)
    is_name = not _is_call(span, tools, programs) and not span.startswith("-")
    if is_name and (_AT.search(before) or not _SETS.search(before)):
        return None
    wanted = _wanted(span, [one for one in others if _is_call(one, tools, programs) and _shares(one, span)], known)
    if wanted == Wanted():
        return None
    return msgspec.structs.replace(wanted, is_source=bool(wanted.tools and _SOURCE.search(before)))


def _shares(one: str, other: str) -> bool:
    """Return whether two calls run a common program, so that only their differences matter."""
    return bool({run.program for run in runs_in(one)} & {run.program for run in runs_in(other)})


def _spans(order: str) -> Iterator[tuple[str, bool, str, bool]]:
    """Yield the code spans of an order: text, whether it is forbidden, the words before it, whether these are “or”."""
    start = 0
    for found in CODE.finditer(order):
        before = order[start : found.start()]
        clause = _CLAUSE.split(order[: found.start()])[-1] if _CLAUSE.search(before) else order[: found.start()]
        plain = CODE.sub(" ", _CLAUSE.split(clause)[-1])
        yield found[2], bool(_FORBIDS.search(plain)), before, bool(_OR.fullmatch(before))
        start = found.end()
