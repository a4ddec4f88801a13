"""Preconditions: actions that preceded a call where it passed and were missing where it failed."""

from collections.abc import Callable, Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote, said
from t2s_local.analysts._mined.association import MIN_RUNS, mantel_haenszel
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.text.commands import changes_state
from t2s_local.text.events import Event
from t2s_local.text.failures import error_signature
from t2s_local.values.lesson import Lesson
from t2s_local.values.value import Value

MIN_Z = 2.5
"""Least z value; higher than for other contrasts, because every earlier action is tried against every error."""


MIN_Z_WITHIN = 1.0
"""Least z value within tasks: few runs are left there, but they have to agree by more than chance."""
Strata = dict[str, list[int]]
"""Four counts per stratum: calls that passed and failed after an action, then without it."""


class PrecededCall(Value, frozen=True, kw_only=True):
    """One call of a tool that changes state, with the actions before it."""

    run: Run
    event: Event
    done: frozenset[str]
    """Actions that had succeeded before the call, in the same slice."""


def preconditions(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield a lesson for every recurring error of a state-changing tool that an earlier action prevents."""
    calls: dict[str, list[PrecededCall]] = {}
    for run in runs:
        done: set[str] = set()
        for event in run.events:
            if changes_state(event.tool, event.head) and event.result is not None and not event.is_infrastructure:
                calls.setdefault(event.head, []).append(PrecededCall(run=run, event=event, done=frozenset(done)))
            if not event.failed:
                done.add(event.head)
    for head, made in sorted(calls.items()):
        errors = sorted({error_signature(call.event.error) for call in made if call.event.error is not None})
        for error in errors:
            found = _precondition(head, error, made)
            if found is not None:
                yield found


def _precondition(head: str, error: str, made: Sequence[PrecededCall]) -> Lesson | None:
    failed = [call for call in made if call.event.error is not None and error_signature(call.event.error) == error]
    passed = [call for call in made if not call.event.failed]
    if len({call.run.piece.trajectory.id for call in failed}) < MIN_RUNS or len(passed) < MIN_RUNS:
        return None
    best: tuple[float, str, Strata] | None = None
    for action in sorted({name for call in passed for name in call.done} - {head}):
        strata = _strata(action, failed, passed, of=_harness)
        z = _z(strata)
        if z >= MIN_Z and (best is None or z > best[0]) and _holds_within_tasks(action, failed, passed):
            best = (z, action, strata)
    return None if best is None else _lesson(head, best[1], best[2], failed, passed)


def _strata(
    action: str, failed: Sequence[PrecededCall], passed: Sequence[PrecededCall], *, of: Callable[[PrecededCall], str]
) -> Strata:
    """Return counts of calls passed and failed after *action* and without it, for each value of the function *of*.

    A stratum is left out if none or all of its calls came after the action: an agent that never takes the action may
    fail for other reasons.
    """
    cells: dict[str, list[int]] = {}
    for calls, place in ((passed, 0), (failed, 1)):
        for call in calls:
            cells.setdefault(of(call), [0, 0, 0, 0])[place if action in call.done else place + 2] += 1
    return {key: cell for key, cell in sorted(cells.items()) if cell[0] + cell[1] and cell[2] + cell[3]}


def _harness(call: PrecededCall) -> str:
    return call.run.piece.trajectory.format


def _task(call: PrecededCall) -> str:
    return call.run.piece.trajectory.task_id or call.run.piece.trajectory.id


def _holds_within_tasks(action: str, failed: Sequence[PrecededCall], passed: Sequence[PrecededCall]) -> bool:
    """Return whether the association also exists within the tasks that have calls with the action and without it.

    True if there are no such tasks. An action that only some tasks require is associated with all else in these tasks.
    """
    cells = _strata(action, failed, passed, of=_task)
    return not cells or _z(cells) >= MIN_Z_WITHIN


def _z(strata: Strata) -> float:
    return mantel_haenszel(list(strata.values()))[1] if strata else 0.0


def _lesson(
    head: str, action: str, strata: Strata, failed: Sequence[PrecededCall], passed: Sequence[PrecededCall]
) -> Lesson:
    passed_with, failed_with, passed_without, failed_without = (
        sum(cells) for cells in zip(*strata.values(), strict=True)
    )
    with_it, without = passed_with + failed_with, passed_without + failed_without
    failed = [call for call in failed if _harness(call) in strata]
    passed = [call for call in passed if _harness(call) in strata]
    shown = failed[:3]
    evidence = [quote(call.run.piece, call.event.call, call.event.action, role="action") for call in shown]
    evidence += [
        quote(call.run.piece, call.event.result or 0, call.event.error or "", role="observation") for call in shown
    ]
    prepared = next(call for call in passed if action in call.done)
    earlier = next(event for event in prepared.run.events if event.head == action and not event.failed)
    evidence.append(quote(prepared.run.piece, earlier.call, earlier.action, role="fix"))
    return lesson(
        when=f"you are about to call `{head}`, which can fail with {said(failed[0].event.error or '')}",
        do=f"Call `{action}` before `{head}`.",
        because=(
            f"{failed_without} of {without} calls without it failed this way, "
            f"against {failed_with} of {with_it} after it"
        ),
        polarity="success",
        pattern="contrast",
        evidence=evidence,
        trajectories=[call.run.piece.trajectory for call in failed],
        tools=(failed[0].event.tool,),
    )
