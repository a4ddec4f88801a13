"""Events of a slice (a piece of a run): every tool call with its result, its program, and whether it failed."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence

from t2s_local.text.check_results import CheckResult, result_of
from t2s_local.text.commands import SHELL, head_of, holds_line, is_quiet, is_shell, is_shell_call
from t2s_local.text.failures import error_line, has_failed, is_infrastructure, never_ran
from t2s_local.text.text import clip, mask, squeeze
from t2s_local.values.trajectory import Slice, Step
from t2s_local.values.value import Value


class Event(Value, frozen=True, kw_only=True):
    """One call of a tool, with its result."""

    call: int
    """Index of the call in the trajectory."""
    result: int | None
    """Index of the result in the trajectory; None if the recording contains no result."""
    tool: str
    """Name of the tool, on one line; ``shell`` for a tool with another name that runs shell lines."""
    action: str
    """The call's text, verbatim."""
    head: str
    """Program and subcommand without arguments, such as ``git commit`` or ``python -m pytest``, or the tool's name."""
    output: str
    failed: bool
    error: str | None
    """Line of the output that states the reason of the failure, verbatim; None if there is none."""
    is_infrastructure: bool = False
    """Whether the machine, the network or a person's stop caused the failure, so that it teaches nothing."""


def events_of(piece: Slice) -> tuple[Event, ...]:
    """Return the calls of *piece* as events with their results, matched by id, or by order without an id.

    Calls that the harness never executed are left out.
    """
    steps = piece.steps
    results = _pair(steps)
    shells = _shells(steps, results)
    return tuple(
        _event(piece.start, index, step, results.get(index), steps, shells)
        for index, step in enumerate(steps)
        if step.kind == "tool_call" and not (index in results and never_ran(steps[results[index]]))
    )


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
    """Return the names of tools that run shell lines in these steps but do not have a known shell's name."""
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
    named = squeeze(call.tool or "") or "tool"
    tool = SHELL if call.tool in shells and holds_line(call.text, call.arguments) else named
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
    """Return the line of *output* that states why a call failed, or that a check had nothing to check; else None."""
    if check is not None and check.verdict == "nothing":
        return check.line[:240]
    return error_line(output) or (None if check is None else check.line[:240])


def action_signature(event: Event) -> str:
    """Return tool and action of *event* with ids, numbers and paths masked: equal for two attempts at one action."""
    return f"{event.tool} {clip(squeeze(mask(event.action)), 200)}"
