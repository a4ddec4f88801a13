"""Make every text of a trajectory safe to show, and every number small enough to store."""

import msgspec

from t2s_local.safety.characters import safe
from t2s_local.values.identity import identify
from t2s_local.values.trajectory import Step, Trajectory

_DEPTH = 64
"""Depth at which nested arguments are cut: no tool accepts deeper ones, and they exhaust the stack."""

_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
"""Smallest and largest whole number that msgspec, and JSON and MessagePack across languages, can represent."""


def inert(run: Trajectory) -> Trajectory:
    """Return *run* with every text made inert and with its new id; the same object if nothing had to change."""
    steps = tuple(map(_inert_step, run.steps))
    named = {name: safe(text) for name in _NAMES if (text := getattr(run, name)) is not None}
    changed = {name: text for name, text in named.items() if text is not getattr(run, name)}
    if not changed and all(new is old for new, old in zip(steps, run.steps, strict=True)):
        return run
    cleaned = msgspec.structs.replace(run, steps=steps, **changed)
    return msgspec.structs.replace(cleaned, id=identify(cleaned.session_id, cleaned.task_id, steps))


_NAMES = ("session_id", "task_id", "task", "agent", "model", "started_at", "ended_at", "termination", "parent_id")


def _inert_step(step: Step) -> Step:
    changes: dict[str, object] = {}
    for name in ("text", "tool", "call_id", "at"):
        old = getattr(step, name)
        if old is not None and (new := safe(old)) is not old:
            changes[name] = new
    if step.exit_code is not None and not _SMALLEST <= step.exit_code <= _LARGEST:
        changes["exit_code"] = None
    if step.arguments is not None and (arguments := _inert_value(step.arguments, _DEPTH)) is not step.arguments:
        changes["arguments"] = arguments
    return msgspec.structs.replace(step, **changes) if changes else step


def _inert_value(value: object, depth: int) -> object:
    """Return *value* with every string in it made inert; the same object if nothing had to change.

    Whole numbers beyond 64 bits, which no store accepts, become text. Values nested deeper than *depth* become None.
    """
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, int) and not _SMALLEST <= value <= _LARGEST:
        return str(value)
    if not isinstance(value, dict | list) or not value:
        return value
    if depth == 0:
        return None
    if isinstance(value, list):
        items = [_inert_value(item, depth - 1) for item in value]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    pairs = {safe(str(key)): _inert_value(item, depth - 1) for key, item in value.items()}
    same = all(pairs.get(key, pairs) is item for key, item in value.items())
    return value if same and len(pairs) == len(value) else pairs
