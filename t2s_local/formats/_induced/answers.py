"""Search for tool results among texts: there are as many as calls, each after its own call."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from t2s_local.formats._induced.leaves.leaves import Call, Leaf, Mark, Rec
from t2s_local.formats._induced.leaves.trees import Pattern

Slot = tuple[Pattern, Pattern, tuple[str, ...]]
"""Kind of text: the pattern of its record, its keys inside it, and the marks that distinguish records."""
Event = tuple[Slot | None, Leaf]
"""A leaf with its slot; None in place of the slot for a call."""
FIRST = "@first"
"""Mark of the text that begins a run."""
_MOST_SLOTS = 9
_MOST_TOGETHER = 3
_MOST_FOUND = 4
_AROUND = 3
"""Levels of records around a leaf whose marks may identify a call."""


class Ids(NamedTuple):
    """Patterns of the marks by which results identify their calls."""

    call: Pattern
    result: Pattern


def marks_of(leaf: Leaf, acting: Container[int] = ()) -> dict[Pattern, Mark]:
    """Return the marks around a leaf, inner records before outer ones, without the marks of records in *acting*."""
    rec: Rec | None = leaf.rec
    marks: dict[Pattern, Mark] = {}
    for _ in range(_AROUND):
        if rec is None:
            break
        marks = marks if id(rec) in acting else {**rec.marks, **marks}
        rec = rec.parent
    return marks


def result_slots(units: list[list[Event]]) -> list[frozenset[Slot]]:
    """Return the sets of slots that may contain tool results, the likeliest first.

    In each run the results must come after the calls, one for each, in the order of calls and results.
    """
    n_calls = sum(slot is None for unit in units for slot, _ in unit)
    counts = Counter(slot for unit in units for slot, _ in unit if slot is not None)
    early = {slot for unit in units for slot in _before_first_call(unit)}
    early |= {slot for slot in counts if FIRST in slot[2]}
    able = [slot for slot, count in counts.most_common() if slot not in early and count <= 2 * n_calls][:_MOST_SLOTS]
    found: list[tuple[float, frozenset[Slot]]] = []
    for n in range(1, _MOST_TOGETHER + 1):
        for chosen in combinations(able, n):
            wanted = frozenset(chosen)
            if not _are_of_one_place(chosen):
                continue
            if sum(counts[slot] for slot in chosen) + len(units) >= n_calls and all(
                _is_in_turn(unit, wanted) for unit in units
            ):
                found.append((_cost(units, wanted, n_calls), wanted))
    found.sort(key=lambda pair: (pair[0], sorted(pair[1])))
    return [wanted for _, wanted in found[:_MOST_FOUND]]


def _are_of_one_place(chosen: tuple[Slot, ...]) -> bool:
    """Return whether the slots of one kind of record are fields of one object, like what a program printed."""
    places: dict[Pattern, Pattern] = {}
    return all(places.setdefault(pattern, at[:-1]) == at[:-1] for pattern, at, _ in chosen)


def _before_first_call(unit: list[Event]) -> Iterator[Slot]:
    for slot, _ in unit:
        if slot is None:
            return
        yield slot


def _is_in_turn(unit: list[Event], wanted: frozenset[Slot]) -> bool:
    """Return whether results follow calls, one each; results of parallel calls must come together."""
    n_open = 0
    last: Rec | None = None
    was_result = False
    for slot, leaf in unit:
        if slot is None:
            if was_result and n_open > 0:
                return False
            n_open += 1
            last, was_result = None, False
        elif slot in wanted:
            if leaf.rec is last and was_result:
                continue
            n_open -= 1
            last, was_result = leaf.rec, True
            if n_open < 0:
                return False
    return n_open <= 1


def _cost(units: list[list[Event]], wanted: frozenset[Slot], n_calls: int) -> float:
    """Return the cost of slots as results: missing results, texts between call and result, and whole sentences."""
    n_found, n_apart, n_last, n_sentences = 0, 0, 0, 0
    for unit in units:
        before: Slot | None = None
        for slot, leaf in unit:
            if slot in wanted and slot is not None:
                n_found += 1
                n_apart += before is not None and before not in wanted
                n_sentences += is_sentence(str(leaf.value))
            before = slot
        n_last += bool(unit) and unit[-1][0] in wanted
    share = n_sentences / max(1, n_found)
    return (abs(n_calls - n_found) + 2 * n_apart + n_last) / n_calls + share + 0.05 * len(wanted)


def is_sentence(text: str) -> bool:
    """Return whether a text is a sentence as people write it, rather than output of a program."""
    words = text.strip()
    return "\n" not in words and words.count(" ") > 2 and words[:1].isupper() and words[-1:] in ".!?:"


def ids_between(units: list[list[Event]], wanted: frozenset[Slot] | None) -> Ids | None:
    """Return the marks that calls share with other leaves, different for each call; None if there are none."""
    calls: dict[Pattern, list[tuple[int, Mark]]] = {}
    others: dict[Pattern, list[tuple[int, Mark]]] = {}
    n_calls = 0
    for number, unit in enumerate(units):
        acting = {id(leaf.rec) for slot, leaf in unit if slot is None}
        for slot, leaf in unit:
            n_calls += slot is None
            if slot is None or wanted is None or slot in wanted:
                side = calls if slot is None else others
                for at, mark in marks_of(leaf, () if slot is None else acting).items():
                    side.setdefault(at, []).append((number, mark))
    pairs = [
        (len(set(own) & set(theirs)), Ids(at, other))
        for at, own in calls.items()
        if len(own) >= n_calls and len(set(own)) == len(own)
        for other, theirs in others.items()
        if len(set(theirs)) <= len(own) * 2
    ]
    shared, best = max(pairs, key=lambda pair: pair[0], default=(0, None))
    return best if shared * 10 >= 9 * n_calls else None


def beside_their_calls(unit: list[Event], ids: Ids) -> list[Event]:
    """Return the leaves of a run, each leaf with the mark of a call moved behind that call and its parallel calls."""
    waiting: dict[Mark, list[Event]] = {}
    rest: list[Event] = []
    known = {marks_of(leaf).get(ids.call): leaf.rec for slot, leaf in unit if slot is None}
    for slot, leaf in unit:
        name = marks_of(leaf).get(ids.result)
        if slot is not None and name is not None and name in known and known[name] is not leaf.rec:
            waiting.setdefault(name, []).append((slot, leaf))
        else:
            rest.append((slot, leaf))
    return list(_put_back(rest, waiting, ids))


def _put_back(rest: list[Event], waiting: dict[Mark, list[Event]], ids: Ids) -> Iterator[Event]:
    open_calls: list[Mark] = []
    for place, (slot, leaf) in enumerate(rest):
        yield slot, leaf
        if slot is None and (name := marks_of(leaf).get(ids.call)) is not None:
            open_calls.append(name)
        if open_calls and (place + 1 == len(rest) or rest[place + 1][0] is not None):
            yield from _all_of(waiting, open_calls)
            open_calls = []


def _all_of(waiting: dict[Mark, list[Event]], names: Iterable[Mark]) -> Iterator[Event]:
    for name in names:
        yield from waiting.pop(name, [])


def are_behind_calls(runs: list[list[Event]], ids: Ids) -> bool:
    """Return whether, among the leaves in the records of calls, most with the mark of a call come after it."""
    n_before, n_after = 0, 0
    for run in runs:
        calls: dict[Mark | None, Rec] = {marks_of(leaf).get(ids.call): leaf.rec for slot, leaf in run if slot is None}
        seen: set[Mark | None] = set()
        for slot, leaf in run:
            name = marks_of(leaf).get(ids.call if slot is None else ids.result)
            if slot is None:
                seen.add(name)
            elif name in calls and calls[name].pattern == leaf.rec.pattern and calls[name] is not leaf.rec:
                n_before += name not in seen
                n_after += name in seen
    return n_before <= n_after


def call_of(event: Event) -> Call | None:
    """Return the call of an event; None if the event is a text."""
    value = event[1].value
    return value if isinstance(value, Call) else None
