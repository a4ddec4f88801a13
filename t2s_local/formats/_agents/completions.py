"""Ends of commands, patches and tool calls in a Codex rollout, where these are separate records."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from t2s_local.formats._actions import action_text
from t2s_local.formats._build import answered, called
from t2s_local.formats._dialects.messages import content_text
from t2s_local.records.json import Record, as_object, first_string, word
from t2s_local.values.trajectory import Step

_COMMANDS = frozenset({"exec_command_end", "item_completed/CommandExecution"})
_OTHERS = frozenset(
    {
        "mcp_tool_call_end",
        "patch_apply_end",
        "dynamic_tool_call_response",
        "item_completed/McpToolCall",
        "item_completed/FileChange",
        "item_completed/DynamicToolCall",
    }
)
_SHELL = "exec_command"
_CELL = "code"
_AT_ONCE = 50
"""Most recent calls that are searched for the running one when a command ends."""
_FAILED = frozenset({"failed", "declined", "error"})
_OUTPUTS = ("aggregated_output", "formatted_output", "stdout")


class CompletionRecord(NamedTuple):
    """The end of one command, patch or tool call."""

    line: int
    at: str | None
    call_id: str | None
    arguments: dict[str, object] | None
    """Command line and folder of a command; None for a patch or a tool call."""
    command: str | None
    """The command line alone; None for a patch or a tool call."""
    output: str
    exit_code: int | None
    failed: bool | None
    """True if the call failed, False if it succeeded, None if the record does not state it."""


def completion_of(kind: str, record: Record, at: str | None, line: int) -> CompletionRecord | None:
    """Return the end of a command, patch or call that an event records; None for other events."""
    if kind not in _COMMANDS and kind not in _OTHERS:
        return None
    code = record.get("exit_code")
    command = record.get("command")
    arguments: dict[str, object] | None = None
    line_of_shell = action_text({"command": command}) if kind in _COMMANDS and command else None
    if line_of_shell is not None:
        arguments = {"cmd": line_of_shell}
        if folder := first_string(record, "cwd"):
            arguments["workdir"] = folder
    return CompletionRecord(
        line,
        at,
        first_string(record, "call_id", "id"),
        arguments,
        line_of_shell,
        next((text for key in _OUTPUTS if (text := content_text(record.get(key)))), ""),
        code if isinstance(code, int) and not isinstance(code, bool) else None,
        _has_failed(record),
    )


def _has_failed(record: Record) -> bool | None:
    if isinstance(success := record.get("success"), bool):
        return not success
    result = as_object(record.get("result"))
    if record.get("error") or "Err" in result or as_object(result.get("Ok")).get("isError") is True:
        return True
    if result.get("isError") is True or result.get("is_error") is True:
        return True
    status = word(record.get("status"))
    return None if status is None else True if status in _FAILED else None


def completed(steps: Sequence[Step], completions: Iterable[CompletionRecord]) -> tuple[list[Step], int]:
    """Add exit codes, errors and outputs to the *steps* of a rollout.

    A result gets its exit code. A cell of code that ran commands is replaced by these commands, each with its end. A
    command that no call asked for becomes a call and a result of its own.

    Returns:
        The steps, and how many outputs of cells were left out because the outputs of their commands repeat them.
    """
    ends = list(completions)
    if not ends:
        return list(steps), 0
    calls = _Calls(steps)
    told: dict[int, list[CompletionRecord]] = {}
    found: dict[int, list[Step]] = {}
    alone: list[Step] = []
    for end in ends:
        call = calls.of(end)
        if call is not None:
            told.setdefault(call, []).append(end)
        elif end.arguments is not None:
            alone += _steps(end, end.call_id)
    n_told = sum(_tell(steps, place, calls.answer(place), its_ends, found) for place, its_ends in told.items())
    whole = [new for place, step in enumerate(steps) for new in found.get(place, [step])]
    return sorted([*whole, *alone], key=lambda step: step.line or 0), n_told


class _Calls:
    """The calls of a rollout, by id and by line."""

    def __init__(self, steps: Sequence[Step]) -> None:
        """Index the calls in *steps*, which are sorted by line."""
        self._steps = steps
        self._places = [place for place, step in enumerate(steps) if step.kind == "tool_call" and step.call_id]
        self._lines = [steps[place].line or 0 for place in self._places]
        self._by_id = {steps[place].call_id: place for place in self._places}
        self._answers = {step.call_id: place for place, step in enumerate(steps) if step.kind == "tool_result"}

    def answer(self, call: int) -> int | None:
        """Return the place in the steps of a call's result; None if it has none."""
        return self._answers.get(self._steps[call].call_id)

    def of(self, end: CompletionRecord) -> int | None:
        """Return the place of the call that led to *end*: the call with its id, or a recent call without a result."""
        if end.call_id in self._by_id:
            return self._by_id[end.call_id]
        running = [place for place in self._before(end.line) if self._runs(place, end.line)]
        named = [place for place in running if (end.call_id or "").startswith(self._steps[place].call_id or "\0")]
        command = end.command or "\0"
        holding = [place for place in running if command in self._steps[place].text]
        return next((places[0] for places in (named, holding, running) if places), None)

    def _before(self, line: int) -> list[int]:
        """Return the places of the newest calls before a line, the newest first."""
        stop = bisect_left(self._lines, line)
        return self._places[max(stop - _AT_ONCE, 0) : stop][::-1]

    def _runs(self, call: int, line: int) -> bool:
        answer = self.answer(call)
        return answer is None or (self._steps[answer].line or 0) > line


def _tell(
    steps: Sequence[Step], place: int, answer: int | None, ends: list[CompletionRecord], found: dict[int, list[Step]]
) -> int:
    """Put the changed call and result into *found*; return 1 if the output of the call is left out, otherwise 0."""
    call = steps[place]
    commands = [end for end in ends if end.arguments is not None]
    if len(commands) > 1:
        pairs = (_steps(end, f"{call.call_id}/{number}") for number, end in enumerate(commands, 1))
        found[place] = [replace(step, line=call.line) for pair in pairs for step in pair]
        if answer is not None:
            found[answer] = []
        return int(answer is not None)
    if commands and _runs_code(call) and call.text != commands[0].command:
        call = called(_SHELL, commands[0].arguments, call_id=call.call_id, at=call.at, line=call.line)
        found[place] = [call]
    if answer is not None:
        is_cell = bool(commands) and _runs_code(steps[place])
        found[answer] = [_ended(steps[answer], ends[-1], call, is_cell=is_cell)]
    return 0


def _runs_code(call: Step) -> bool:
    """Return whether a call is a cell of code, or was one, rather than a command in arguments."""
    return call.arguments is None or _CELL in call.arguments or call.arguments.keys() == {"command"}


def _ended(result: Step, end: CompletionRecord, call: Step, *, is_cell: bool) -> Step:
    """Return a result with exit code and error; a cell need not have printed the output of its command."""
    text = end.output if is_cell and end.output.strip() not in result.text else result.text
    return replace(
        result,
        text=text,
        tool=call.tool,
        exit_code=end.exit_code if result.exit_code is None else result.exit_code,
        is_error=end.failed if result.is_error is None else result.is_error,
    )


def _steps(end: CompletionRecord, identity: str | None) -> Iterator[Step]:
    yield called(_SHELL, end.arguments, call_id=identity, at=end.at, line=end.line)
    yield answered(
        end.output,
        call_id=identity,
        tool=_SHELL,
        is_error=end.failed,
        exit_code=end.exit_code,
        at=end.at,
        line=end.line,
    )
