"""Slices with what was done in them, and those whose tasks both succeed and fail."""

from collections.abc import Mapping, Sequence

from t2s_local.analysts._mined.before.records import Known
from t2s_local.analysts._notes import Note
from t2s_local.text.events import Event
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import Value


class Run(Value, frozen=True, kw_only=True):
    """One labelled run with what it did."""

    piece: Slice
    events: tuple[Event, ...]
    notes: tuple[Note, ...] = ()
    """Facts of it that are counted over many runs."""
    known: Mapping[int, tuple[Known, ...]] = {}
    """What earlier answers said of the things that a call acts on, by the step of the call."""
    spoken: tuple[tuple[int, str], ...] = ()
    """Sentences of the agent, with their steps."""

    @property
    def succeeded(self) -> bool:
        """Return whether the run is labelled as a success."""
        return self.piece.trajectory.outcome == "success"


def mixed(runs: Sequence[Run]) -> Mapping[str, Sequence[Run]]:
    """Runs by task, of the tasks that have succeeding and failing ones."""
    groups: dict[str, list[Run]] = {}
    for run in runs:
        task_id = run.piece.trajectory.task_id
        if task_id is not None and run.piece.trajectory.outcome in {"success", "failure"}:
            groups.setdefault(task_id, []).append(run)
    return {task_id: group for task_id, group in sorted(groups.items()) if len({run.succeeded for run in group}) == 2}
