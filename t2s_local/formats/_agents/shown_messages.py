"""Tasks of Cline and Roo Code as their extension displays them: messages of type *say* or *ask*.

Source: ``shared/ExtensionMessage.ts`` of Cline, August 2026. Results of tools are messages of their own
(``command_output``), parts of the call (lists and searches), or parts of the next request.
"""

import re
from collections.abc import Iterator, Sequence

from t2s_local.formats._agents.kinds import NO_TYPE, Tally
from t2s_local.formats._build import answered, called, moment
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.records.json import Record, as_object, decode_text, first_string, word
from t2s_local.values.trajectory import Step

RESULT = re.compile(r"\[(\w+)(?: for .*?)?\] Result:\s*", re.DOTALL)
"""Words that announce a result to the model."""
_DETAILS = "<environment_details>"
_WORDS = {
    "say/text": "assistant",
    "say/reasoning": "thought",
    "say/completion_result": "assistant",
    "say/plan_completion_result": "assistant",
    "ask/completion_result": "assistant",
    "ask/followup": "assistant",
    "ask/plan_mode_respond": "assistant",
    "ask/act_mode_respond": "assistant",
    "say/user_feedback": "user",
    "say/task": "user",
    "say/condense_context": "summary",
}
_CALLS = {"command": "execute_command", "tool": None, "use_mcp_server": None, "browser_action": "browser_action"}
_OUTPUTS = frozenset({"command_output", "mcp_server_response", "browser_action_result"})
_ERRORS = frozenset({"error", "diff_error", "clineignore_error", "rooignore_error", "command_permission_denied"})
_SHOWS = ("list", "search", "web", "codebase")
"""Beginnings of the names of tools whose ``content`` is their result."""


class _Open:
    """The last call and its output so far."""

    def __init__(self) -> None:
        self.n_calls = 0
        self.outputs: list[str] = []
        self.is_waiting = False

    @property
    def identity(self) -> str:
        return f"call-{self.n_calls}"

    def opened(self, name: str | None, arguments: object, at: str | None, line: int) -> Step:
        self.n_calls, self.is_waiting = self.n_calls + 1, True
        return called(name, arguments, call_id=self.identity, at=at, line=line)

    def closed(self, text: str, at: str | None, line: int, *, is_error: bool | None = None) -> Step:
        self.is_waiting = False
        return answered(text, call_id=self.identity, is_error=is_error, at=at, line=line)


def shown_steps(messages: Sequence[tuple[int, Record]], unread: Tally) -> Iterator[Step]:
    """Yield the steps of a task from its displayed messages; a message displayed again replaces the earlier one."""
    latest: dict[object, tuple[int, Record]] = {}
    for line, message in messages:
        latest[(message.get("ts") if isinstance(message.get("ts"), int) else line, _kind(message))] = (line, message)
    call = _Open()
    is_first = True
    for line, message in latest.values():
        kind, text = _kind(message), first_string(message, "text") or ""
        at = moment(message.get("ts"))
        if call.outputs and kind.rpartition("/")[2] not in _OUTPUTS:
            yield call.closed("\n".join(call.outputs), at, line)
            call.outputs = []
        if is_first and kind == "say/text":
            kind = "say/task"
        is_first = False
        yield from _message(kind, text, call, (at, line), unread)
    if call.outputs:
        yield call.closed("\n".join(call.outputs), None, messages[-1][0])


def _kind(message: Record) -> str:
    side = word(message.get("type")) or ""
    return f"{side}/{word(message.get(side)) or NO_TYPE}"


def _message(kind: str, text: str, call: _Open, where: tuple[str | None, int], unread: Tally) -> Iterator[Step]:
    at, line = where
    name = kind.rpartition("/")[2]
    if name in _CALLS:
        yield from _call(name, text, call, at, line)
    elif name in _OUTPUTS:
        call.outputs += [_output(text)] if text else []
    elif name in _ERRORS and text:
        is_result = call.is_waiting
        yield (
            call.closed(text, at, line, is_error=True)
            if is_result
            else Step(kind="system", text=text, at=at, line=line)
        )
    elif name == "api_req_started":
        yield from _requested(text, call, at, line)
    elif kind not in _WORDS:
        unread.add(kind)
    elif text:
        yield from _worded(kind, text, at, line)


def _worded(kind: str, text: str, at: str | None, line: int) -> Iterator[Step]:
    told = as_object(decode_text(text)) if text.startswith("{") else {}
    text = first_string(told, "question", "response", "summary") or text
    if _WORDS[kind] == "user":
        yield from user_steps(text, at=at, line=line)
    elif _WORDS[kind] == "thought":
        yield Step(kind="thought", text=text, at=at, line=line)
    else:
        yield Step(kind="summary" if _WORDS[kind] == "summary" else "assistant", text=text, at=at, line=line)


def _call(kind: str, text: str, call: _Open, at: str | None, line: int) -> Iterator[Step]:
    told = as_object(decode_text(text)) if text.startswith("{") else {}
    if kind == "command":
        if text:
            yield call.opened("execute_command", {"command": text}, at, line)
    elif kind == "use_mcp_server":
        arguments = told.get("arguments")
        parsed = decode_text(arguments) if isinstance(arguments, str) else arguments
        yield call.opened(first_string(told, "toolName", "uri", "type"), parsed or arguments or {}, at, line)
    elif kind == "browser_action":
        yield call.opened("browser_action", told or text, at, line)
    elif name := first_string(told, "tool"):
        content = first_string(told, "content") if name.startswith(_SHOWS) else None
        left = {"tool"} if content is None else {"tool", "content"}
        yield call.opened(name, {key: value for key, value in told.items() if key not in left}, at, line)
        if content is not None:
            yield call.closed(content, at, line)


def _output(text: str) -> str:
    told = as_object(decode_text(text)) if text.startswith("{") else {}
    return first_string(told, "logs", "text") or ("" if "screenshot" in told else text)


def _requested(text: str, call: _Open, at: str | None, line: int) -> Iterator[Step]:
    """Yield the result at the start of a request, if the call before it has no result yet."""
    asked = first_string(as_object(decode_text(text)), "request") or ""
    announced = RESULT.match(asked)
    if announced and call.is_waiting:
        yield call.closed(asked[announced.end() :].partition(_DETAILS)[0].strip(), at, line)
