"""Trajectories from induced runs, whose leaves have roles."""

from collections.abc import Iterable, Iterator

from t2s_local.formats._build import answered, called, trajectory
from t2s_local.formats._induced.answers import Event, Ids, Slot, call_of, ids_between, marks_of
from t2s_local.formats._induced.induce import Induced
from t2s_local.formats._induced.leaves.leaves import Leaf, Rec
from t2s_local.formats._induced.leaves.trees import KEY, Pattern
from t2s_local.formats._induced.roles import Roles
from t2s_local.formats._induced.units import Unit
from t2s_local.formats._maps.call_shapes import FAILED
from t2s_local.ports.format import Passed
from t2s_local.records.outcome import label_of
from t2s_local.values.trajectory import Label, Step, StepKind, Trajectory

_KINDS: dict[str, StepKind] = {"system": "system", "user": "user", "thought": "thought", "agent": "assistant"}
_MOST_MARKS = 60


def steps_of(events: list[Event], roles: Roles, results: frozenset[Slot], ids: Ids | None) -> Iterator[Step]:
    """Yield the steps of a run; adjacent result texts of one record become one step."""
    pending: list[Leaf] = []
    holder: Rec | None = None
    for slot, leaf in events:
        if holder is not None and (slot not in results or leaf.rec is not holder):
            yield _result(pending, ids)
            holder, pending = None, []
        if slot is not None and slot in results:
            holder = leaf.rec
            pending.append(leaf)
        elif slot is None:
            yield from _call((slot, leaf), ids)
        elif str(leaf.value).strip():
            yield Step(kind=_KINDS[roles.said[slot]], text=str(leaf.value))
    if holder is not None:
        yield _result(pending, ids)


def _call(event: Event, ids: Ids | None) -> Iterator[Step]:
    call = call_of(event)
    if call is not None:
        identity = None if ids is None else marks_of(event[1]).get(ids.call)
        given = call.text if call.arguments is None else call.arguments
        yield called(call.tool, given, call_id=None if identity is None else str(identity))


def _result(leaves: list[Leaf], ids: Ids | None) -> Step:
    marks = marks_of(leaves[0])
    identity = None if ids is None else marks.get(ids.result)
    is_failed = any(isinstance(mark, str) and mark.lower() in FAILED for mark in leaves[0].rec.marks.values())
    text = "\n".join(str(leaf.value) for leaf in leaves)
    call_id = None if identity is None else str(identity)
    return answered(text, call_id=call_id, is_error=True if is_failed else None)


def trajectories(
    found: Induced, numbers: Iterable[int], *, source: str, format_name: str
) -> Iterator[Trajectory | Passed]:
    """Yield the trajectories of the runs with these numbers."""
    ids = ids_between(found.runs, found.results)
    name, ended = _name(found.units), _outcome(found.units)
    for number in numbers:
        unit = found.units[number]
        yield trajectory(
            steps_of(found.runs[number], found.roles, found.results, ids),
            source=source,
            format_name=format_name,
            session_id=_mark(unit, name),
            label=_label(unit, ended),
        )


def _marks(unit: Unit) -> Iterator[tuple[Pattern, object]]:
    """Yield the marks of the records about the whole run."""
    for rec in unit.heads:
        yield from list(rec.marks.items())[:_MOST_MARKS]


def _mark(unit: Unit, at: Pattern | None) -> str | None:
    return None if at is None else next((str(mark) for own, mark in _marks(unit) if own == at), None)


def _common(units: list[Unit]) -> list[Pattern]:
    """Return the marks that every run has in the records about it."""
    found = [dict(_marks(unit)) for unit in units]
    return [at for at in found[0] if all(at in one for one in found)] if found else []


def _name(units: list[Unit]) -> Pattern | None:
    """Return the mark with the id of a run: a text without spaces, different for each run; None if there is none."""
    for at in _common(units):
        marks = [dict(_marks(unit))[at] for unit in units]
        is_text = all(isinstance(mark, str) and " " not in mark and mark.count(":") < 2 for mark in marks)
        is_id = at[-1:] == (KEY,) or any(any(map(str.isdigit, str(mark))) for mark in marks)
        if is_text and is_id and len(set(marks)) == len(units):
            return at
    return None


def _outcome(units: list[Unit]) -> Pattern | None:
    """Return the named mark with the outcome of a run; None if no mark or several marks may be the outcome.

    Of several marks, those that differ between runs count, and of these the outermost.
    """
    ended: list[tuple[int, Pattern]] = []
    for at in _common(units):
        marks = [dict(_marks(unit))[at] for unit in units]
        is_graded = all(isinstance(mark, str | bool) or mark in (0, 1) for mark in marks)
        if is_graded and at and at[-1:] != (KEY,) and all(label_of(mark, "") is not None for mark in marks):
            ended.append((len(set(marks)), at))
    varied = [at for count, at in ended if count > 1] or [at for _, at in ended]
    outer = [at for at in varied if len(at) == min(map(len, varied))]
    return outer[0] if len(outer) == 1 else None


def _label(unit: Unit, at: Pattern | None) -> Label | None:
    mark = None if at is None else dict(_marks(unit)).get(at)
    return None if at is None or mark is None else label_of(mark, f"field:{at[-1]}")
