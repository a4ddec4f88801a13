"""Requests to a model that repeat the conversation so far: only the longest request of each run is kept."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from t2s_local.ports.format import Passed
from t2s_local.values.trajectory import Trajectory


def longest(runs: Iterable[Trajectory | Passed], *, source: str) -> Iterator[Trajectory | Passed]:
    """Yield the runs that no later run continues, in their order, and the number of the others."""
    found = list(runs)
    said = {
        id(run): tuple((step.kind, step.text) for step in run.steps) for run in found if isinstance(run, Trajectory)
    }
    ordered = sorted(set(said.values()))
    last = {words for words, after in pairwise([*ordered, ()]) if after[: len(words)] != words}
    n_repeats = 0
    for run in found:
        if isinstance(run, Passed):
            yield run
        elif (words := said[id(run)]) in last:
            last.discard(words)
            yield run
        else:
            n_repeats += 1
    if n_repeats:
        yield Passed(path=source, record="request that a later one goes on", count=n_repeats)
