"""Find runs that were recorded more than once: identical runs, and snapshots of a growing conversation."""

import struct
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from t2s_local.stages.conversations.overlap import identity_of, lead_of
from t2s_local.values.trajectory import Outcome, Trajectory

_WIDTH = 8
_AGENT_KINDS = frozenset({"assistant", "thought", "tool_call"})
LARGE_GROUP = 200
"""Largest number of snapshots of a session that are compared in pairs; in a larger group only the beginnings are."""


class Fingerprint(NamedTuple):
    """Data by which a trajectory is compared with others: small enough to keep for every trajectory."""

    id: str
    source: str
    format: str
    session_id: str | None
    outcome: Outcome | None
    is_anonymous: bool
    """Whether the run has acts of an agent but no session, task and outcome, so that only its steps identify it."""
    chain: bytes
    """One hash of 8 bytes for each step; equal for equal kind, tool and text, in all worker processes."""
    identities: bytes
    """One number of 4 bytes for each step that only copies of the step share; empty if no step has such a number."""
    lead: int
    """Number of steps of the harness at the beginning."""


def print_of(run: Trajectory) -> Fingerprint:
    """Return the fingerprint of *run*."""
    hashes = [hash((step.kind, step.tool or "", step.text)) for step in run.steps]
    identities = [identity_of(step) for step in run.steps]
    has_agent = any(step.kind in _AGENT_KINDS for step in run.steps)
    return Fingerprint(
        id=run.id,
        source=run.source,
        format=run.format,
        session_id=run.session_id,
        outcome=run.outcome,
        is_anonymous=has_agent and run.session_id is None and run.task_id is None and run.outcome is None,
        chain=struct.pack(f"{len(hashes)}q", *hashes),
        identities=struct.pack(f"{len(identities)}i", *identities) if any(identities) else b"",
        lead=lead_of(run),
    )


def survivors(prints: Sequence[Fingerprint]) -> frozenset[int]:
    """Return the positions of the trajectories to keep; the order of *prints* does not change which content is kept.

    Of identical runs only one run is kept, a labelled run if there is any. A run is dropped if another run of the same
    session contains all its steps in one stretch. A run without session, task and outcome is dropped if another such
    run begins with the same steps.
    """
    order = sorted(range(len(prints)), key=lambda place: rank(prints[place]))
    first: dict[str, int] = {}
    for place in order:
        first.setdefault(prints[place].id, place)
    places = sorted(first.values(), key=lambda place: rank(prints[place]))
    gone: set[int] = set()
    for group in sessions(prints, places):
        gone |= _contained(prints, group)
    gone |= _beginnings(prints, [place for place in places if prints[place].is_anonymous])
    return frozenset(places) - gone


def rank(item: Fingerprint) -> tuple[str, bool, bool, str]:
    """Return the sort key of a recording: id, recordings with an outcome first, with identities first, and source."""
    return item.id, item.outcome is None, not item.identities, item.source


def sessions(prints: Sequence[Fingerprint], places: Iterable[int]) -> list[list[int]]:
    """Return the *places* of each session that has more than one recording among them."""
    groups: dict[str, list[int]] = {}
    for place in places:
        session = prints[place].session_id
        if session is not None:
            groups.setdefault(session, []).append(place)
    return [group for group in groups.values() if len(group) > 1]


def _contained(prints: Sequence[Fingerprint], group: list[int]) -> set[int]:
    if len(group) > LARGE_GROUP:
        return _beginnings(prints, group)
    by_length = sorted(group, key=lambda place: (-len(prints[place].chain), prints[place].id))
    kept: list[int] = []
    gone: set[int] = set()
    for place in by_length:
        if any(_holds(prints[longer].chain, prints[place].chain) for longer in kept):
            gone.add(place)
        else:
            kept.append(place)
    return gone


def _holds(longer: bytes, shorter: bytes) -> bool:
    position = longer.find(shorter)
    while position > 0 and position % _WIDTH:
        position = longer.find(shorter, position + 1)
    return position >= 0


def _beginnings(prints: Sequence[Fingerprint], places: list[int]) -> set[int]:
    """Return the *places* of recordings whose steps begin another recording, which sorting puts directly after them."""
    ordered = sorted(places, key=lambda place: (prints[place].chain, prints[place].id))
    return {place for place, following in pairwise(ordered) if prints[following].chain.startswith(prints[place].chain)}
