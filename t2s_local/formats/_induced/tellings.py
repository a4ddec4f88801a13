"""Marks that distinguish the records of a run, and the slots of texts by these marks."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations

from t2s_local.formats._induced.answers import FIRST, Slot
from t2s_local.formats._induced.leaves.leaves import Leaf, Mark, Rec
from t2s_local.formats._induced.leaves.trees import KEY, Pattern
from t2s_local.formats._induced.units import Unit
from t2s_local.formats._induced.ways import Way

_FIRST: Pattern = (FIRST,)
"""Stands for a mark of the first text of a run, which may be a request where later texts of its field are results."""
_MOST_MARKS = 5
_MOST_WORDS = 12


def tellings(way: Way) -> Iterator[tuple[Pattern, ...]]:
    """Yield the sets of marks that may distinguish records, the simplest first."""
    found = _telling_marks(way)
    yield from ((at,) for at in found[:1])
    yield ()
    if _begins_alike(way):
        yield (_FIRST,)
        yield from ((at, _FIRST) for at in found[:1])
    yield from combinations(found, 2)
    yield from ((at,) for at in found[1:])
    yield from combinations(found, 3)


def _begins_alike(way: Way) -> bool:
    """Return whether the first text of every run is in a field that has more texts later."""
    firsts = [(run[0].rec.pattern, run[0].at) for run in way.runs if run]
    again = [
        any((leaf.rec.pattern, leaf.at) == first for leaf in run[1:])
        for first, run in zip(firsts, way.runs, strict=False)
    ]
    return len(set(firsts)) == 1 and sum(again) * 2 > len(again)


def _telling_marks(way: Way) -> list[Pattern]:
    words: dict[Pattern, Counter[str]] = defaultdict(Counter)
    varies: set[Pattern] = set()
    counts: set[Pattern] = set()
    for unit, run in zip(way.units, way.runs, strict=True):
        own: dict[Pattern, list[Mark]] = defaultdict(list)
        for rec in {id(leaf.rec): leaf.rec for leaf in run}.values():
            for at, mark in _around(rec, unit):
                words[at][str(mark)] += 1
                own[at].append(mark)
        varies |= {at for at, marks in own.items() if len(set(marks)) > 1}
        counts |= {at for at, marks in own.items() if len(set(marks)) > 2 and _is_rising(marks)}
    able = [at for at, found in words.items() if at in varies - counts and at != (KEY,) and _are_few(found)]
    return sorted(able, key=lambda at: (-words[at].total(), len(words[at]), at))[:_MOST_MARKS]


def _are_few(found: Counter[str]) -> bool:
    """Return whether the values of a mark recur; words without digits need to recur less often."""
    is_word = all(word.isalpha() for word in found)
    return len(found) <= _MOST_WORDS and (len(found) * 2 <= found.total() or (is_word and len(found) < found.total()))


def _is_rising(marks: list[Mark]) -> bool:
    """Return whether marks are numbers that grow from record to record, like an index or a time."""
    numbers = [mark for mark in marks if isinstance(mark, int | float)]
    return len(numbers) == len(marks) and numbers == sorted(numbers)


def _around(rec: Rec, unit: Unit) -> Iterator[tuple[Pattern, Mark]]:
    """Yield the marks of a record and of the records around it, within a run."""
    inner: Rec | None = rec
    while inner is not None and inner not in unit.heads and inner is not unit.root:
        yield from inner.marks.items()
        inner = inner.parent


def slot_of(leaf: Leaf, unit: Unit, fields: tuple[Pattern, ...], *, is_first: bool) -> Slot:
    """Return the slot of a text, by the marks of some fields and, if asked for, by whether it begins its run."""
    marks: dict[Pattern, str] = {}
    for at, mark in _around(leaf.rec, unit):
        if at in fields:
            marks.setdefault(at, str(mark))
    if is_first and _FIRST in fields:
        marks[_FIRST] = FIRST
    return leaf.rec.pattern, leaf.at, tuple(marks.get(at, "") for at in fields)
