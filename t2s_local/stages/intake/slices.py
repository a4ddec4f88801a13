"""Cut a trajectory into single-intent pieces: a lesson belongs to one of them."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from t2s_local.text.dialogue import is_new_request
from t2s_local.values.trajectory import Slice, SliceId, Step, Trajectory
from t2s_local.values.value import digest

MAX_STEPS = 400
"""A longer piece is cut at the next user step: no recorded single task in the corpora we read needed more."""
MOST_PIECES = 200
"""Pieces of one trajectory; the recorded one with most has 15. Behind so many only long ones are cut again."""


def slice_all(trajectories: Iterable[Trajectory]) -> tuple[Slice, ...]:
    """Cut every trajectory; pieces in the order of the trajectories."""
    return tuple(item for trajectory in trajectories for item in slice_trajectory(trajectory))


def slice_trajectory(trajectory: Trajectory) -> tuple[Slice, ...]:
    """Cut *trajectory* where its user asks for something new and where its history was compacted.

    A trajectory that carries an outcome or a task id is one task already and stays whole, up to its compactions.
    Pieces without any step of the agent are joined to the next one. Together the pieces cover every step.
    """
    cuts = cuts_of(trajectory)
    return tuple(piece(trajectory, start, stop) for start, stop in pairwise(cuts))


def cuts_of(trajectory: Trajectory) -> tuple[int, ...]:
    """Where the pieces of *trajectory* begin, and where the last one ends; empty where it has no steps."""
    cuts, has_acted = [0], False
    for index, step in enumerate(trajectory.steps):
        if has_acted and step.kind in {"user", "summary"} and _starts_piece(trajectory, cuts, index, step):
            cuts.append(index)
            has_acted = False
        has_acted = has_acted or step.kind in {"assistant", "thought", "tool_call"}
    return (*cuts, len(trajectory.steps)) if trajectory.steps else ()


def _starts_piece(trajectory: Trajectory, cuts: Sequence[int], index: int, step: Step) -> bool:
    """Return whether a user's turn or a summary, after an act of the agent since the last of *cuts*, begins a piece."""
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
    """The steps from *start* to before *stop* as a slice; where the steps are not loaded it has no request."""
    asked = next((step.text for step in trajectory.steps[start:stop] if step.kind == "user"), None)
    request = trajectory.task if start == 0 and trajectory.task is not None else asked
    return Slice(
        id=SliceId(digest(trajectory.id, str(start), str(stop))),
        trajectory=trajectory,
        start=start,
        stop=stop,
        request=request,
    )
