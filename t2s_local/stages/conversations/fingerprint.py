"""Runs that were recorded more than once: identical ones, and snapshots of a conversation that grew."""

import struct
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from t2s_local.stages.conversations.overlap import identity_of, lead_of
from t2s_local.values.trajectory import Outcome, Trajectory

_WIDTH = 8
_AGENT_KINDS = frozenset({"assistant", "thought", "tool_call"})
LARGE_GROUP = 200
"""Snapshots of one session are compared pair by pair up to here, by their beginnings alone above."""


class Fingerprint(NamedTuple):
    """Part of a trajectory that is compared: small enough to be kept for every trajectory."""

    id: str
    source: str
    format: str
    session_id: str | None
    outcome: Outcome | None
    is_anonymous: bool
    """Whether it has no session, no task and no label, so that only its steps tell what it is."""
    chain: bytes
    """One hash a step, 8 bytes each; equal where kind, tool and text are equal, in all worker processes."""
    identities: bytes
    """One number a step, 4 bytes each, that only copies of it share; empty where no step has one."""
    lead: int
    """Steps of the harness it begins with."""


def print_of(run: Trajectory) -> Fingerprint:
    """Reduce *run* to what is compared."""
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
    """Positions of the trajectories that stay; the order of *prints* does not show in which content stays.

    Of identical runs one stays, a labelled one where there is one. A run whose steps all lie in another run of the
    same session, in one piece, goes. A run without session, task and label goes where another one begins with it.
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
    """Return the sort key of a recording: its content, whether it has a label and a time, and its place."""
    return item.id, item.outcome is None, not item.identities, item.source


def sessions(prints: Sequence[Fingerprint], places: Iterable[int]) -> list[list[int]]:
    """The *places* of each session that has more than one."""
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
    """Those with which another one begins: in sorted order that one comes next."""
    ordered = sorted(places, key=lambda place: (prints[place].chain, prints[place].id))
    return {place for place, following in pairwise(ordered) if prints[following].chain.startswith(prints[place].chain)}
