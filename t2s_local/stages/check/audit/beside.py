"""Skills that say the same: whole bodies and single rules, by the words they share."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from t2s_local.errors import InputError
from t2s_local.skills.source import SkillSource
from t2s_local.stages.check.audit.items import LINK_ALONE, items
from t2s_local.stages.check.audit.statements import is_about_use, statements
from t2s_local.text.text import content

WHOLE = 0.8
"""Share of telling words in common from which on two skills are near-duplicates."""
RULE = 0.85
"""The same for two rules."""
FEWEST_WORDS = 6
"""Telling words a rule must have to be compared."""
_MOST = 200
"""Skills that share a rare word and are compared with one; of very many alike, the first ones stand for all."""


class Told(NamedTuple):
    """A place in a skill."""

    skill: str
    """Path of the skill, as it is named."""
    line: int
    """0 for the skill as a whole."""


class Same(NamedTuple):
    """Two places that say the same."""

    line: int
    """Of the skill that is asked about; 0 for all of it."""
    other: Told
    share: float
    """Share of telling words in common."""


class SaidElsewhere:
    """The words of many skills, in which one is looked up."""

    def __init__(self, sources: Iterable[tuple[str, SkillSource]]) -> None:
        """Take the statements of *sources*, each with the path it is named by."""
        wholes: dict[frozenset[str], list[Told]] = defaultdict(list)
        rules: dict[frozenset[str], list[Told]] = defaultdict(list)
        self._parts = {path: _parts(source) for path, source in sources}
        for path, parts in self._parts.items():
            for line, words in parts:
                (rules if line else wholes)[words].append(Told(path, line))
        self._wholes = _Index(wholes, WHOLE)
        self._rules = _Index(rules, RULE)

    def same(self, path: str, source: SkillSource) -> list[Same]:
        """Return places elsewhere that say what *source* says: its nearest other skill, and rules of further ones."""
        found = []
        near: set[str] = set()
        for line, words in self._parts.get(path) or _parts(source):
            index = self._rules if line else self._wholes
            same = index.nearest(words, path, passed_over=near)
            if same is not None:
                found.append(Same(line, same[0], same[1]))
                if not line:
                    near.update(index.alike(words, path))
        return found


class _Index:
    """Sets of words by those that are rare, so that only sets that can be alike are compared."""

    def __init__(self, told: dict[frozenset[str], list[Told]], least: float) -> None:
        self._least = least
        self._told = told
        self._counts = Counter(word for words in told for word in words)
        self._by_word: dict[str, list[frozenset[str]]] = defaultdict(list)
        for words in told:
            for word in self._rarest(words):
                self._by_word[word].append(words)

    def _rarest(self, words: frozenset[str]) -> Sequence[str]:
        """Return so many words that another set without any of them shares too few."""
        n_kept = len(words) - math.ceil(self._least * len(words) - 1e-9) + 1
        return sorted(words, key=lambda word: (self._counts[word], word))[:n_kept]

    def _near(self, words: frozenset[str]) -> list[tuple[float, frozenset[str]]]:
        candidates: dict[frozenset[str], None] = {words: None} if words in self._told else {}
        for word in self._rarest(words):
            for other in self._by_word.get(word, ())[:_MOST]:
                candidates[other] = None
        shares = ((len(words & other) / len(words | other), other) for other in candidates)
        return [(share, other) for share, other in shares if share >= self._least - 1e-9]

    def nearest(self, words: frozenset[str], path: str, *, passed_over: set[str]) -> tuple[Told, float] | None:
        """Return the place of another skill that has most of *words*, and the share; None where none has enough."""
        best: tuple[Told, float] | None = None
        for share, other in self._near(words):
            for told in self._told[other]:
                if told.skill != path and told.skill not in passed_over:
                    if best is None or (-share, told) < (-best[1], best[0]):
                        best = (told, share)
                    break
        return best

    def alike(self, words: frozenset[str], path: str) -> set[str]:
        """Return the skills that have enough of *words*, the one at *path* aside."""
        return {told.skill for _, other in self._near(words) for told in self._told[other]} - {path}


def _parts(source: SkillSource) -> list[tuple[int, frozenset[str]]]:
    """Return the telling words of the whole skill, under 0, and of each rule of its lists, under its line.

    Words of recordings count: two messages make two rules of one sentence.
    """
    if isinstance(source.document, InputError):
        return []
    told = [item for item in items(source) if not LINK_ALONE.match(item.text)]
    spoken = [statement.text for statement in statements(source)]
    whole = frozenset().union(*(content(text) for text in (*spoken, *(item.text for item in told))))
    rules = [(item.line, content(item.text)) for item in told if not is_about_use(item.section)]
    found = [(line, words) for line, words in rules if len(words) >= FEWEST_WORDS]
    return [(0, whole), *found] if len(whole) >= FEWEST_WORDS else found
