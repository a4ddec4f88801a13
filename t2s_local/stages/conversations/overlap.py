"""How two recordings of one conversation lie over each other: one inside the other, one going on, or a branch."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from t2s_local.values.trajectory import Step, Trajectory

ENOUGH = 4
"""Different steps that two recordings of one session must share; a greeting and its answer recur (decision 0104)."""
PROOF = 3
"""Shared steps with the same identity, from which on recordings are of one conversation whatever they are called."""
LONG_ID = 16
"""Characters from which the id of a call is random enough to occur once."""
_OCCURRENCES = 64
"""Places at which the beginning of one recording is looked for in another; what recurs more often tells little."""
_NO_IDENTITY = 0
_HARNESS = ("system", "summary")
_AGENTS = ("assistant", "thought", "tool_call", "tool_result")
_CROWD = 50
"""Recordings that begin with the very same step; more of them were made by a machine with a clock that stands still."""


class StepIdentities(NamedTuple):
    """The steps of a run as numbers."""

    steps: memoryview
    """One hash a step, equal only where kind, tool and text are equal."""
    identities: memoryview
    """One hash a step that can happen only once, otherwise 0; empty where too few steps are of that kind."""
    lead: int
    """Steps of the harness it begins with: they are written again whenever a conversation is resumed."""


class Overlap(NamedTuple):
    """Where a later recording lies over an earlier one."""

    at: int
    """Step of the earlier one at which they begin to be the same."""
    length: int
    is_proven: bool
    """Whether enough of the shared steps can have happened only once."""


def identity_of(step: Step) -> int:
    """A number that only a copy of the very same step has too; 0 where a step says too little for that.

    What the user and the harness say does not count: a benchmark says it again in every run.
    """
    if step.kind not in _AGENTS:
        return _NO_IDENTITY
    if step.call_id is not None and len(step.call_id) >= LONG_ID:
        return hash((step.kind, step.text, step.call_id)) >> 32 or 1
    if step.at is not None and "." in step.at and step.text:
        return hash((step.kind, step.text, step.at)) >> 32 or 1
    return _NO_IDENTITY


def lead_of(run: Trajectory) -> int:
    """How many steps of the harness a run begins with."""
    return next((place for place, step in enumerate(run.steps) if step.kind not in _HARNESS), len(run.steps))


def overlap(earlier: StepIdentities, later: StepIdentities) -> Overlap | None:
    """The longest stretch at which the beginning of *later* lies over *earlier*; None where it is too short.

    Too short is what two runs of the same task may share: less than :data:`PROOF` steps that can have happened only
    once, and less than :data:`ENOUGH` different steps.
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
    """Pairs of places of which the second begins with a step that the first one holds, the very same one."""
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
