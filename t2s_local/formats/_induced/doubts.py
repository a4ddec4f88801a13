"""Reasons to reject a reading that fits: much text is unused, repeated, or may belong to several runs."""

import re
from collections import Counter

from t2s_local.formats._induced.answers import Event, Slot, is_sentence
from t2s_local.formats._induced.leaves.leaves import Call, Leaf
from t2s_local.formats._induced.units import Unit, is_id
from t2s_local.formats._induced.ways import without_catalogue

_TELLING = 24
"""Fewest characters of a text that is not repeated by chance."""
_MOST_LEFT = 0.08
"""Largest share of the text that may be in no step."""
_FEWEST = 3
_SWAPPED = 0.3
"""Difference of the shares of sentences, among results and among the texts of a speaker, from which it is doubtful."""
_DIGITS = re.compile(r"\d+")


def may_be_several(units: list[Unit], n_requests: int) -> bool:
    """Return whether each unit may be several runs in a row: it has many requests and no id of its own."""
    return 2 * n_requests > 3 * len(units) and not _are_named(units)


def _are_named(units: list[Unit]) -> bool:
    """Return whether each of several runs has an id of its own in the records about the whole run."""
    marks = [dict(pair for rec in unit.heads for pair in rec.marks.items()) for unit in units]
    return len(units) > 1 and any(
        len({one.get(at) for one in marks}) == len(units)
        and all(isinstance(mark := one.get(at), str) and is_id(mark) for one in marks)
        for at in marks[0]
    )


def are_swapped(runs: list[list[Event]], results: frozenset[Slot]) -> bool:
    """Return whether results read like sentences of people, and texts of a speaker like output of programs."""
    shares: dict[Slot | None, list[bool]] = {}
    for run in runs:
        for slot, leaf in run:
            if slot is not None:
                shares.setdefault(None if slot in results else slot, []).append(is_sentence(str(leaf.value)))
    answers = shares.pop(None, [])
    said = [sum(found) / len(found) for found in shares.values() if len(found) >= _FEWEST]
    return bool(answers) and bool(said) and sum(answers) / len(answers) - min(said) > _SWAPPED


def says_twice(runs: list[list[Event]]) -> bool:
    """Return whether a run contains the same text in two slots, so that it is unclear which one is the run."""
    for run in runs:
        slots: dict[str, Slot] = {}
        for slot, leaf in run:
            text = str(leaf.value).strip()
            if slot is not None and len(text) > _TELLING and slots.setdefault(text, slot)[:2] != slot[:2]:
                return True
    return False


def leaves_out(units: list[Unit], runs: list[list[Event]], *, is_whole: bool) -> bool:
    """Return whether much text that occurs in a single unit is in no step.

    Args:
        units: The leaves of each run.
        runs: The steps of each run.
        is_whole: Whether every run is whole without more text, so that lists of other records may be about something
            else, like the lines of a program's log.
    """
    told = [[leaf for _, leaf in run] for run in runs]
    used = {id(leaf) for run in told for leaf in run}
    said = [{_plain(leaf) for leaf in unit.leaves} for unit in units]
    counts = Counter(text for texts in said for text in texts)
    n_used = sum(len(str(leaf.value)) for run in told for leaf in run)
    n_left = 0
    for unit, run in zip(units, told, strict=True):
        known = {_plain(leaf) for leaf in run}
        lists = {top.pattern for leaf in run if (top := unit.top(leaf)) is not None} if is_whole and run else None
        rest = {
            _plain(leaf)
            for leaf in _without_catalogue(unit)
            if id(leaf) not in used
            and not isinstance(leaf.value, Call)
            and (lists is None or (top := unit.top(leaf)) is None or top.pattern in lists)
        }
        n_left += sum(len(text) for text in rest - known if counts[text] == 1)
    return n_left > _MOST_LEFT * n_used


def _without_catalogue(unit: Unit) -> list[Leaf]:
    tools = {leaf.value.tool for leaf in unit.leaves if isinstance(leaf.value, Call)}
    return without_catalogue(unit.leaves, tools)


def _plain(leaf: Leaf) -> str:
    """Return a text with its numbers masked."""
    return _DIGITS.sub("#", str(leaf.value).strip())
