"""The id of a trajectory: a digest of its session, its task and its steps."""

import hashlib
from collections.abc import Iterable

import msgspec

from t2s_local.values.trajectory import Step, TrajectoryId
from t2s_local.values.value import digest

_PACKER = msgspec.msgpack.Encoder()
_MANY = 3000
"""Number of parts of a run (three for each step) above which the parts are packed one by one."""


def identify(session_id: str | None, task_id: str | None, steps: Iterable[Step]) -> TrajectoryId:
    """Return the id of a run: a digest of its session, task and steps, independent of its path and its label."""
    parts = [session_id or "", task_id or ""]
    add = parts.append
    for step in steps:
        add(step.kind)
        add(step.tool or "")
        add(step.text)
    try:
        state = hashlib.sha256(_PACKER.encode(parts)) if len(parts) < _MANY else _sum_of(parts)
        return TrajectoryId(state.hexdigest()[:16])
    except UnicodeEncodeError:
        return TrajectoryId(digest(*parts))


def _sum_of(parts: list[str]) -> "hashlib._Hash":
    """Return the SHA-256 of all *parts* as one MessagePack array, without a second copy of them in memory."""
    heads = _PACKER.encode([""] * len(parts))
    state = hashlib.sha256(heads[: -len(parts)])
    for part in parts:
        state.update(_PACKER.encode(part))
    return state
