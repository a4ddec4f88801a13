"""The trajectories of a run: outlines in memory, and steps in the store until they are needed."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from sys import intern
from typing import overload

import msgspec

from t2s_local.ports.services import TrajectoryStore
from t2s_local.stages.intake.slices import cuts_of, piece
from t2s_local.values.trajectory import Label, Outcome, Slice, Trajectory, TrajectoryId
from t2s_local.values.value import Value

HELD = 64 << 20
"""Largest number of characters of steps in memory: a corpus below this is loaded once, a larger one piece by piece."""

_DAY = re.compile(r"(?:19|20)\d\d-[01]\d-[0-3]\d(?![\d-])")
_MOST_TOOLS = 64
_OF_A_STEP = 256
"""Memory of a step's objects besides its text, in characters (measured: 38 objects and 245 bytes for each step)."""


class Outline(Value, frozen=True, kw_only=True, omit_defaults=True):
    """A trajectory without its steps."""

    id: TrajectoryId
    source: str
    format: str
    task_id: str | None = None
    task: str | None = None
    label: Label | None = None
    cuts: tuple[int, ...] = ()
    """Index of the first step of each slice, and the index after the last step."""
    n_characters: int = 0
    """Number of characters in all steps of the trajectory."""
    session: str | None = None
    """Id of the trajectory's session, as its format states it."""
    parent: str | None = None
    """Session of the run that started this run as a sub-agent; None if it is no sub-agent."""
    agent: str | None = None
    """The program that recorded the trajectory, if the recording is in that program's own format."""
    project: str | None = None
    """Repository or folder in which the agent worked."""
    tools: tuple[str, ...] = ()
    """Sorted names of the tools that the run called, at most 64."""
    day: str | None = None
    """Day on which the run ended, or else began, ``YYYY-MM-DD``; None if the recording has no times."""

    @property
    def outcome(self) -> Outcome | None:
        """Outcome that the label states; None without a label."""
        return None if self.label is None else self.label.outcome


def outline_of(run: Trajectory) -> Outline:
    """Return the outline of *run*, which remains in memory."""
    return Outline(
        id=run.id,
        source=run.source,
        format=run.format,
        task_id=run.task_id,
        task=run.task,
        label=run.label,
        cuts=cuts_of(run),
        n_characters=sum(len(step.text) for step in run.steps),
        session=run.session_id,
        parent=run.parent_id,
        agent=run.agent,
        project=run.project,
        tools=tuple(map(intern, sorted({step.tool for step in run.steps if step.kind == "tool_call" and step.tool})))[
            :_MOST_TOOLS
        ],
        day=_day(run.ended_at or run.started_at),
    )


def _day(at: str | None) -> str | None:
    found = _DAY.match(at or "")
    return found[0] if found else None


class Corpus(Mapping[TrajectoryId, Trajectory]):
    """Trajectories by id, which are loaded on access; only a bounded number stays in memory."""

    def __init__(self, outlines: Sequence[Outline], shelf: TrajectoryStore, *, held: int = HELD // 2) -> None:
        """Index *outlines*; load no steps yet.

        Args:
            outlines: Outlines of the trajectories, sorted by id.
            shelf: Store of the trajectories.
            held: Largest number of characters of steps in memory.
        """
        self.outlines = {outline.id: outline for outline in outlines}
        self._shelf = shelf
        self._room = held
        self._held: dict[TrajectoryId, Trajectory] = {}

    def __len__(self) -> int:
        """Number of trajectories."""
        return len(self.outlines)

    def __iter__(self) -> Iterator[TrajectoryId]:
        """Iterate over the ids, sorted."""
        return iter(self.outlines)

    def __getitem__(self, trajectory_id: TrajectoryId) -> Trajectory:
        """Return the whole trajectory, loaded from the store if it is not in memory.

        Raises:
            KeyError: there is no such trajectory.
        """
        outline = self.outlines[trajectory_id]
        run = self._held.pop(trajectory_id, None)
        if run is None:
            run = self._load(outline)
        self._held[trajectory_id] = run
        return run

    def release(self) -> None:
        """Drop the steps in memory; they are loaded again on access."""
        self._room += sum(_weight(self.outlines[one]) for one in self._held)
        self._held.clear()

    def slices(self) -> tuple[Slice, ...]:
        """Return every slice, in the order of the trajectories, without steps and requests."""
        return slices_of(self.outlines.values())

    def whole(self, slices: Sequence[Slice]) -> "LoadedSlices":
        """Return *slices* with their steps, which are loaded when a slice is accessed."""
        return LoadedSlices(slices, self)

    def _load(self, outline: Outline) -> Trajectory:
        stored = self._shelf.trajectory(outline.id)
        if stored is None:
            raise KeyError(outline.id)
        self._room -= _weight(outline)
        while self._room < 0 and self._held:
            oldest = next(iter(self._held))
            del self._held[oldest]
            self._room += _weight(self.outlines[oldest])
        return msgspec.structs.replace(stored, source=outline.source, label=outline.label)


def _weight(outline: Outline) -> int:
    """Return the memory of a trajectory in characters: its texts, and the objects of its steps."""
    return outline.n_characters + _OF_A_STEP * (outline.cuts[-1] if outline.cuts else 0)


class LoadedSlices(Sequence[Slice]):
    """Slices whose steps are loaded on access."""

    def __init__(self, slices: Sequence[Slice], corpus: Corpus) -> None:
        """Wrap *slices*, whose trajectories are in *corpus*."""
        self._slices = slices
        self._corpus = corpus

    def __len__(self) -> int:
        """Number of slices."""
        return len(self._slices)

    @overload
    def __getitem__(self, place: int) -> Slice: ...
    @overload
    def __getitem__(self, place: slice) -> "LoadedSlices": ...
    def __getitem__(self, place: int | slice) -> "Slice | LoadedSlices":
        """Return one slice with its steps, or a sequence of slices that are loaded on access."""
        if isinstance(place, slice):
            return LoadedSlices(self._slices[place], self._corpus)
        wanted = self._slices[place]
        return piece(self._corpus[wanted.trajectory.id], wanted.start, wanted.stop)


def slices_of(outlines: Iterable[Outline]) -> tuple[Slice, ...]:
    """Return every slice of *outlines*, in their order, without steps and requests."""
    return tuple(
        piece(light, start, stop)
        for outline in outlines
        for light in [_light(outline)]
        for start, stop in pairwise(outline.cuts)
    )


def _light(outline: Outline) -> Trajectory:
    return Trajectory(
        id=outline.id,
        source=outline.source,
        format=outline.format,
        steps=(),
        task_id=outline.task_id,
        label=outline.label,
    )
