"""Find private values in a trajectory: by the rules, known again without them, and names of people."""

from collections.abc import Iterable

import re2

from t2s_local.safety.redaction.beginnings import WIDTH, Beginnings
from t2s_local.safety.redaction.checks import looks_random
from t2s_local.safety.redaction.names import is_personal
from t2s_local.safety.redaction.redact import RedactionMatch, Redactor
from t2s_local.safety.redaction.tree import NAMES, texts_of
from t2s_local.values.trajectory import Trajectory

_MEMORY = 256 << 20
_TOGETHER = 2000
"""Texts looked for in one pass: RE2 needs about 50 kB for a text of 40 characters."""
_MOST_PEOPLE = 200
"""Names taken note of in one trajectory; a real one has a handful, a trap as many as fit."""
HOME = "~"
"""Label and placeholder of home folders."""
_SHORT = 200
"""Characters of a text that is remembered with the secrets found in it: names of tools and ids recur all the time."""
_MOST_SHORT = 20_000
_REMEMBERED = 32 << 20
"""Characters of texts that are remembered with what was found in them."""


class Search:
    """Search texts by the rules; texts that recur are searched once, as long as they are remembered."""

    def __init__(self, redactor: Redactor) -> None:
        """Use the rules of *redactor*."""
        self.redactor = redactor
        self._known: dict[str, tuple[RedactionMatch, ...]] = {}
        self._size = 0

    def find(self, text: str) -> tuple[RedactionMatch, ...]:
        """Find the places to redact in *text*."""
        known = self._known.get(text)
        if known is None:
            self._size += len(text)
            if self._size > _REMEMBERED:
                self._known.clear()
                self._size = len(text)
            known = self._known[text] = self.redactor.find(text)
        return known

    def secrets(self, run: Trajectory) -> set[str]:
        """Every secret in *run* that stands out enough to be known again without the words around it."""
        values = {
            text[item.start : item.end]
            for part in (run, *run.steps)
            for name, text in texts_of(part).items()
            if name not in NAMES
            for item in self.find(text)
            if item.label in ("SECRET", "PASSWORD") and item.rule != "encoded"
        }
        return {value for value in values if looks_random(value) or (len(value) >= 8 and _is_odd(value))}


class Literals:
    """Texts that are looked for as they are: few by an expression, many by a table of how they begin."""

    def __init__(self, values: Iterable[str]) -> None:
        """Make ready to look for *values*; those shorter than eight bytes are never many."""
        self.values = tuple(sorted(values, key=lambda value: (-len(value), value)))
        is_many = len(self.values) > _TOGETHER
        long = [value for value in self.values if is_many and len(value.encode("utf-8", "surrogatepass")) >= WIDTH]
        few = [value for value in self.values if not is_many or len(value.encode("utf-8", "surrogatepass")) < WIDTH]
        options = re2.Options()
        options.max_mem = _MEMORY
        self._patterns = [
            re2.compile("|".join(map(re2.escape, few[start : start + _TOGETHER])), options)
            for start in range(0, len(few), _TOGETHER)
        ]
        self._beginnings = Beginnings(long) if long else None
        self._known: dict[str, tuple[RedactionMatch, ...]] = {}
        self._shortest = len(self.values[-1]) if self.values else 0

    def find(self, text: str) -> tuple[RedactionMatch, ...]:
        """Find every place of these texts in *text*."""
        if len(text) < self._shortest:
            return ()
        if len(text) > _SHORT:
            return self._find(text)
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= _MOST_SHORT:
                self._known.clear()
            known = self._known[text] = self._find(text)
        return known

    def _find(self, text: str) -> tuple[RedactionMatch, ...]:
        places = [match.span() for pattern in self._patterns for match in pattern.finditer(text)]
        if self._beginnings is not None:
            places += self._beginnings.find(text)
        return tuple(RedactionMatch(start=start, end=end, rule="seen-again", label="SECRET") for start, end in places)


def people_in(search: Search, run: Trajectory) -> dict[str, str]:
    """Names of people that a trajectory gives away, with their label: from home folders and from git."""
    found: dict[str, str] = {}
    for text in (*texts_of(run).values(), *(step.text for step in run.steps)):
        for item in search.find(text):
            value = text[item.start : item.end]
            if item.label == HOME:
                name = value.replace("\\", "/").rstrip("/").rpartition("/")[2].rpartition("-")[2]
                if is_personal(name):
                    found[name] = "USER"
            elif item.label == "NAME" and is_personal(value):
                found[value] = "NAME"
            if len(found) >= _MOST_PEOPLE:
                return found
    return found


def occurrences(text: str, people: dict[str, str]) -> Iterable[RedactionMatch]:
    """Find every place in *text* where the name of one of *people* stands as a word."""
    for name, label in people.items():
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            if not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
                yield RedactionMatch(start=at, end=end, rule="seen-again", label=label)
            at = text.find(name, end)


def _is_odd(value: str) -> bool:
    return any(map(str.isdigit, value)) or any(not character.isalnum() for character in value)
