"""Runs put together from their recordings, as these are read once more."""

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
    """The first of its steps that no other recording holds."""


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
        """Yield *runs*, the fragments of a joined run replaced by that run when its last fragment has arrived."""
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
    """Put one run together.

    It is called what its first recording is called, and ended as the last one that says so. Steps from other files
    lose their line numbers. A branch begins with the request under which it parts from the other.

    Args:
        runs: Its recordings, in order.
        starts: For each the first step that is taken; only the first one may be a branch.
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
    """Where the request stands under which the step *start* was taken."""
    asked = (place for place in range(min(start, len(steps) - 1), 0, -1) if steps[place].kind == "user")
    return next(asked, start) if start else 0
