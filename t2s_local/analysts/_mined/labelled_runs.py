"""Runs with their events, and the selection of tasks that have succeeding and failing runs."""

from collections.abc import Mapping, Sequence

from t2s_local.analysts._mined.before.records import Known
from t2s_local.analysts._notes import Note
from t2s_local.text.events import Event
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import Value


class Run(Value, frozen=True, kw_only=True):
    """One slice with its events and the facts that are counted over many runs."""

    piece: Slice
    events: tuple[Event, ...]
    notes: tuple[Note, ...] = ()
    """Facts of the run that are counted over many runs."""
    known: Mapping[int, tuple[Known, ...]] = {}
    """Facts in earlier answers about the objects that a call acts on, by the step of the call."""
    spoken: tuple[tuple[int, str], ...] = ()
    """Sentences of the agent, with their steps."""

    @property
    def succeeded(self) -> bool:
        """Return whether the run is labelled as a success."""
        return self.piece.trajectory.outcome == "success"


def mixed(runs: Sequence[Run]) -> Mapping[str, Sequence[Run]]:
    """Return the labelled runs by task, for tasks that have both succeeding and failing runs."""
    groups: dict[str, list[Run]] = {}
    for run in runs:
        task_id = run.piece.trajectory.task_id
        if task_id is not None and run.piece.trajectory.outcome in {"success", "failure"}:
            groups.setdefault(task_id, []).append(run)
    return {task_id: group for task_id, group in sorted(groups.items()) if len({run.succeeded for run in group}) == 2}
