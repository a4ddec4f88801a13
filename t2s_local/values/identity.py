"""The id of a trajectory: a digest of its session, its task and its steps."""

import hashlib
from collections.abc import Iterable
from itertools import chain
from operator import attrgetter

import msgspec

from t2s_local.values.trajectory import Step, TrajectoryId
from t2s_local.values.value import digest

_PACKER = msgspec.msgpack.Encoder()
_PARTS = attrgetter("kind", "tool", "text")
_MANY = 3000
"""Parts of a run, three a step, from which on they are not packed together."""


def identify(session_id: str | None, task_id: str | None, steps: Iterable[Step]) -> TrajectoryId:
    """Identify a run by what happened in it: not by its path, its label or the order of keys."""
    parts = [session_id or "", task_id or ""]
    parts += [part or "" for part in chain.from_iterable(map(_PARTS, steps))]
    try:
        state = hashlib.sha256(_PACKER.encode(parts)) if len(parts) < _MANY else _sum_of(parts)
        return TrajectoryId(state.hexdigest()[:16])
    except UnicodeEncodeError:
        return TrajectoryId(digest(*parts))


def _sum_of(parts: list[str]) -> "hashlib._Hash":
    """The same as of all *parts* packed at once, which would take as much memory as they do."""
    heads = _PACKER.encode([""] * len(parts))
    state = hashlib.sha256(heads[: -len(parts)])
    for part in parts:
        state.update(_PACKER.encode(part))
    return state
