"""Assemble runs that consist of several recordings, while the recordings are read a second time."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from t2s_local.values.identity import identify
from t2s_local.values.trajectory import Step, Trajectory

Key = tuple[str, str]
"""The id and the source of a recording."""


class Fragment(NamedTuple):
    """The part of a recording that belongs to a joined run."""

    key: Key
    start: int
    """Index of the first step of the recording that no other recording contains."""


JoinedRun = tuple[Fragment, ...]
"""A run in the order of its fragments."""


class Assembler:
    """Buffers fragments until every fragment of a joined run has arrived."""

    def __init__(self, joined_runs: Iterable[JoinedRun]) -> None:
        """Wait for the fragments of *joined_runs*."""
        self._runs = {fragment.key: run for run in joined_runs for fragment in run}
        self._held: dict[Key, Trajectory] = {}
        self._done: set[Key] = set()

    @property
    def missing(self) -> frozenset[Key]:
        """Recordings that have not arrived yet."""
        return frozenset(self._runs) - frozenset(self._held) - self._done

    def assembled(self, runs: Iterable[Trajectory]) -> Iterator[Trajectory]:
        """Yield *runs*, with the fragments of a joined run replaced by that run once its last fragment arrives."""
        for run in runs:
            key = (run.id, run.source)
            whole = self._runs.get(key)
            if whole is None:
                yield run
            elif key not in self._done:
                self._held[key] = run
                if all(fragment.key in self._held for fragment in whole):
                    parts = [self._held.pop(fragment.key) for fragment in whole]
                    self._done.update(fragment.key for fragment in whole)
                    yield assemble(parts, [fragment.start for fragment in whole])


def assemble(runs: Sequence[Trajectory], starts: Sequence[int]) -> Trajectory:
    """Return one run assembled from its recordings.

    The run has the session and the source of its first recording, and the label of the last labelled recording. Steps
    from other files lose their line numbers. A branch begins with the request after which it differs from the other
    run.

    Args:
        runs: The recordings of the run, in order.
        starts: For each recording, the index of the first step to use; the first is above 0 only for a branch.
    """
    first, last = runs[0], runs[-1]
    steps = list(first.steps[_turn(first.steps, starts[0]) :])
    for run, start in zip(runs[1:], starts[1:], strict=True):
        steps += [step if run.source == first.source else _elsewhere(step) for step in run.steps[start:]]
    ended = next((run for run in reversed(runs) if run.label is not None), last)
    return msgspec.structs.replace(
        first,
        id=identify(first.session_id, first.task_id, steps),
        steps=tuple(steps),
        model=first.model or last.model,
        project=first.project or last.project,
        ended_at=last.ended_at,
        termination=last.termination,
        label=ended.label,
    )


def _elsewhere(step: Step) -> Step:
    return msgspec.structs.replace(step, line=None)


def _turn(steps: Sequence[Step], start: int) -> int:
    """Return the index of the last request of the user up to step *start*; *start* itself if there is none."""
    asked = (place for place in range(min(start, len(steps) - 1), 0, -1) if steps[place].kind == "user")
    return next(asked, start) if start else 0
