"""Events of a slice: every call of the agent with its result, its head, and whether it failed."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence

from t2s_local.text.check_results import CheckResult, result_of
from t2s_local.text.commands import SHELL, head_of, holds_line, is_quiet, is_shell, is_shell_call
from t2s_local.text.failures import error_line, has_failed, is_infrastructure, never_ran
from t2s_local.text.text import clip, mask, squeeze
from t2s_local.values.trajectory import Slice, Step
from t2s_local.values.value import Value


class Event(Value, frozen=True, kw_only=True):
    """One call of a tool and what came back."""

    call: int
    """Index of the call in the trajectory."""
    result: int | None
    """Index of the result; None where the run ended before it came."""
    tool: str
    """Its name; a shell by a name of its own is one like any other."""
    action: str
    """The call's text, verbatim."""
    head: str
    """What was run, without arguments: ``git commit``, ``python -m pytest``, or the tool's name."""
    output: str
    failed: bool
    error: str | None
    """The line of the output that says why it failed, verbatim; None where it did not."""
    is_infrastructure: bool = False
    """The failure is the machine's or the network's: nothing an agent can learn from."""


def events_of(piece: Slice) -> tuple[Event, ...]:
    """Pair the calls of *piece* with their results, by id where there is one and by order where there is none.

    Calls that were never made are no events: what their results say is the harness's business.
    """
    steps = piece.steps
    results = _pair(steps)
    shells = _shells(steps, results)
    return tuple(
        _event(piece.start, index, step, results.get(index), steps, shells)
        for index, step in enumerate(steps)
        if step.kind == "tool_call" and not (index in results and never_ran(steps[results[index]]))
    )


def n_never_ran(piece: Slice) -> int:
    """How many calls of *piece* were never made, although they have a result."""
    return sum(never_ran(piece.steps[result]) for result in _pair(piece.steps).values())


def _pair(steps: Sequence[Step]) -> dict[int, int]:
    paired: dict[int, int] = {}
    by_id: dict[str, int] = {}
    waiting: deque[int] = deque()
    for index, step in enumerate(steps):
        if step.kind == "tool_call":
            if step.call_id is not None:
                by_id[step.call_id] = index
            waiting.append(index)
        elif step.kind == "tool_result":
            call = by_id.pop(step.call_id, None) if step.call_id is not None else None
            while call is None and waiting:
                oldest = waiting.popleft()
                call = None if oldest in paired else oldest
            if call is not None:
                paired[call] = index
    return paired


def _shells(steps: Sequence[Step], results: Mapping[int, int]) -> frozenset[str]:
    """Names of tools that take shell lines in these steps and are not known by their names."""
    found: set[str] = set()
    for index, step in enumerate(steps):
        if step.kind != "tool_call" or step.tool is None or step.tool in found or is_shell(step.tool):
            continue
        has_exit_code = index in results and steps[results[index]].exit_code is not None
        if is_shell_call(step.tool, step.text, step.arguments, has_exit_code=has_exit_code):
            found.add(step.tool)
    return frozenset(found)


def _event(
    offset: int, index: int, call: Step, result_index: int | None, steps: Sequence[Step], shells: Collection[str]
) -> Event:
    result = None if result_index is None else steps[result_index]
    tool = SHELL if call.tool in shells and holds_line(call.text, call.arguments) else call.tool or "tool"
    head = head_of(tool, call.text)
    output = "" if result is None else result.text
    failed = result is not None and has_failed(
        result, is_quiet=bool(result.exit_code) and is_shell(tool) and is_quiet(call.text)
    )
    check = None if failed or not is_shell(tool) else result_of(call.text, output)
    failed = failed or (check is not None and check.verdict != "passed")
    error = _error(output, check) if failed else None
    return Event(
        call=offset + index,
        result=None if result_index is None else offset + result_index,
        tool=tool,
        action=call.text,
        head=head,
        output=output,
        failed=failed,
        error=error,
        is_infrastructure=failed and is_infrastructure(output),
    )


def _error(output: str, check: CheckResult | None) -> str | None:
    """Line that says why a call failed; of a check of nothing the line that says so."""
    if check is not None and check.verdict == "nothing":
        return check.line[:240]
    return error_line(output) or (None if check is None else check.line[:240])


def action_signature(event: Event) -> str:
    """An action with ids, numbers, paths and names masked: equal for two attempts at the same thing."""
    return f"{event.tool} {clip(squeeze(mask(event.action)), 200)}"
