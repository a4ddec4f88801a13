"""Features of a short text, an argument or an answer, that go with failure, and the advice to avoid them."""

import re
from collections.abc import Callable, Mapping, Sequence

from t2s_local.analysts._mined.association import mantel_haenszel
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.values.value import Value

LONGEST = 400
"""Most characters of a text that is compared."""
MIN_Z = 3.0
"""Least z value (two-sided, .3 %): high, because a dozen features are tried on every argument."""
LEAST_WITH = 10
LEAST_RUNS = 5
MOST_GOOD = 0.5
"""Largest ratio of the success rate of texts with the feature to the rate of texts without it."""
MOST_LOST = 0.05
"""Largest share of all successful texts that may have the feature: otherwise the advice would cost too many of them."""
MOST_LOST_CALLS = 0.1
"""Like :data:`MOST_LOST`, for calls; larger, because an agent can try again after a call, but not after an answer."""
_INNER = re.compile(r"^\s*[A-Za-z_]\w*\s*[\[(](?P<inner>.*?)[\])]?\s*$", re.DOTALL)
_QUOTED = re.compile(r"[\"“”«»「」]|(?<!\w)'[^']+'(?!\w)")
_SEVERAL = re.compile(r"[;、/&|]|[,，][^,，]*[,，]|\b(?:and|or|und|oder|et|ou|y|o)\b", re.IGNORECASE)
_QUALIFIED = re.compile(r"[^,，]*\w[,，]\s*\w[^,，]*")
"""A name with a second name after a comma: ``Knockhill, UK``."""
_NUMBERS: Mapping[int, str] = {2: "two", 3: "three", 4: "four", 6: "six", 8: "eight", 12: "twelve"}
"""Lengths in words that are tried, each with its number word."""


class Feature(Value, frozen=True, kw_only=True):
    """Property of a text that may go with failure, with the advice against it."""

    name: str
    asked: str
    """Advice for an argument, with ``{it}`` for its name."""
    answered: str
    """Advice for an answer."""
    has: str
    """Description of texts with the feature, to follow their number."""

    def is_of(self, note: Note) -> bool:
        """Return whether the text of *note* has the feature."""
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
        name="qualified",
        asked="Name {it} alone, without an addition after a comma",
        answered="Give only what the question asks for: add no place or explanation after a comma, unless the question"
        " asks for it too",
        has="with more after a comma",
    ): lambda text: _QUALIFIED.fullmatch(text.strip()) is not None and _SEVERAL.search(text) is None,
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


def inner(action: str) -> str:
    """Return the text in the brackets of a call in plain text; empty if it has no brackets."""
    found = _INNER.match(action)
    return "" if found is None else found["inner"]


def names_of(text: str) -> list[str]:
    """Return the names of the features that *text* has."""
    return [feature.name for feature, has in _SHAPES.items() if has(text)]


class Fault(Value, frozen=True, kw_only=True):
    """A feature that goes with failure, with the counts."""

    feature: Feature
    bad: Sequence[tuple[Run, Note]]
    """Failed texts with the feature."""
    n_with: int
    n_without: int
    good_without: int
    z: float


def faults(
    pairs: Sequence[tuple[Run, Note]], is_good: Callable[[Run, Note], bool], *, most: int, lost: float = MOST_LOST
) -> Sequence[Fault]:
    """Return the features that go with failure, strongest first, each among the texts without the stronger ones.

    Args:
        pairs: Notes of one argument, whose details begin with a line of the names of their features.
        is_good: Function that says whether the text of a note succeeded.
        most: Most features that are returned.
        lost: Largest share of all successful texts that may have a feature.
    """
    found: list[Fault] = []
    left = list(pairs)
    while len(found) < most:
        tried = [fault for feature in _SHAPES if (fault := _fault(feature, left, is_good, lost)) is not None]
        if not tried:
            break
        best = max(tried, key=lambda fault: fault.z)  # Of equal ones the first: the shortest length.
        found.append(best)
        left = [pair for pair in left if not best.feature.is_of(pair[1])]
    return found


def _fault(
    feature: Feature, pairs: Sequence[tuple[Run, Note]], is_good: Callable[[Run, Note], bool], lost: float
) -> Fault | None:
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
    if good_with > lost * (good_with + good_without):
        return None
    _, z = mantel_haenszel([cell for _, cell in sorted(tables.items())])
    if z < MIN_Z:
        return None
    return Fault(feature=feature, bad=tuple(bad), n_with=n_with, n_without=n_without, good_without=good_without, z=z)
