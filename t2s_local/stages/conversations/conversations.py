"""Find recordings that are pieces of one conversation: continuations, which are joined, and branches."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from t2s_local.stages.conversations.fingerprint import LARGE_GROUP, Fingerprint, rank, sessions, survivors
from t2s_local.stages.conversations.overlap import Overlap, StepIdentities, neighbours, overlap


class RunPiece(NamedTuple):
    """The steps of one recording that are part of a run."""

    place: int
    """Position of the recording."""
    start: int
    """Index of the first step of the recording that no other recording contains."""


class JoinPlan(NamedTuple):
    """Plan that says which recordings are kept, dropped and joined."""

    alone: frozenset[int]
    """Positions of the recordings that are kept unchanged."""
    wholes: tuple[tuple[RunPiece, ...], ...]
    """Runs assembled from several recordings, and branches without the steps that they share."""
    n_gone: int
    """Number of recordings that another recording contains, which are dropped."""
    n_joined: int
    """Number of recordings that continue another recording."""
    n_branches: int


class _Link(NamedTuple):
    """Relation between a later recording and an earlier recording that contains its beginning."""

    before: int
    """Position of the earlier recording."""
    start: int
    """Number of steps at the beginning of the later recording that are shared, with the harness's steps before them."""
    reaches_end: bool
    """Whether the shared steps are the end of the earlier recording."""
    is_held: bool
    """Whether the earlier recording contains the whole later recording."""


def plan(prints: Sequence[Fingerprint]) -> JoinPlan:
    """Plan which recordings are kept, dropped and joined; the order of *prints* does not decide which content is kept.

    If a recording begins with the end of another recording, both become one run. For this, both are from one session
    and share enough different steps, or enough steps have the same identity, whatever the session is called. If two
    recordings differ after a shared beginning, the shorter recording is a branch, which keeps only its own turns. Runs
    with different labels are never joined.
    """
    staying = survivors(prints)
    order = sorted(staying, key=lambda place: rank(prints[place]))
    every = _links(prints, order)
    held = {place for place, found in every.items() if any(link.is_held for link in found)}
    kept = [place for place in order if place not in held]
    links = {place: _best(prints, found) for place, found in (_links(prints, kept) if held else every).items()}
    follows = _continuations(prints, links)
    wholes = []
    for place in kept:
        if place in follows.values():
            continue
        pieces = [RunPiece(place, links[place].start if place in links else 0)]
        while (following := follows.get(pieces[-1].place)) is not None:
            pieces.append(RunPiece(following, links[following].start))
        if len(pieces) > 1 or pieces[0].start:
            wholes.append(tuple(pieces))
    used = {piece.place for pieces in wholes for piece in pieces}
    return JoinPlan(
        alone=frozenset(kept) - used,
        wholes=tuple(wholes),
        n_gone=len(prints) - len(kept),
        n_joined=len(used) - len(wholes),
        n_branches=sum(pieces[0].start > 0 for pieces in wholes),
    )


def _links(prints: Sequence[Fingerprint], places: Sequence[int]) -> dict[int, list[_Link]]:
    """Return, for each recording, its links to the earlier recordings that contain its beginning."""
    lines = {place: _lines(prints[place]) for place in places}
    pairs = neighbours(lines)
    for group in sessions(prints, places):
        if len(group) <= LARGE_GROUP:
            pairs.update(pair for one, other in combinations(group, 2) for pair in ((one, other), (other, one)))
    found: dict[int, list[_Link]] = {}
    for earlier, later in sorted(pairs):
        one, other = prints[earlier], prints[later]
        if one.outcome is not None and other.outcome is not None and one.outcome != other.outcome:
            continue
        shared = overlap(lines[earlier], lines[later])
        if shared is not None and _is_one_conversation(one, other, shared):
            start = lines[later].lead + shared.length
            reaches_end = shared.at + shared.length == len(lines[earlier].steps)
            link = _Link(earlier, start, reaches_end, start == len(lines[later].steps))
            if _counts(prints, later, link, begins_alike=shared.at == lines[earlier].lead, is_proven=shared.is_proven):
                found.setdefault(later, []).append(link)
    return found


def _lines(item: Fingerprint) -> StepIdentities:
    return StepIdentities(memoryview(item.chain).cast("q"), memoryview(item.identities).cast("i"), item.lead)


def _is_one_conversation(one: Fingerprint, other: Fingerprint, shared: Overlap) -> bool:
    if one.session_id is not None and one.session_id == other.session_id:
        return True
    return shared.is_proven and one.format == other.format


def _counts(prints: Sequence[Fingerprint], later: int, link: _Link, *, begins_alike: bool, is_proven: bool) -> bool:
    """Return whether a link makes the later recording a piece of the earlier recording.

    If both have the same beginning, equal texts are not enough for a branch: steps must be proven to be the same.
    """
    one, other = prints[link.before], prints[later]
    if link.is_held or begins_alike:
        size = (len(one.chain) - one.lead * 8, other.id) > (len(other.chain) - other.lead * 8, one.id)
        return size and (link.is_held or is_proven)
    return is_proven or link.reaches_end


def _best(prints: Sequence[Fingerprint], links: Sequence[_Link]) -> _Link:
    ordered = sorted(links, key=lambda link: rank(prints[link.before]))
    return max(ordered, key=lambda link: (link.reaches_end, link.start))


def _continuations(prints: Sequence[Fingerprint], links: dict[int, _Link]) -> dict[int, int]:
    """Return, for each continued recording, the recording that continues it (the longest, if there are several).

    Links that would close a circle are deleted from *links*.
    """
    follows: dict[int, int] = {}
    preceded: dict[int, int] = {}
    longest = sorted(links, key=lambda place: (links[place].start * 8 - len(prints[place].chain), rank(prints[place])))
    for place in longest:
        before = links[place].before
        if not links[place].reaches_end or before in follows:
            continue
        root: int | None = before
        while root is not None and root != place:
            root = preceded.get(root)
        if root == place:
            del links[place]
        else:
            follows[before], preceded[place] = place, before
    return follows
