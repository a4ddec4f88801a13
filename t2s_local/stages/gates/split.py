"""The split between training runs and held-out runs: by task and by conversation."""

from collections.abc import Iterable, Sequence

from t2s_local.errors import T2SError
from t2s_local.text.text import clip, normalise
from t2s_local.values.trajectory import Trajectory
from t2s_local.values.value import Value, digest

SplitKey = tuple[str, str]
"""``run``, ``conversation`` or ``task``, and which."""


class SplitSide(Value, frozen=True, kw_only=True):
    """Keys of one run, by which it is told apart from the other side."""

    run: str
    conversation: str | None
    task: str
    """Empty where nothing is known of it."""

    @property
    def keys(self) -> frozenset[SplitKey]:
        """The keys."""
        found: tuple[tuple[str, str | None], ...] = (
            ("run", self.run),
            ("conversation", self.conversation),
            ("task", self.task),
        )
        return frozenset((kind, name) for kind, name in found if name)


def task_of(run: Trajectory) -> str:
    """Return what names the task of *run*: its id, or the request; empty where it has neither."""
    return run.task_id or normalise(run.task or "")


def refuse_leak(training: Iterable[SplitSide], held_out: Sequence[SplitSide]) -> None:
    """Refuse held-out runs that something was learned from.

    Raises:
        T2SError: a run, a task or a conversation is on both sides; the message names it.
    """
    learned = {key for side in training for key in side.keys}
    shared = sorted(learned & {key for side in held_out for key in side.keys})
    if shared:
        kind, name = shared[0]
        more = f", and {len(shared) - 1} more" if len(shared) > 1 else ""
        message = f"{kind} {clip(name, 80)!r} is among the training runs and among the held-out runs{more}"
        raise T2SError(message, hint="Split the runs by task and by conversation.")


def is_held_out(name: str, share: float, *, seed: int) -> bool:
    """Return whether the group called *name* is held out, of which *share* in [0, 1] are; decided by its digest."""
    return int(digest("hold-out", str(seed), name), 16) / 16**16 < share
