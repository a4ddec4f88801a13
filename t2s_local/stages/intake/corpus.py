"""The trajectories of a run: what is known of each at hand, their steps in the store until they are looked at."""

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
"""Characters of steps that are held at once: a corpus below this is loaded once, a larger one as it is worked on."""

_DAY = re.compile(r"(?:19|20)\d\d-[01]\d-[0-3]\d(?![\d-])")
_MOST_TOOLS = 64
_OF_A_STEP = 256
"""Characters that the objects of a step weigh as much as (measured: 38 objects and 245 bytes a step)."""


class Outline(Value, frozen=True, kw_only=True, omit_defaults=True):
    """A trajectory without its steps."""

    id: TrajectoryId
    source: str
    format: str
    task_id: str | None = None
    task: str | None = None
    label: Label | None = None
    cuts: tuple[int, ...] = ()
    """Where its slices begin, and where the last one ends."""
    n_characters: int = 0
    """Length of all its steps."""
    session: str | None = None
    """The session it is, as its format tells them apart."""
    parent: str | None = None
    """Session of the run that started it as a sub-agent."""
    agent: str | None = None
    """The program that recorded it, where the recording is that program's own."""
    project: str | None = None
    """Repository or folder it worked in."""
    tools: tuple[str, ...] = ()
    """Names of the tools it called, sorted."""
    day: str | None = None
    """Day on which it ended, ``YYYY-MM-DD``, where the recording has times."""

    @property
    def outcome(self) -> Outcome | None:
        """Outcome that its label states."""
        return None if self.label is None else self.label.outcome


def outline_of(run: Trajectory) -> Outline:
    """Return the outline of *run* that stays in memory."""
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
    """Trajectories by id, loaded when they are looked at; a bounded number of them is held."""

    def __init__(self, outlines: Sequence[Outline], shelf: TrajectoryStore, *, held: int = HELD // 2) -> None:
        """Know *outlines* and where to load the rest.

        Args:
            outlines: By id.
            shelf: Where the trajectories are stored.
            held: Characters of steps that are kept in memory.
        """
        self.outlines = {outline.id: outline for outline in outlines}
        self._shelf = shelf
        self._room = held
        self._held: dict[TrajectoryId, Trajectory] = {}

    def __len__(self) -> int:
        """Number of trajectories."""
        return len(self.outlines)

    def __iter__(self) -> Iterator[TrajectoryId]:
        """The ids, sorted."""
        return iter(self.outlines)

    def __getitem__(self, trajectory_id: TrajectoryId) -> Trajectory:
        """The whole trajectory.

        Raises:
            KeyError: it is not one of these.
        """
        outline = self.outlines[trajectory_id]
        run = self._held.pop(trajectory_id, None)
        if run is None:
            run = self._load(outline)
        self._held[trajectory_id] = run
        return run

    def slices(self) -> tuple[Slice, ...]:
        """Every slice, in the order of the trajectories, without steps and requests."""
        return slices_of(self.outlines.values())

    def whole(self, slices: Sequence[Slice]) -> "LoadedSlices":
        """*slices* with their steps, which are loaded when a slice is looked at."""
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
    """Characters of a trajectory that is held, its steps counted as what they take beside their texts."""
    return outline.n_characters + _OF_A_STEP * (outline.cuts[-1] if outline.cuts else 0)


class LoadedSlices(Sequence[Slice]):
    """Slices whose steps are loaded when they are looked at."""

    def __init__(self, slices: Sequence[Slice], corpus: Corpus) -> None:
        """Show *slices* of trajectories in *corpus*."""
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
        """One slice with its steps, or some that are loaded in turn."""
        if isinstance(place, slice):
            return LoadedSlices(self._slices[place], self._corpus)
        wanted = self._slices[place]
        return piece(self._corpus[wanted.trajectory.id], wanted.start, wanted.stop)


def slices_of(outlines: Iterable[Outline]) -> tuple[Slice, ...]:
    """Every slice of *outlines*, in their order, without steps and requests."""
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
