"""Places in which objects are found: the kinds of places that mostly hold something, and those that rarely do."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from t2s_local.analysts._exact import tail
from t2s_local.analysts._lessons import lesson
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import as_fixes, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._noted.tools.call_form import PASSED
from t2s_local.analysts._noted.world.shown import KIND as SHOWN
from t2s_local.analysts._noted.world.shown import must_be_shown
from t2s_local.analysts._notes import Note
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson
from t2s_local.values.value import Value

PATTERN = "finds"
LEAST_FINDS = 50
LEAST_TASKS = 20
LEAST_VISITS = 20
"""Fewest visits to a kind of place that is judged."""
RICH, POOR = 2.0, 0.5
"""Factors of the mean number of finds per visit, above and below which a kind of place is named."""
MOST_CHANCE = 1e-6
LEAST_OF_THING = 5
USUAL = 0.75
"""Share of the finds of one kind of object that must come from one kind of place for the lesson to say so."""
_MOST_PLACES = 6
_OF_OWN = f"; {USUAL:.0%} or more of each thing with a place of its own came from there"
_MOST_THINGS = 5
_KIND_OF = re.compile(r"\b([a-z]\w*) \d+\b")
Pairs = Sequence[tuple[Run, Note]]


class Places(Value, frozen=True, kw_only=True):
    """Visits to kinds of places, and objects found there."""

    visits: Mapping[str, int]
    finds: Mapping[str, int]
    things: Mapping[str, Mapping[str, int]]
    """Number of finds of each kind of object, by kind of place; a find is an object that a call got there."""


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every call that takes objects from places, if some kinds of places contain many more."""
    passed = noted(runs, PASSED)
    for key in must_be_shown(runs):
        takes, _, argument = key.partition("\n")
        goes = _visits(takes, passed)
        if argument or goes is None or len(tasks_of(runs_of(passed.get(takes, ())))) < LEAST_TASKS:
            continue
        places = _places(passed[goes], passed[takes])
        rich, poor = _apart(places)
        if sum(places.finds.values()) < LEAST_FINDS or not rich or not poor:
            continue
        n_rich, n_poor = (sum(places.visits[place] for place in group) for group in (rich, poor))
        found_rich, found_poor = (sum(places.finds.get(place, 0) for place in group) for group in (rich, poor))
        if tail(found_rich, found_rich + found_poor, n_rich, n_rich + n_poor) > MOST_CHANCE:
            continue
        such = [pair for pair in noted(runs, SHOWN)[key] if pair[1].detail.startswith("good")]
        met = runs_of(such)
        yield lesson(
            when=f"you look for something to `{takes}`",
            do=f"Begin with {join_words(map(_spelt, rich))}, and look last in {join_words(map(_spelt, poor))}"
            f"{_usual(places)}.",
            because=f"{found_rich} of {n_rich} visits to the former ended with `{takes}`, {found_poor} of {n_poor} to"
            f" the latter{_OF_OWN if _usual(places) else ''}",
            polarity="success",
            pattern=PATTERN,
            evidence=as_fixes(quotes_of(such)),
            trajectories=(run.piece.trajectory for run in met),
            tools=sorted({goes, takes}),
        )


def _visits(takes: str, passed: Mapping[str, Pairs]) -> str | None:
    """Return the call that visits the places from which *takes* gets objects; None if there is no such call."""
    sources = Counter(_KIND_OF.findall(note.detail)[-1] for _, note in passed.get(takes, ()) if _is_of(note, 2))
    shares = {
        tool: sum(places[kind] > 0 for kind in sources) * sum(places.values())
        for tool, pairs in passed.items()
        if tool != takes
        and (places := Counter(_KIND_OF.findall(note.detail)[0] for _, note in pairs if _is_of(note, 1)))
    }
    return min(shares, key=lambda tool: (-shares[tool], tool)) if sources and shares else None


def _is_of(note: Note, n_objects: int) -> bool:
    return len(_KIND_OF.findall(note.detail)) == n_objects


def _places(goes: Pairs, takes: Pairs) -> Places:
    things: dict[str, Counter[str]] = {}
    for _, note in takes:
        if _is_of(note, 2):
            thing, place = _KIND_OF.findall(note.detail)
            things.setdefault(thing, Counter())[place] += 1
    visits = Counter(_KIND_OF.findall(note.detail)[0] for _, note in goes if _is_of(note, 1))
    return Places(visits=visits, finds=sum(things.values(), Counter()), things=things)


def _apart(places: Places) -> tuple[list[str], list[str]]:
    """Return the kinds of places with many finds a visit, most finds first, and those with few, most visited first."""
    mean = sum(places.finds.values()) / max(1, sum(places.visits.values()))
    share = {
        place: places.finds.get(place, 0) / count for place, count in places.visits.items() if count >= LEAST_VISITS
    }
    rich = [place for place in share if share[place] >= RICH * mean]
    poor = [place for place in share if share[place] <= POOR * mean]
    rich = sorted(rich, key=lambda place: (-places.finds.get(place, 0), place))
    return rich[:_MOST_PLACES], sorted(poor, key=lambda place: (-places.visits[place], place))[:_MOST_PLACES]


def _usual(places: Places) -> str:
    """Return a clause with the objects that nearly always come from one kind of place; empty if there are none."""
    told: list[tuple[int, str]] = []
    for thing, held in sorted(places.things.items()):
        place = min(held, key=lambda name: (-held[name], name))
        n_all = sum(held.values())
        if n_all >= LEAST_OF_THING and held[place] >= USUAL * n_all:
            told.append((n_all, f"{_spelt(thing)} ({_spelt(place)})"))
    first = [text for _, text in sorted(told, key=lambda item: (-item[0], item[1]))[:_MOST_THINGS]]
    return f"; some have a place of their own: {join_words(first)}" if first else ""


def _spelt(name: str) -> str:
    return f"`{name}`"
