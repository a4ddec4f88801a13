"""Preconditions: what was not done before a call that failed, and was before the same call where it passed."""

from collections.abc import Iterator, Sequence

from t2s_local.analysts._association import MIN_RUNS, mantel_haenszel
from t2s_local.analysts._commands import changes_state
from t2s_local.analysts._events import Event
from t2s_local.analysts._failures import error_signature
from t2s_local.analysts._lessons import lesson, quote, said
from t2s_local.analysts._runs import Run
from t2s_local.types import Lesson, Value

MIN_Z = 2.5
"""Above that of other contrasts: every earlier action is tried against every error."""


class Call(Value, frozen=True, kw_only=True):
    """One call of a tool that changes something, with what was done before it."""

    run: Run
    event: Event
    done: frozenset[str]
    """What had been run successfully before it, in the same piece."""


def preconditions(runs: Sequence[Run]) -> Iterator[Lesson]:
    """For every recurring error of a state-changing tool, the earlier action that goes with its absence."""
    calls: dict[str, list[Call]] = {}
    for run in runs:
        done: set[str] = set()
        for event in run.events:
            if changes_state(event.tool, event.head) and event.result is not None and not event.is_infrastructure:
                calls.setdefault(event.head, []).append(Call(run=run, event=event, done=frozenset(done)))
            if not event.failed:
                done.add(event.head)
    for head, made in sorted(calls.items()):
        errors = sorted({error_signature(call.event.error) for call in made if call.event.error is not None})
        for error in errors:
            found = _precondition(head, error, made)
            if found is not None:
                yield found


def _precondition(head: str, error: str, made: Sequence[Call]) -> Lesson | None:
    failed = [call for call in made if call.event.error is not None and error_signature(call.event.error) == error]
    passed = [call for call in made if not call.event.failed]
    runs = {call.run.piece.trajectory.id: call.run.piece.trajectory for call in failed}
    if len(runs) < MIN_RUNS or len(passed) < MIN_RUNS:
        return None
    best: tuple[float, str, tuple[int, int, int, int]] | None = None
    for action in sorted({name for call in passed for name in call.done} - {head}):
        good = sum(action in call.done for call in passed)
        bad = sum(action in call.done for call in failed)
        _, z = mantel_haenszel([(good, bad, len(passed) - good, len(failed) - bad)])
        if z >= MIN_Z and (best is None or z > best[0]):
            best = (z, action, (bad, good + bad, len(failed) - bad, len(passed) + len(failed) - good - bad))
    return None if best is None else _lesson(head, best, failed, passed)


def _lesson(
    head: str, best: tuple[float, str, tuple[int, int, int, int]], failed: Sequence[Call], passed: Sequence[Call]
) -> Lesson:
    _, action, (failed_with, with_it, failed_without, without) = best
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
