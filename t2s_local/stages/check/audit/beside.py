"""Find skills that say the same as another skill, by common words: whole bodies and single rules."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from t2s_local.errors import InputError
from t2s_local.skills.source import SkillSource
from t2s_local.stages.check.audit.items import LINK_ALONE, items
from t2s_local.stages.check.audit.statements import is_about_use, statements
from t2s_local.text.text import content, jaccard

WHOLE = 0.8
"""Least share of common content words (Jaccard) of two skills that are near-duplicates."""
RULE = 0.85
"""Least share of common content words (Jaccard) of two rules that say the same."""
FEWEST_WORDS = 6
"""Least number of content words of a rule or skill that is compared."""
_MOST = 200
"""Largest number of word sets compared for each rare word; of more sets with that word, only the first are."""


class Told(NamedTuple):
    """A place in a skill."""

    skill: str
    """Path of the skill, as the caller named it."""
    line: int
    """Line of the place, counted from 1; 0 for the whole skill."""


class Same(NamedTuple):
    """A place in the audited skill, and a place in another skill that says the same."""

    line: int
    """Line in the audited skill; 0 for the whole skill."""
    other: Told
    share: float
    """Share of common content words, in [0, 1]."""


class SaidElsewhere:
    """Index of the words of many skills, in which a skill is looked up."""

    def __init__(self, sources: Iterable[tuple[str, SkillSource]]) -> None:
        """Index *sources*: pairs of a path and a skill."""
        wholes: dict[frozenset[str], list[Told]] = defaultdict(list)
        rules: dict[frozenset[str], list[Told]] = defaultdict(list)
        self._parts = {path: _parts(source) for path, source in sources}
        for path, parts in self._parts.items():
            for line, words in parts:
                (rules if line else wholes)[words].append(Told(path, line))
        self._wholes = _Index(wholes, WHOLE)
        self._rules = _Index(rules, RULE)

    def same(self, path: str, source: SkillSource) -> list[Same]:
        """Return the places in other skills that say the same: the nearest skill, and rules in all other skills."""
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
    """Index of word sets by their rarest words, so that only sets which may be similar are compared."""

    def __init__(self, told: dict[frozenset[str], list[Told]], least: float) -> None:
        self._least = least
        self._told = told
        self._counts = Counter(word for words in told for word in words)
        self._by_word: dict[str, list[frozenset[str]]] = defaultdict(list)
        for words in told:
            for word in self._rarest(words):
                self._by_word[word].append(words)

    def _rarest(self, words: frozenset[str]) -> Sequence[str]:
        """Return the rarest words: enough that a set without any of them shares too few words to be similar."""
        n_kept = len(words) - math.ceil(self._least * len(words) - 1e-9) + 1
        return sorted(words, key=lambda word: (self._counts[word], word))[:n_kept]

    def _near(self, words: frozenset[str]) -> list[tuple[float, frozenset[str]]]:
        candidates: dict[frozenset[str], None] = {words: None} if words in self._told else {}
        for word in self._rarest(words):
            for other in self._by_word.get(word, ())[:_MOST]:
                candidates[other] = None
        shares = ((jaccard(words, other, empty=0.0), other) for other in candidates)
        return [(share, other) for share, other in shares if share >= self._least - 1e-9]

    def nearest(self, words: frozenset[str], path: str, *, passed_over: set[str]) -> tuple[Told, float] | None:
        """Return the place in another skill that shares most of *words*, and the share; None if no place is similar."""
        best: tuple[Told, float] | None = None
        for share, other in self._near(words):
            for told in self._told[other]:
                if told.skill != path and told.skill not in passed_over:
                    if best is None or (-share, told) < (-best[1], best[0]):
                        best = (told, share)
                    break
        return best

    def alike(self, words: frozenset[str], path: str) -> set[str]:
        """Return the skills, except the skill at *path*, with a place that shares enough of *words*."""
        return {told.skill for _, other in self._near(words) for told in self._told[other]} - {path}


def _parts(source: SkillSource) -> list[tuple[int, frozenset[str]]]:
    """Return the content words of the whole skill, with line 0, and of each rule in its lists, with its line.

    Quoted messages count too: one sentence with two different messages is two rules.
    """
    if isinstance(source.document, InputError):
        return []
    told = [item for item in items(source) if not LINK_ALONE.match(item.text)]
    spoken = [statement.text for statement in statements(source)]
    whole = frozenset().union(*(content(text) for text in (*spoken, *(item.text for item in told))))
    rules = [(item.line, content(item.text)) for item in told if not is_about_use(item.section)]
    found = [(line, words) for line, words in rules if len(words) >= FEWEST_WORDS]
    return [(0, whole), *found] if len(whole) >= FEWEST_WORDS else found
