"""Cut a trajectory into slices, each with a single intent; every lesson belongs to one slice."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from t2s_local.text.dialogue import is_new_request
from t2s_local.values.trajectory import Slice, SliceId, Step, Trajectory
from t2s_local.values.value import digest

MAX_STEPS = 400
"""Number of steps after which a slice ends at the next user step; no single task in the corpora read needed more."""
MOST_PIECES = 200
"""Number of slices of a trajectory after which only long slices are cut; the largest number recorded is 15."""


def slice_all(trajectories: Iterable[Trajectory]) -> tuple[Slice, ...]:
    """Return the slices of all trajectories, in the order of the trajectories."""
    return tuple(item for trajectory in trajectories for item in slice_trajectory(trajectory))


def slice_trajectory(trajectory: Trajectory) -> tuple[Slice, ...]:
    """Cut *trajectory* where its user makes a new request and where its history was compacted.

    A trajectory with an outcome or a task id is a single task, and is cut only at compactions and when a slice is long.
    A slice without a step of the agent is joined to the next slice. Together the slices cover every step.
    """
    cuts = cuts_of(trajectory)
    return tuple(piece(trajectory, start, stop) for start, stop in pairwise(cuts))


def cuts_of(trajectory: Trajectory) -> tuple[int, ...]:
    """Return the index of the first step of each slice, and the number of steps; empty if there are no steps."""
    cuts, has_acted = [0], False
    for index, step in enumerate(trajectory.steps):
        if has_acted and step.kind in {"user", "summary"} and _starts_piece(trajectory, cuts, index, step):
            cuts.append(index)
            has_acted = False
        has_acted = has_acted or step.kind in {"assistant", "thought", "tool_call"}
    return (*cuts, len(trajectory.steps)) if trajectory.steps else ()


def _starts_piece(trajectory: Trajectory, cuts: Sequence[int], index: int, step: Step) -> bool:
    """Return whether *step*, a user's message or a summary after an act of the agent, begins a new slice."""
    start, is_full = cuts[-1], len(cuts) >= MOST_PIECES
    if step.kind == "summary" and not is_full:
        return True
    if index - start >= MAX_STEPS:
        return True
    if is_full:
        return False
    so_far = trajectory.steps[start:index]
    is_one_task = trajectory.outcome is not None or trajectory.task_id is not None
    return not is_one_task and is_new_request(step.text, so_far)


def piece(trajectory: Trajectory, start: int, stop: int) -> Slice:
    """Return the steps from *start* to before *stop* as a slice; without loaded steps, its request may be None."""
    asked = next((step.text for step in trajectory.steps[start:stop] if step.kind == "user"), None)
    request = trajectory.task if start == 0 and trajectory.task is not None else asked
    return Slice(
        id=SliceId(digest(trajectory.id, str(start), str(stop))),
        trajectory=trajectory,
        start=start,
        stop=stop,
        request=request,
    )
