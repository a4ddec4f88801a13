"""Results of gates in a library: the last result of each skill and mode in ``gates.json``, all in the evidence log."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from t2s_local.errors import T2SError
from t2s_local.files import write_atomic
from t2s_local.skills.library.evidence_log import append
from t2s_local.skills.library.own_folder import OwnFolder, bytes_of
from t2s_local.values.event import Event
from t2s_local.values.gates.note import GateNote
from t2s_local.values.gates.results import GateLevel

UseVerdict = Literal["helped", "hurt", "neutral", "inapplicable"]
_SOURCES: dict[GateLevel, Literal["recorded", "inferred", "measured"]] = {
    "L1": "recorded",
    "L2": "inferred",
    "L3": "measured",
}
_HELPED = frozenset({"supported", "accept", "accept_new_best", "promoted", "keep"})
_TURNED_DOWN = frozenset({"reject", "remove"})
"""Verdicts on a skill that changed nothing, did worse, or was not measured as a whole."""
_UNMEASURED = frozenset({"missing_task", "missing_score", "nothing_measured", "budget_over", "no_eval_command"})
"""Reasons of verdicts without a comparison."""
_SAME = 1e-9


def read_notes(own: OwnFolder) -> tuple[GateNote, ...]:
    """Return the last result of every skill and mode, sorted; empty if no gate noted a result.

    Raises:
        T2SError: the file cannot be read, or was damaged.
    """
    data = bytes_of(own.gates)
    try:
        return () if data is None else msgspec.json.decode(data, type=tuple[GateNote, ...])
    except msgspec.DecodeError as error:
        message = f"not the results of gates ({error})"
        raise T2SError(message, path=own.gates, hint="Move it away; `t2s gate` writes it anew.") from error


def note(own: OwnFolder, found: Sequence[GateNote]) -> None:
    """Store results in a library that has an own folder; earlier results remain in the evidence log.

    Raises:
        T2SError: the library's own folder is a link or no folder, or cannot be written.
    """
    own.refuse_odd()
    with own.locked("gate"):
        kept = {(item.skill, item.mode): item for item in (*read_notes(own), *found)}
        append(own.log, [_event(item) for item in found])
        write_atomic(own.gates, msgspec.json.encode([kept[key] for key in sorted(kept)]) + b"\n")


def verdict_of(item: GateNote) -> UseVerdict | None:
    """Return the verdict that the evidence log gets for a result; None if the gate compared nothing.

    A rejected skill counts as harmful only if a task or a figure got worse; a skill rejected for lack of gain is
    neutral.
    """
    if item.verdict == "not_applicable":
        return "inapplicable"
    if item.reason in _UNMEASURED or item.verdict in ("insufficient", "unassessed"):
        return None
    if item.verdict in _HELPED:
        return "helped"
    return "hurt" if item.verdict in _TURNED_DOWN and _did_worse(item) else "neutral"


def _did_worse(item: GateNote) -> bool:
    """Return whether a task or the figure of the skill was worse with the skill than without."""
    figures = item.figures
    if item.verdict == "remove" or (figures.get("worse") or 0) > (figures.get("better") or 0):
        return True
    if item.reason == "task_worse":
        return True
    pairs = [(figures.get("net"), figures.get("current", 0.0)), (figures.get("mean_after"), figures.get("mean_before"))]
    pairs.append((figures.get("marginal_utility"), 0.0))
    return any(after is not None and before is not None and after < before - _SAME for after, before in pairs)


def _event(item: GateNote) -> Event:
    figures = ", ".join(f"{name} {value:g}" for name, value in item.figures.items() if value is not None)
    return Event(
        at=item.at,
        kind="gated",
        skill=item.skill,
        digest=item.digest,
        category=item.mode,
        verdict=verdict_of(item),
        source=_SOURCES[item.level],
        reason=f"{item.level} {item.mode}: {item.verdict}; {figures}",
    )
