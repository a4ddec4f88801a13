"""Judge the steps of a recorded run in three values, by rules: sound, a slip that was repaired, fatal.

The values are those of DataPRM (arXiv 2604.24198). They describe a recording: rules cannot find a wrong value that
causes no error.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec

from t2s_local.stages.intake.slices import slice_trajectory
from t2s_local.text.check_results import check_of
from t2s_local.text.commands import changes_files, edited_file
from t2s_local.text.events import Event, action_signature, events_of
from t2s_local.text.recovery.recovered import WINDOW, mended_at, recovered_at, same_goal
from t2s_local.values.trajectory import Outcome, Trajectory, TrajectoryId
from t2s_local.values.value import Value

SOUND, REPAIRED, FATAL = 1.0, 0.5, 0.0
NO_ERROR = "no error seen"
NO_ANSWER = "no final answer"
_NOT_ITS_DOING = "the machine, the network or a person ended it"
BY_MODEL = "a model calls it"
"""Beginning of the reason of a verdict that a model lowered."""
_ENDED = re.compile(r"submit|complete|success|finish|answer|done|end_turn|stop|exit_status", re.IGNORECASE)
"""Words in the recorded reason of an end which say that the agent itself finished."""
_SUCCEEDED = "the run succeeded with it"
_LONGEST_QUOTE = 300


class StepVerdict(Value, frozen=True, kw_only=True):
    """Verdict on one step of the agent."""

    trajectory: TrajectoryId
    step: int
    """Index of the step in the trajectory."""
    verdict: float | None
    """1 for sound, 0.5 for repaired, 0 for fatal; None if the step cannot be judged."""
    reason: str
    quote: str | None = None
    """Error text of the recording behind the verdict, verbatim, at most 300 characters; None without an error."""


def judge_steps(run: Trajectory) -> tuple[StepVerdict, ...]:
    """Judge every call of *run* and the last step of the agent; return the verdicts in the order of the steps.

    Calls that were never made have no verdict.
    """
    found = {verdict.step: verdict for piece in slice_trajectory(run) for verdict in _calls(run.id, events_of(piece))}
    closing = _closing(run)
    if closing is not None and (closing.verdict == FATAL or closing.step not in found):
        kept = found.get(closing.step)
        found[closing.step] = kept if kept is not None and kept.verdict == FATAL else closing
    return tuple(found[step] for step in sorted(found))


def is_of_model(verdict: StepVerdict) -> bool:
    """Return whether a model lowered the verdict."""
    return verdict.reason.startswith(BY_MODEL)


def settled(verdicts: Sequence[StepVerdict], outcome: Outcome | None) -> tuple[StepVerdict, ...]:
    """Return *verdicts* of one run, corrected by its outcome: in a success, a last step without an answer is sound."""
    if outcome != "success" or not verdicts or verdicts[-1].reason != NO_ANSWER:
        return tuple(verdicts)
    return (*verdicts[:-1], msgspec.structs.replace(verdicts[-1], verdict=SOUND, reason=_SUCCEEDED))


def _calls(run: TrajectoryId, events: Sequence[Event]) -> Iterator[StepVerdict]:
    for position, event in enumerate(events):
        value, reason, quote = _of_failure(events, position) if event.failed else _of_success(events, position)
        shown = None if quote is None else quote[:_LONGEST_QUOTE]
        yield StepVerdict(trajectory=run, step=event.call, verdict=value, reason=reason, quote=shown)


def _of_failure(events: Sequence[Event], position: int) -> tuple[float | None, str, str | None]:
    event = events[position]
    later = repaired_at(events, position)
    if later is not None:
        return REPAIRED, f"an error that step {events[later].call} got past", event.error
    if event.is_infrastructure:
        return None, _NOT_ITS_DOING, event.error
    return FATAL, "an error that no later step got past", event.error


def repaired_at(events: Sequence[Event], position: int) -> int | None:
    """Return the position of the later call that repaired the failed call at *position*; None if there is none.

    Within the next few calls a call with the same goal counts; after them only the same call.
    """
    recovered, mended = recovered_at(events, position), mended_at(events, position)
    if recovered is not None or mended is not None:
        return recovered if mended is None else mended.proof if recovered is None else min(recovered, mended.proof)
    failed, near = events[position], position + WINDOW
    signature = action_signature(failed)
    for later in range(position + 1, len(events)):
        event = events[later]
        if event.failed or event.result is None or event.tool != failed.tool:
            continue
        if action_signature(event) == signature or (later <= near and same_goal(failed, event)):
            return later
    return None


def _of_success(events: Sequence[Event], position: int) -> tuple[float | None, str, str | None]:
    """Judge a call without an error by the next check: the call failed if that check fails over the changed file.

    Returns:
        Verdict, reason, and the error of the check (None if no check failed).
    """
    name = _changed_file(events[position])
    if name is None:
        return SOUND, NO_ERROR, None
    for later in range(position + 1, len(events)):
        event = events[later]
        if event.failed and check_of(event.action) is not None and name in event.output:
            again = next((item.call for item in events[later + 1 :] if _changed_file(item) == name), None)
            passed = repaired_at(events, later)
            if again is None and passed is None:
                return FATAL, f"step {event.call} fails over `{name}`, which was not changed again", event.error
            return REPAIRED, f"step {event.call} fails over `{name}`, which was mended later", event.error
        if check_of(event.action) is not None or _changed_file(event) == name:
            break
    return SOUND, NO_ERROR, None


def _changed_file(event: Event) -> str | None:
    """Return the name, without folders, of the file that a call changed; None if it changed no file."""
    if event.failed or not changes_files(event.tool, event.head):
        return None
    path = edited_file(event.tool, event.action)
    return None if path is None else path.rsplit("/", 1)[-1]


def _closing(run: Trajectory) -> StepVerdict | None:
    """Judge the last step of the agent: sound if it is an answer, else fatal; None if the agent did nothing."""
    own = [index for index, step in enumerate(run.steps) if step.kind in {"assistant", "thought", "tool_call"}]
    if not own:
        return None
    last = run.steps[own[-1]]
    has_words = last.kind == "assistant" and bool(last.text.strip())
    has_result = any(step.kind == "tool_result" for step in run.steps[own[-1] + 1 :])
    if run.termination is not None and run.termination.strip():
        answered = _ENDED.search(run.termination) is not None or has_words
    else:
        answered = has_words or (last.kind == "tool_call" and not has_result)
    value, reason = (SOUND, NO_ERROR) if answered else (FATAL, NO_ANSWER)
    return StepVerdict(trajectory=run.id, step=own[-1], verdict=value, reason=reason)
