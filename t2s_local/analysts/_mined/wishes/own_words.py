"""Sentences that a user wrote: neither pasted nor copied from anything that the run showed before the message."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from t2s_local.analysts._mined.wishes.prose import sentences
from t2s_local.values.trajectory import Step, Trajectory

MOST_TURNS = 1000
"""Most messages of one conversation that are read; the longest recorded conversation we know has 30."""
_WIDTH = 24
"""Length of a passage, in characters, that nobody writes twice by chance."""
_NOT_SHOWN = frozenset({"user", "tool_call"})
"""Kinds of steps whose texts the user wrote or does not see."""
_CHUNK = 1 << 20
"""Number of characters that are compared at once."""
_BASE = 0x9E3779B97F4A7C15
_POWERS = {n: np.uint64(pow(_BASE, n, 1 << 64)) for n in (1, 2, 4, 8)}
_BITS = np.uint64(44)
"""Bits of a hash that the first look-up leaves out."""
_NEVER = np.iinfo(np.int64).max
_Hashes = NDArray[np.uint64]


def own_words(run: Trajectory) -> Mapping[int, Sequence[str]]:
    """Return the users' own sentences of *run* by step index; consecutive slices of one run share the result."""
    return _found(_ByIdentity(run))


class _ByIdentity:
    """Cache key of a run: it equals only itself, so that tool arguments need not be compared."""

    def __init__(self, run: Trajectory) -> None:
        self.run = run

    def __hash__(self) -> int:
        return hash(self.run.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and self.run is other.run


@lru_cache(maxsize=1)
def _found(wanted: _ByIdentity) -> Mapping[int, Sequence[str]]:
    return own_sentences(wanted.run.steps)


def own_sentences(steps: Sequence[Step]) -> dict[int, list[str]]:
    """Return the sentences that users wrote themselves, by step index; only of the first 1,000 messages.

    A sentence is left out if every passage of 24 characters in it occurs in an earlier result, answer or system
    message. The time grows linearly with the characters of the run, whatever they are.
    """
    turns = [at for at, step in enumerate(steps) if step.kind == "user"][:MOST_TURNS]
    said = {at: list(sentences(steps[at].text)) for at in turns}
    if all(step.kind in _NOT_SHOWN for step in steps[: max(turns, default=0)]):
        return said  # nothing was shown that could have been copied
    blocks = {one: _blocks(one) for found in said.values() for one in found if len(one) >= _WIDTH}
    if not blocks:
        return said
    wanted = np.unique(np.concatenate(list(blocks.values())))
    shown = _first_shown(steps[: turns[-1]], wanted)
    latest = {one: int(shown[np.searchsorted(wanted, found)].max()) for one, found in blocks.items()}
    return {at: [one for one in found if latest.get(one, _NEVER) >= at] for at, found in said.items()}


def _first_shown(steps: Sequence[Step], wanted: _Hashes) -> NDArray[np.int64]:
    """Return for each hash in *wanted* the index of the first step that shows its 24 characters to the user."""
    first = np.full(len(wanted), _NEVER, np.int64)
    is_near = np.zeros(1 << 20, np.bool_)
    is_near[wanted >> _BITS] = True
    for text, starts, places in _chunks(steps):
        hashes = _windows(text)
        at = np.flatnonzero(is_near[hashes >> _BITS])
        index = np.minimum(np.searchsorted(wanted, hashes[at]), len(wanted) - 1)
        is_wanted = wanted[index] == hashes[at]
        number, where = np.unique(index[is_wanted], return_index=True)
        place = places[np.searchsorted(starts, at[is_wanted][where], side="right") - 1]
        first[number] = np.minimum(first[number], place)
    return first


def _chunks(steps: Sequence[Step]) -> Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the texts shown to the user, joined into chunks, with the start and the step index of each text."""
    texts, starts, places, size = list[str](), list[int](), list[int](), 0
    for place, step in enumerate(steps):
        if step.kind in _NOT_SHOWN:
            continue
        for at in range(0, max(1, len(step.text)), _CHUNK):
            texts.append(step.text[at : at + _CHUNK + _WIDTH - 1])
            starts.append(size)
            places.append(place)
            size += len(texts[-1]) + 1
            if size >= _CHUNK:
                yield "\0".join(texts), np.array(starts), np.array(places)
                texts, starts, places, size = [], [], [], 0
    if size > _WIDTH:
        yield "\0".join(texts), np.array(starts), np.array(places)


def _blocks(sentence: str) -> _Hashes:
    """Return the hashes of *sentence*, at least 24 characters long, in blocks of 24 characters and of its last 24."""
    places = [*range(0, len(sentence) - _WIDTH, _WIDTH), len(sentence) - _WIDTH]
    return _windows(sentence)[places]


def _windows(text: str) -> _Hashes:
    """Return a hash of every passage of 24 characters of *text*, shape ``(n - 23,)``."""
    signs = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    two = signs[:-1] * _POWERS[1] + signs[1:]
    four = two[:-2] * _POWERS[2] + two[2:]
    eight = four[:-4] * _POWERS[4] + four[4:]
    sixteen = eight[:-8] * _POWERS[8] + eight[8:]
    found: _Hashes = sixteen[:-8] * _POWERS[8] + eight[16:]
    return found
