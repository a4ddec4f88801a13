"""Split runs into training runs and held-out runs, so that no task and no conversation is on both sides."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from t2s_local.errors import T2SError
from t2s_local.text.text import clip, normalise
from t2s_local.values.trajectory import Trajectory
from t2s_local.values.value import Value, digest
from t2s_local.vectors.exact_tests import TOLERANCE

SplitKey = tuple[str, str]
"""Kind of key (``run``, ``conversation`` or ``task``) and its name."""


class SplitSide(Value, frozen=True, kw_only=True):
    """Keys of one run: if runs of both sides share a key, the split leaks."""

    run: str
    conversation: str | None
    task: str
    """Name of the task; empty if unknown."""

    @property
    def keys(self) -> frozenset[SplitKey]:
        """Keys that are known, each with its kind."""
        found: tuple[tuple[str, str | None], ...] = (
            ("run", self.run),
            ("conversation", self.conversation),
            ("task", self.task),
        )
        return frozenset((kind, name) for kind, name in found if name)


APART = (
    "Split the runs by task and by conversation, or let `t2s distill RUNS --hold-out 20%` keep a part of them aside "
    "and measure every rule on it."
)
"""Hint for runs that are on both sides."""


def task_of(run: Trajectory) -> str:
    """Return the name of the task of *run*: its id, else the normalised request; empty if *run* has neither."""
    return run.task_id or normalise(run.task or "")


def refuse_leak(training: Iterable[SplitSide], held_out: Sequence[SplitSide]) -> None:
    """Refuse a split in which a held-out run shares a key with a training run.

    Raises:
        T2SError: a run, a task or a conversation is on both sides; the message names it.
    """
    learned = {key for side in training for key in side.keys}
    shared = sorted(learned & {key for side in held_out for key in side.keys})
    if shared:
        kind, name = shared[0]
        more = f", and {len(shared) - 1} more" if len(shared) > 1 else ""
        message = f"{kind} {clip(name, 80)!r} is among the training runs and among the held-out runs{more}"
        raise T2SError(message, hint=APART)


def held_out_groups(runs: Sequence[str], names: Sequence[Sequence[str]], share: float, *, seed: int) -> list[bool]:
    """Choose at most a *share* of the runs to hold out; the order of the runs does not change the choice.

    Runs that share a name form a group. Groups are visited in the order of their digests; a group that fits is chosen.

    Args:
        runs: Ids of the runs.
        names: For each run, the tasks and conversations that it belongs to; runs that share a name stay together.
        share: Largest share of the runs to hold out, in (0, 1).
        seed: Decides which runs are chosen.

    Returns:
        For each run, in the order of *runs*, whether it is held out.
    """
    groups = _groups(runs, names)
    members: dict[str, list[int]] = defaultdict(list)
    for at, group in enumerate(groups):
        members[group].append(at)
    room = int(share * len(runs) + TOLERANCE)
    chosen = [False] * len(runs)
    for group in sorted(members, key=lambda name: (digest("hold-out", str(seed), name), name)):
        if len(members[group]) <= room:
            room -= len(members[group])
            for at in members[group]:
                chosen[at] = True
    return chosen


def _groups(runs: Sequence[str], names: Sequence[Sequence[str]]) -> list[str]:
    """Return, for each run, the smallest run id in its group: runs connected, even indirectly, by shared names."""
    parent = {run: run for run in runs}

    def top(run: str) -> str:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    first: dict[str, str] = {}
    for run, named in zip(runs, names, strict=True):
        for name in named:
            one, other = sorted((top(run), top(first.setdefault(name, run))))
            parent[other] = one
    return [top(run) for run in runs]
