"""Features of a short text that is handed to a tool or given as an answer, told as what to do without them."""

import re
from collections.abc import Callable, Mapping, Sequence

from t2s_local.analysts._mined.association import mantel_haenszel
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.values.value import Value

LONGEST = 400
"""Characters of a text that is looked at."""
MIN_Z = 3.0
"""Two-sided .3 %: a dozen features are tried on every argument."""
LEAST_WITH = 10
LEAST_RUNS = 5
MOST_GOOD = 0.5
"""Share of good ones with the feature, to the share without it, at most."""
MOST_LOST = 0.05
"""Share of all good ones that may have the feature: more, and the advice costs too many of them."""
_INNER = re.compile(r"^\s*[A-Za-z_]\w*\s*[\[(](?P<inner>.*?)[\])]?\s*$", re.DOTALL)
_QUOTED = re.compile(r"[\"“”«»「」]|(?<!\w)'[^']+'(?!\w)")
_SEVERAL = re.compile(r"[,;、，/&|]|\b(?:and|or|und|oder|et|ou|y|o)\b", re.IGNORECASE)
_NUMBERS: Mapping[int, str] = {2: "two", 3: "three", 4: "four", 6: "six", 8: "eight", 12: "twelve"}
"""Lengths that are tried."""


class Feature(Value, frozen=True, kw_only=True):
    """Something a text may have that goes with failure."""

    name: str
    asked: str
    """What to do with an argument, with ``{it}`` for it."""
    answered: str
    """What to do with an answer."""
    has: str
    """What such texts have, after a count of them."""

    def is_of(self, note: Note) -> bool:
        """Return whether the text that *note* tells of has it."""
        return self.name in note.detail.partition("\n")[0].split()


def _longer_than(most: int) -> Callable[[str], bool]:
    return lambda text: len(text.split()) > most


def _short(most: int) -> Feature:
    said = _NUMBERS[most]
    return Feature(
        name=f"words>{most}",
        asked=f"Ask with a name of at most {said} words, not with a description",
        answered=f"Give the shortest phrase that answers, as a rule at most {said} words, and no sentence",
        has=f"of more than {said} words",
    )


_SHAPES: Mapping[Feature, Callable[[str], bool]] = {
    Feature(
        name="quoted",
        asked="Write {it} without quotation marks",
        answered="Give the answer without quotation marks",
        has="with quotation marks",
    ): lambda text: _QUOTED.search(text) is not None,
    Feature(
        name="several",
        asked="Name one thing in {it}, not several",
        answered="Decide on one answer: no list and no alternatives, unless several are asked for",
        has="with several things",
    ): lambda text: _SEVERAL.search(text) is not None,
    Feature(
        name="lines",
        asked="Keep {it} on one line",
        answered="Give the answer on one line",
        has="of several lines",
    ): lambda text: "\n" in text.strip(),
    Feature(
        name="sentence",
        asked="Give {it} as words, not as a sentence",
        answered="Give the bare answer, and no sentence",
        has="that are a sentence",
    ): lambda text: text.rstrip()[-1:] in {".", "?", "!"} and " " in text.strip(),
    **{_short(most): _longer_than(most) for most in _NUMBERS},
}
UNSEEN = Feature(
    name="unseen",
    asked="Take {it} from what a tool returned",
    answered="Take the words of the answer from what a tool returned, and check that they stand there",
    has="that no tool returned",
)
"""The feature of an answer that stands in no result; told by who knows the results."""


def inner(action: str) -> str:
    """Return what stands in the brackets of a call in plain text; nothing where it has none."""
    found = _INNER.match(action)
    return "" if found is None else found["inner"]


def names_of(text: str) -> list[str]:
    """Return the names of the features that *text* has."""
    return [feature.name for feature, has in _SHAPES.items() if has(text)]


class Fault(Value, frozen=True, kw_only=True):
    """A feature that goes with failure, with the counts behind it."""

    feature: Feature
    bad: Sequence[tuple[Run, Note]]
    """What has the feature and failed."""
    n_with: int
    n_without: int
    good_without: int
    z: float


def faults(pairs: Sequence[tuple[Run, Note]], is_good: Callable[[Run, Note], bool], *, most: int) -> Sequence[Fault]:
    """Return the features that go with failure, strongest first, each among what has none of the stronger ones.

    That a text stands in no result comes last: a long one or a list stands in none either.

    Args:
        pairs: Notes of one argument, whose details begin with a line of the names of their features.
        is_good: Whether what a note tells of came to something.
        most: How many features are told at most.
    """
    found: list[Fault] = []
    left = list(pairs)
    while len(found) < most:
        tried = [fault for feature in _SHAPES if (fault := _fault(feature, left, is_good)) is not None]
        tried = tried or [fault for fault in (_fault(UNSEEN, left, is_good),) if fault is not None]
        if not tried:
            break
        best = max(tried, key=lambda fault: fault.z)  # Of equal ones the first: the shortest length.
        found.append(best)
        left = [pair for pair in left if not best.feature.is_of(pair[1])]
    return found


def _fault(feature: Feature, pairs: Sequence[tuple[Run, Note]], is_good: Callable[[Run, Note], bool]) -> Fault | None:
    tables: dict[tuple[str, str], list[int]] = {}
    bad: list[tuple[Run, Note]] = []
    for run, note in pairs:
        trajectory = run.piece.trajectory
        cell = tables.setdefault((trajectory.format, trajectory.model or ""), [0, 0, 0, 0])
        has, good = feature.is_of(note), is_good(run, note)
        cell[(2 if has else 0) + (0 if good else 1)] += 1
        if has and not good:
            bad.append((run, note))
    met = runs_of(bad)
    if len(bad) < LEAST_WITH or len(met) < LEAST_RUNS or len(tasks_of(met)) < LEAST_RUNS:
        return None
    good_without, bad_without, good_with, bad_with = (sum(column) for column in zip(*tables.values(), strict=True))
    n_with, n_without = good_with + bad_with, good_without + bad_without
    if not good_without or good_with * n_without > MOST_GOOD * good_without * n_with:
        return None
    if good_with > MOST_LOST * (good_with + good_without):
        return None
    _, z = mantel_haenszel([cell for _, cell in sorted(tables.items())])
    if z < MIN_Z:
        return None
    return Fault(feature=feature, bad=tuple(bad), n_with=n_with, n_without=n_without, good_without=good_without, z=z)
