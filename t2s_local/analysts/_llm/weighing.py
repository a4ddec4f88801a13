"""Choice and order of the questions whose answers could change a rule.

The lesson of one run is no rule yet: a question is worth asking if other runs met the same failure, and the more runs
did, the earlier it is asked.
"""

from collections import Counter
from collections.abc import Iterable

import msgspec

from t2s_local.analysts._llm.evidence import FEWEST_CALLS, has_wish
from t2s_local.analysts._llm.faults import judged_events
from t2s_local.analysts._llm.situation import Kind, failures, settled
from t2s_local.analysts._llm.skills.reader import SkillReader
from t2s_local.text.events import Event
from t2s_local.text.text import mask, squeeze
from t2s_local.values.lesson import Unit
from t2s_local.values.trajectory import Slice, StepFaults, TrajectoryId

_ALWAYS = ("contrast", "skill")
"""Kinds of questions that are asked of a single run too: the other runs of the task, or the skill, stand beside it."""
LEAST_RUNS = 2
"""Fewest runs for an inferred lesson to enter a skill, whatever the settings say."""
UNNEEDED = "question not asked: no answer could change a rule"


class _Matters(msgspec.Struct, frozen=True, kw_only=True):
    """A unit with keys of its failures and wishes, by kind of question; runs with the same problem share a key."""

    unit: Unit
    run: TrajectoryId
    keys: dict[Kind, frozenset[str]]


def weighed(units: Iterable[Unit], faults: StepFaults, reader: SkillReader) -> tuple[Unit, ...]:
    """Return *units* with the kinds of questions worth asking, sorted by the number of runs with the same problem.

    Units without a question come first, since they need no time; then the units whose problem most runs share.

    Args:
        units: All units of a corpus, with their steps.
        faults: Calls that a judge called wrong.
        reader: The existing skills; every slice that concerns a section of them is asked about its lines.
    """
    found = [_matters(unit, faults, reader) for unit in units]
    runs: dict[str, set[TrajectoryId]] = {}
    for one in found:
        for kind, keys in one.keys.items():
            for key in keys:
                runs.setdefault(f"{kind} {key}", set()).add(one.run)
    counts = Counter({key: len(who) for key, who in runs.items()})
    ranked = []
    for one in found:
        worth = {kind: max(counts[f"{kind} {key}"] for key in keys) for kind, keys in one.keys.items() if keys}
        kinds = tuple(kind for kind, n in sorted(worth.items()) if n >= LEAST_RUNS or kind in _ALWAYS)
        n_left = len(worth) - len(kinds)
        most = max((worth[kind] for kind in kinds), default=None)
        rank = (most is not None, -(most or 0), one.unit.id)
        ranked.append((rank, msgspec.structs.replace(one.unit, questions=kinds, n_unneeded=n_left)))
    return tuple(unit for _, unit in sorted(ranked, key=lambda item: item[0]))


def _matters(unit: Unit, faults: StepFaults, reader: SkillReader) -> _Matters:
    if unit.kind == "corpus":
        return _Matters(unit=unit, run=TrajectoryId(""), keys={})
    piece = unit.slices[0]
    keys = {"contrast": frozenset({unit.id})} if unit.kind == "task" else _keys(piece, faults, reader)
    return _Matters(unit=unit, run=piece.trajectory.id, keys=keys)  # type: ignore[arg-type]  # the kinds, as spelt above


def _keys(piece: Slice, faults: StepFaults, reader: SkillReader) -> dict[Kind, frozenset[str]]:
    events = judged_events(piece, faults)
    known = settled(piece, events)
    unsettled = list(failures(events, known))
    keys: dict[Kind, frozenset[str]] = {}
    if unsettled and piece.trajectory.outcome != "failure":
        keys["failure"] = frozenset(map(_message, unsettled))
    if has_wish(piece):
        keys["wish"] = frozenset({""})
    if not known and not unsettled and piece.trajectory.outcome == "success" and len(events) >= FEWEST_CALLS:
        keys["success"] = frozenset({piece.id})  # shared by no run: what one run did well is no rule (decision 0602)
    if (part := reader.part(piece)) is not None:
        keys["skill"] = frozenset({str(part)})
    return keys


def _message(event: Event) -> str:
    """Return the error of *event* after its program, with the details of one run masked."""
    return f"{event.head}: {squeeze(mask(event.error or ''))}"
