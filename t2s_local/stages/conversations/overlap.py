"""Find the steps that two recordings of one conversation share: one contains, continues or branches off the other."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from t2s_local.values.trajectory import Step, Trajectory

ENOUGH = 4
"""Least number of different shared steps in one session; a greeting and its answer recur (decision 0104)."""
PROOF = 3
"""Least number of shared steps with the same identity that prove one conversation, whatever the session is called."""
LONG_ID = 16
"""Least number of characters of a call id that is random enough to occur only once."""
_OCCURRENCES = 64
"""Largest number of places where the beginning of another recording is tried; steps that recur more prove little."""
_NO_IDENTITY = 0
_HARNESS = ("system", "summary")
_AGENTS = ("assistant", "thought", "tool_call", "tool_result")
_CROWD = 50
"""Largest number of recordings with one identity for a first step; a stopped clock causes larger numbers."""


class StepIdentities(NamedTuple):
    """The steps of a run as numbers."""

    steps: memoryview
    """One hash for each step, equal only for equal kind, tool and text."""
    identities: memoryview
    """One hash for each step that can occur only once, otherwise 0; empty if no step can."""
    lead: int
    """Number of harness steps at the beginning, which are written again whenever a conversation is resumed."""


class Overlap(NamedTuple):
    """Steps that the beginning of a later recording shares with an earlier recording."""

    at: int
    """Index of the first shared step in the earlier recording."""
    length: int
    is_proven: bool
    """Whether at least three of the shared steps can have occurred only once."""


def identity_of(step: Step) -> int:
    """Return a number that only copies of this step have; 0 if the step has no long call id and no exact time.

    Messages of users and the harness always have 0, since a benchmark repeats them in every run.
    """
    if step.kind not in _AGENTS:
        return _NO_IDENTITY
    if step.call_id is not None and len(step.call_id) >= LONG_ID:
        return hash((step.kind, step.text, step.call_id)) >> 32 or 1
    if step.at is not None and "." in step.at and step.text:
        return hash((step.kind, step.text, step.at)) >> 32 or 1
    return _NO_IDENTITY


def lead_of(run: Trajectory) -> int:
    """Return the number of harness steps at the beginning of a run."""
    return next((place for place, step in enumerate(run.steps) if step.kind not in _HARNESS), len(run.steps))


def overlap(earlier: StepIdentities, later: StepIdentities) -> Overlap | None:
    """Return the longest stretch of *earlier* that is the beginning of *later*; None if the stretch is too short.

    A stretch is too short if two runs of the same task may share it: it has fewer than :data:`PROOF` steps that can
    have occurred only once, and fewer than :data:`ENOUGH` different steps.
    """
    found = max(_stretches(earlier, later), key=lambda stretch: (stretch[1], -stretch[0]), default=None)
    if found is None:
        return None
    at, length = found
    same = zip(earlier.identities[at : at + length], later.identities[later.lead : later.lead + length], strict=False)
    is_proven = sum(one == other != _NO_IDENTITY for one, other in same) >= PROOF
    if is_proven or len(set(later.steps[later.lead : later.lead + length])) >= ENOUGH:
        return Overlap(at, length, is_proven)
    return None


def _stretches(earlier: StepIdentities, later: StepIdentities) -> Iterator[tuple[int, int]]:
    said = later.steps[later.lead :]
    if not said:
        return
    starts = [place for place in range(earlier.lead, len(earlier.steps)) if earlier.steps[place] == said[0]]
    for at in starts[:_OCCURRENCES]:
        room = min(len(said), len(earlier.steps) - at)
        yield at, next((place for place in range(room) if earlier.steps[at + place] != said[place]), room)


def neighbours(lines: Mapping[int, StepIdentities]) -> set[tuple[int, int]]:
    """Return pairs of places where the first recording contains the first identified step of the second recording."""
    firsts: dict[int, list[int]] = {}
    for place, line in lines.items():
        first = next((number for number in line.identities if number != _NO_IDENTITY), None)
        if first is not None:
            firsts.setdefault(first, []).append(place)
    found: set[tuple[int, int]] = set()
    for place, line in lines.items():
        for number in line.identities:
            beginning = firsts.get(number, [])
            if len(beginning) <= _CROWD:
                found.update((place, other) for other in beginning if other != place)
    return found
