"""Clean trajectories on their way to the shelf."""

from typing import NamedTuple

from msgspec.structs import replace

from t2s_local.ports.services import Shelf
from t2s_local.stages.conversations.assemble import Key
from t2s_local.stages.intake.corpus import Outline, outline_of
from t2s_local.stages.intake.screen import screen
from t2s_local.values.funnel import Loss
from t2s_local.values.trajectory import Trajectory, TrajectoryId
from t2s_local.workspace import packed

_BATCH = 4 << 20
"""Characters of trajectories stored in one transaction."""


class Taken(NamedTuple):
    """Clean trajectories, ready to be stored."""

    keys: list[Key]
    """What they were called before they were cleaned."""
    rows: list[tuple[TrajectoryId, bytes]]
    outlines: tuple[Outline, ...]
    """Of those analysts may see."""
    losses: tuple[Loss, ...]


class Batch:
    """Clean trajectories that are stored together."""

    def __init__(self) -> None:
        """Begin with none."""
        self._keys: list[Key] = []
        self._runs: list[Trajectory] = []
        self._size = 0

    def add(self, key: Key, run: Trajectory) -> bool:
        """Add *run*; whether it is time to store."""
        self._keys.append(key)
        self._runs.append(run)
        self._size += sum(len(step.text) for step in run.steps)
        return self._size >= _BATCH

    def taken(self) -> Taken:
        """What was gathered, what an analyst must not see set aside; begin anew."""
        screened = screen(self._runs)
        rows = [(run.id, packed(run)) for run in self._runs]
        taken = Taken(self._keys, rows, tuple(map(outline_of, screened.trajectories)), screened.losses)
        self._keys, self._runs, self._size = [], [], 0
        return taken


def rough(run: Trajectory) -> Outline:
    """What tells which trajectories stay: neither texts nor cuts, which redaction and labels may still change."""
    return Outline(
        id=run.id,
        source=run.source,
        format=run.format,
        outcome=run.outcome,
        score=run.score,
        label_source=run.label_source,
    )


def labelled(run: Trajectory, outline: Outline) -> Trajectory:
    """*run* with the labels of *outline*."""
    return replace(run, outcome=outline.outcome, score=outline.score, label_source=outline.label_source)


class Stored:
    """What was stored so far."""

    def __init__(self, shelf: Shelf) -> None:
        """Begin with nothing."""
        self.outlines: list[Outline] = []
        self.losses: list[Loss] = []
        self._shelf = shelf
        self._batch = Batch()
        self._tasks: dict[str, str] = {}

    def add(self, key: Key, run: Trajectory) -> None:
        """Store *run*, with others."""
        if self._batch.add(key, run):
            self.flush()

    def flush(self) -> None:
        """Store what has gathered."""
        self.put(self._batch.taken())

    def put(self, batch: Taken) -> None:
        """Store *batch*."""
        self.losses += batch.losses
        for outline in batch.outlines:
            if outline.task is not None:
                outline = replace(outline, task=self._tasks.setdefault(outline.task, outline.task))
            self.outlines.append(outline)
        if batch.rows:
            self._shelf.put_trajectories(batch.rows)
