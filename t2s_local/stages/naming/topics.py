"""Objects that tasks mention, chosen so that together they cover most tasks, and verbs with these objects."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from t2s_local.stages.naming.nouns import is_thing
from t2s_local.stages.naming.stopwords import STOP
from t2s_local.stages.naming.verbs import VERBS, plural, singular
from t2s_local.text.programs import programs
from t2s_local.text.text import words

WORKED_ON = frozenset({"directory", "email", "file", "folder", "function", "message", "program", "script", "table"})
"""Objects too common to name work after, but still the subject of many tasks."""
_WITH_ARTICLE = re.compile(
    r"\b(?:an?|the|my|your|our|their|this|that|these|those|each|every|some|any|all|no|many|two|several|of|for|by"
    r"|with|and|or|has|have|own|owns|named|called)((?: \w+){1,3})",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"\b(?:an?|the|my|your|our|their|this|that|these|those|each|every|some|any|all|no|many|two|several)(?: \w+)?? (\w+)"
    r"(?= (?:of|in|on|at|to|from|for|with|by|and|or|that|which|who|is|are|was|were|has|have|had|as|do|does|did|can)\b"
    r"|[.,;:?!)]|$)",
    re.IGNORECASE,
)
"""Last word of a phrase with an article."""
_ENDS = 5
"""Inverse of the least share of a word's occurrences that must end a phrase with an article."""
_PHRASE = 3
"""Inverse of the least share of a word's occurrences that must follow an article or a similar word."""
_LEAST_TASKS = 3
_LEAST_SHARE = 0.04
"""Share of the tasks that must mention an object for it to be chosen."""
_GAIN = 0.5
"""Least gain of a further object, as a share of the least share; tasks covered once count half, twice a quarter."""
_SOON = 8
"""Number of words after a verb that are searched for its object."""
_COUNTING = frozenset({"a", "an", "each", "every", "another"})
"""Words before a countable noun, that is, a noun with a plural."""
_CHOOSING = frozenset({"the", "this", "that", "what", "which"})
_RESTRICTING = frozenset(words("by from in of that where which who whose with"))
_TOGETHER = 0.6
"""Least share of an object's occurrences with the same neighbouring word, for both words to be one term."""
_RELATIONS = frozenset(
    words(
        "amount answer average backup count combination content couple default description difference kind list "
        "number part piece rest result set share sort sum summary total type use way does"
    )
)
"""Nouns for a quantity or part of an object, not for the object."""
_ODD_PLURALS = {"person": "people", "child": "children", "man": "men", "woman": "women", "mouse": "mice"}
_ODD_SINGULARS = {several: one for one, several in _ODD_PLURALS.items()}
_ORDERED = re.compile(
    r"(?:^|[.!?:,]\s+|\b(?:please|to|and|you|then|also|recursively)\s+)(?=([a-z]+)\s)", re.IGNORECASE | re.MULTILINE
)
"""First word of an order."""
_CAPITALISED = re.compile(r"(?<=[a-z,;] )[A-Z]\w*")
"""Capitalised word inside a sentence: a name, which no term contains."""


class TaskObjects:
    """Objects that tasks mention, counted once for several choices among them."""

    def __init__(self, tasks: Sequence[str]) -> None:
        """Count the objects in the texts of *tasks*."""
        self._n_tasks = len(tasks)
        stems = [list(map(_stem, words(task))) for task in tasks]
        self._texts = [words(_CAPITALISED.sub(" ", task)) for task in tasks]
        self._stems = [list(map(_stem, text)) for text in self._texts]
        spoken = list(map(set, self._stems))
        self._behind = {
            word: [at for at, said in enumerate(spoken) if word in said] for word in sorted(_nouns(tasks, stems))
        }

    def topics(self, *, most: int, least: float = _LEAST_SHARE) -> list[str]:
        """Return up to *most* objects that a share of at least *least* of the tasks mention, the widest first."""
        fewest = max(_LEAST_TASKS, least * self._n_tasks)
        wide = {word: at for word, at in self._behind.items() if len(at) >= fewest}
        chosen = _cover(wide, self._n_tasks, most=most, least=_GAIN * least)
        spelt = (_spelt(word, self._texts, self._stems) for word in chosen)
        told = list(dict.fromkeys(one for one in spelt if one is not None))
        return [one for one in told if not any(one != other and one in other.split() for other in told)]


def ordered(tasks: Sequence[str], *, most: int, least: float) -> list[str]:
    """Return up to *most* verbs that begin an order in a share of at least *least* of *tasks*, most frequent first."""
    counts = Counter(verb for task in tasks for verb in {one.lower() for one in _ORDERED.findall(task)} & _ORDERS)
    wide = [verb for verb, count in counts.items() if count >= max(_LEAST_TASKS, least * len(tasks))]
    return sorted(wide, key=lambda verb: (-counts[verb], verb))[:most]


_ORDERS = VERBS | frozenset({"list", "find", "count", "change", "return", "display", "show", "print", "give"})


def order_words(tasks: Sequence[str]) -> dict[str, float]:
    """Return for each word the share of *tasks* in which it begins an order, the most frequent first."""
    counts = Counter(word for task in tasks for word in {one.lower() for one in _ORDERED.findall(task)})
    return {word: count / len(tasks) for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))}


def paired(verbs: Sequence[str], things: Sequence[str], tasks: Sequence[str]) -> list[str]:
    """Return the *verbs* that a word of *things* follows within 8 words, in a third of the tasks with the verb."""
    wanted = {_stem(word) for thing in things for word in thing.split()}
    found = []
    for verb in verbs:
        texts = [text for text in map(words, tasks) if verb in text]
        near = [text[text.index(verb) + 1 :][:_SOON] for text in texts]
        if 3 * sum(not wanted.isdisjoint(map(_stem, text)) for text in near) >= len(texts):
            found.append(verb)
    return found


def _cover(behind: Mapping[str, Sequence[int]], n_tasks: int, *, most: int, least: float) -> list[str]:
    told = [0] * n_tasks
    chosen: list[str] = []

    def gain(word: str) -> float:
        return sum(0.5 ** told[at] for at in behind[word])

    while len(chosen) < most:
        left = [word for word in behind if word not in chosen]
        best = max(left, key=lambda word: round(gain(word), 9), default=None)
        if best is None or gain(best) < least * n_tasks:
            break
        chosen.append(best)
        for at in behind[best]:
            told[at] += 1
    return chosen


def _nouns(tasks: Sequence[str], stems: Sequence[Sequence[str]]) -> set[str]:
    """Return the words that end phrases with an article in a fifth of their places, or follow an article in a third.

    Args:
        tasks: Texts of tasks.
        stems: Their words without endings.
    """
    last = Counter(_stem(found.lower()) for task in tasks for found in _NOUN.findall(task))
    near = Counter(_stem(word) for task in tasks for found in _WITH_ARTICLE.findall(task) for word in words(found))
    every = Counter(chain.from_iterable(stems))
    ends = {word for word, count in last.items() if _ENDS * count >= every[word]}
    stands = {word for word, count in near.items() if _PHRASE * count >= every[word] and word not in VERBS}
    return {word for word in ends | stands if _can_tell(word)}


def _can_tell(word: str) -> bool:
    if word in WORKED_ON:
        return True
    return (
        is_thing(word)
        and plural(word) not in STOP
        and word not in _RELATIONS
        and not word.endswith(("ing", "est", "ous", "ful", "able", "ive"))
    )


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    return _ODD_SINGULARS.get(word) or singular(word)


def _spelt(thing: str, texts: Sequence[Sequence[str]], stems: Sequence[Sequence[str]]) -> str | None:
    """Return an object with the word that mostly precedes or follows it, in the plural if tasks use the plural.

    Return None if different objects follow it in most places: *internet* before accounts, passwords and names.

    Args:
        thing: The object, without an ending.
        texts: Words of the tasks.
        stems: The same words without endings.
    """
    both = zip(texts, stems, strict=True)
    places = [(text, at) for text, plain in both for at, word in enumerate(plain) if word == thing]
    several = plural(thing) if thing not in _ODD_PLURALS else _ODD_PLURALS[thing]
    is_counted = any(
        text[at] == several or (at and text[at - 1] in _COUNTING and not is_thing("".join(text[at + 1 : at + 2])))
        for text, at in places
    )
    is_counted = is_counted or thing in WORKED_ON or sum(_is_restricted(text, at) for text, at in places) > 1
    told = several if is_counted and thing not in programs("with_subcommands") else thing
    behind = _always(_stem(text[at + 1]) for text, at in places if at + 1 < len(text))
    if behind is not None and behind[1] >= _TOGETHER * len(places):
        return f"{thing} {plural(behind[0])}"
    if sum(at + 1 < len(text) and _is_object(text[at + 1]) for text, at in places) >= _TOGETHER * len(places):
        return None
    before = _always(text[at - 1] for text, at in places if at)
    return f"{before[0]} {told}" if before is not None and before[1] >= _TOGETHER * len(places) else told


def _is_restricted(text: Sequence[str], at: int) -> bool:
    """Return whether the word at *at* is one of several of its kind: *the lamp that*, *which drawer of*."""
    return 0 < at < len(text) - 1 and text[at - 1] in _CHOOSING and text[at + 1] in _RESTRICTING


def _is_object(word: str) -> bool:
    return is_thing(word) and word not in VERBS and word not in STOP


def _always(found: Iterable[str]) -> tuple[str, int] | None:
    """Return the most frequent of the words *found* with its count; None if this word cannot be part of a term."""
    word, count = max(Counter(found).items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return (word, count) if _is_object(word) else None
