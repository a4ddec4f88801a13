"""Find private values in a trajectory: by the rules, by values found earlier, and names of people."""

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
"""Number of strings searched for in one pass: RE2 needs about 50 kB for a string of 40 characters."""
_MOST_PEOPLE = 200
"""Largest number of names remembered for one trajectory; a real one has a handful, an attack may have very many."""
HOME = "~"
"""Label and placeholder of home folders."""
SEEN_AGAIN = "seen-again"
"""Name of the rule that finds values that another rule found elsewhere."""
_SHORT = 200
"""Longest text, in characters, whose matches are remembered: names of tools and ids recur all the time."""
_MOST_SHORT = 20_000
_REMEMBERED = 32 << 20
"""Total number of characters of the texts whose matches are remembered."""


class Search:
    """Searches texts by the rules, and remembers the results for texts that recur."""

    def __init__(self, redactor: Redactor) -> None:
        """Use the rules of *redactor*."""
        self.redactor = redactor
        self.bare: set[str] = set()
        """Texts known to contain nothing to redact, by the rules or by literal values found elsewhere."""
        self._known: dict[str, tuple[RedactionMatch, ...]] = {}
        self._size = 0

    def find(self, text: str) -> tuple[RedactionMatch, ...]:
        """Find the places to redact in *text*."""
        if text in self.bare:
            return ()
        known = self._known.get(text)
        if known is None:
            self._size += len(text)
            if self._size > _REMEMBERED:
                self.forget()
                self._size = len(text)
            known = self._known[text] = self.redactor.find(text)
        return known

    def forget(self) -> None:
        """Release the memory of the texts searched so far; they are searched anew if they come again."""
        self._known.clear()
        self.bare.clear()
        self._size = 0

    def find_again(self, text: str, literals: "Literals") -> tuple[RedactionMatch, ...]:
        """Find the *literals* in *text*, and remember texts in which neither the rules nor the literals are found."""
        if text in self.bare:
            return ()
        found = literals.find(text)
        if not found and self._known.get(text) == ():
            del self._known[text]
            self.bare.add(text)
        return found

    def secrets(self, run: Trajectory) -> set[str]:
        """Return every secret in *run* that is distinctive enough to be recognised without the words around it."""
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
    """Searches for literal texts: few of them with an expression, many of them with a table of their first bytes."""

    def __init__(self, values: Iterable[str]) -> None:
        """Prepare to search for *values*; values shorter than eight bytes are always searched with an expression."""
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
        """Return every place in *text* with one of the values."""
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
        return tuple(RedactionMatch(start=start, end=end, rule=SEEN_AGAIN, label="SECRET") for start, end in places)


def people_in(search: Search, run: Trajectory) -> dict[str, str]:
    """Return names of people found in home folders and in git's output in *run*, each with the label of its rule."""
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
    """Yield every place in *text* where the name of one of *people* occurs as a word."""
    for name, label in people.items():
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            if not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
                yield RedactionMatch(start=at, end=end, rule=SEEN_AGAIN, label=label)
            at = text.find(name, end)


def _is_odd(value: str) -> bool:
    return any(map(str.isdigit, value)) or any(not character.isalnum() for character in value)
