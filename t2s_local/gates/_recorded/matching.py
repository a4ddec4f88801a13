"""Look up a rule in a run: find where its situation occurs, and whether the run did its action."""

from collections.abc import Iterator

from t2s_local.gates._recorded.observed import ObservedRun
from t2s_local.gates._recorded.probe import Probe, Wanted, Way


def is_done_in(probe: Probe, run: ObservedRun) -> bool | None:
    """Return whether *run* did the action of a rule; None if the situation of the rule does not occur in *run*.

    If the situation occurs several times, the action counts from the first occurrence on.
    """
    at = first_occurrence(probe, run)
    return None if at is None else is_done_from(probe, run, at)


def is_done_from(probe: Probe, run: ObservedRun, at: int) -> bool:
    """Return whether *run* did the action, for a situation at call number *at* (from 0; -1 is the start of the run)."""
    return any(_is_done(way, probe, run, at) for way in probe.ways)


def first_occurrence(probe: Probe, run: ObservedRun) -> int | None:
    """Return the number of the call at which the situation first occurs; -1 for the start, None if it never occurs."""
    return next(_occurrences(probe, run), None)


def _occurrences(probe: Probe, run: ObservedRun) -> Iterator[int]:
    """Yield the numbers of the calls at which the situation occurs; -1 for the start of the run."""
    if probe.rule.project is not None and probe.rule.project.casefold() not in run.project:
        return
    if probe.kinds:
        yield from _failures(probe, run)
    elif probe.rule.is_at_start:
        yield -1
    elif probe.occasions:
        yield from (at for at, call in enumerate(run.calls) if any(one.is_in(call) for one in probe.occasions))
    elif probe.orders_never:
        refused = [one for way in probe.ways for one in way.forbidden]
        yield from (at for at, call in enumerate(run.calls) if any(one.is_in(call) for one in refused))


def _failures(probe: Probe, run: ObservedRun) -> Iterator[int]:
    """Yield the numbers of calls that failed with an error kind of the rule.

    If the situation of the rule names exactly one call, only calls of the same program or tool count.
    """
    for at, call in enumerate(run.calls):
        if call.error is None or not any(kind.fits(call.error) for kind in probe.kinds):
            continue
        if len(probe.occasions) != 1 or _same_program(probe.occasions[0], run, at):
            yield at


def _same_program(occasion: Wanted, run: ObservedRun, at: int) -> bool:
    call = run.calls[at]
    if occasion.tools:
        return call.tool in occasion.tools
    names = {name for name, _ in call.calls}
    return not occasion.calls or any(name in names for name, _ in occasion.calls)


def _is_done(way: Way, probe: Probe, run: ObservedRun, at: int) -> bool:
    calls = run.calls
    is_call = at >= 0 and not probe.kinds  # what is ordered may be how the call of the situation itself is made
    later = calls[:at] if probe.is_before and at >= 0 else calls[at if is_call else at + 1 :]
    before = None if at < 0 or is_call else calls[at]
    if not way.needed:
        return not any(one.is_in(call) for one in way.forbidden for call in calls[max(at, 0) :])
    fresh = [call for call in later if before is None or (call.tool, call.action) != (before.tool, before.action)]
    return all(
        any(one.is_in(call) for one in group for call in (calls if one.is_source else fresh)) for group in way.needed
    )
