"""Builders of steps and trajectories from the fields that the formats read, the same for every format."""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from t2s_local.formats._actions import action_of
from t2s_local.formats._answers import BEGINNINGS, may_answer, with_answers
from t2s_local.formats._cells import MARKS, command_of_cell
from t2s_local.ports.format import Passed
from t2s_local.records.json import Record, as_object, compact, decode_text, first_string
from t2s_local.text.projects import FOLDER_KEYS, project_of, repository_said
from t2s_local.values.identity import identify
from t2s_local.values.trajectory import Label, Step, Trajectory

_EXIT_STARTS = frozenset("EeCcPpTt<[ \t\r\n")
"""First characters of a text that starts with an exit code; most texts start with another character."""
_FOLDERS = frozenset(FOLDER_KEYS)
_NUMBERS = (int, float)
_HEAD = 64
"""Characters at the start of a text that must mention a code, unless the text starts with white space."""
_TAIL = 80
"""Characters at the end of a text that are searched for a line with the exit code."""
_EXIT_AT_END = re.compile(
    r"(?:^|\n)\s*[\[(<]?(?:the )?(?:(?:command|process|script|program) )?(?:exited|exit|finished|failed|completed)"
    r"(?: with)?(?: exit)?[ _]?code:? (-?\d{1,5})[\])>.]*\s*\Z",
    re.IGNORECASE,
)
_EXIT_CODE = re.compile(
    r"\s*(?:Error: )?"
    r"(?:Exit code:? |<returncode>|\[?(?:The )?(?:command|process) (?:completed|exited|finished) with (?:exit )?code )"
    r"(-?\d{1,5})\b",
    re.IGNORECASE,
)


def called(
    name: str | None, arguments: object, *, call_id: str | None = None, at: str | None = None, line: int | None = None
) -> Step:
    """Return a tool call; arguments in a JSON string are decoded, other strings are kept unchanged.

    If the arguments are code that only runs commands, the commands are the text of the call.
    """
    if isinstance(arguments, str):
        parsed = decode_text(arguments)
        if not isinstance(parsed, dict):
            cell = command_of_cell(arguments) if "(" in arguments or arguments[:1] in MARKS else None
            if cell is None:
                return Step(kind="tool_call", text=arguments, tool=name, call_id=call_id, at=at, line=line)
            parsed = {"command": cell}
        arguments = parsed
    if not isinstance(arguments, dict):
        return Step(kind="tool_call", text=compact(arguments), tool=name, call_id=call_id, at=at, line=line)
    named: dict[str, object] = arguments
    text, is_code = action_of(named)
    if is_code and (command := command_of_cell(text)):
        text, named = command, {"command": command}
    return Step(kind="tool_call", text=text, tool=name, arguments=named, call_id=call_id, at=at, line=line)


def gathered(pairs: Iterable[tuple[str, object]]) -> Record:
    """Return pairs of key and value as an object; several values under one key become a list, so that none is lost."""
    made: Record = {}
    again: set[str] = set()
    for key, value in pairs:
        if key in again:
            made[key].append(value)
        elif key in made:
            again.add(key)
            made[key] = [made[key], value]
        else:
            made[key] = value
    return made


def answered(
    text: str,
    *,
    call_id: str | None = None,
    tool: str | None = None,
    is_error: bool | None = None,
    exit_code: int | None = None,
    at: str | None = None,
    line: int | None = None,
) -> Step:
    """Return a tool result; an exit code at the start or the end of *text* is read unless *exit_code* is given."""
    if exit_code is None:
        found = _EXIT_CODE.match(text) if text[:1] in _EXIT_STARTS and _may_state_code(text) else None
        if found is None and text.find("exit", -_TAIL) >= 0:
            found = _EXIT_AT_END.search(text[-_TAIL:])
        if found is not None:
            exit_code = int(found[1])
    return Step(
        kind="tool_result",
        text=text,
        call_id=call_id,
        tool=tool,
        is_error=is_error,
        exit_code=exit_code,
        at=at,
        line=line,
    )


def _may_state_code(text: str) -> bool:
    start = text[:_HEAD]
    return "ode" in start or "ODE" in start or start[0].isspace()


def moment(value: object) -> str | None:
    """Return a time as ISO 8601; None if *value* is no time.

    Strings are kept unchanged; numbers count seconds, or thousandths, millionths or billionths of a second, since 1970.
    """
    if isinstance(value, str):
        return value or None
    if value is None or not isinstance(value, _NUMBERS) or isinstance(value, bool) or not 1e8 < value < 1e20:
        return None
    while value > 1e11:
        value /= 1000
    return datetime.fromtimestamp(value, tz=UTC).isoformat()


def linked(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Link results without an id to the calls in their order, and add the tool names to the results.

    The words of a user who was asked about a call become a step of the user.
    """
    found = list(steps)
    names: dict[str, str | None] = {}
    waiting: deque[int] = deque()
    asked: list[int] = []
    for index, step in enumerate(found):
        kind = step.kind
        if kind == "tool_call":
            if step.call_id is None:
                waiting.append(index)
            else:
                names[step.call_id] = step.tool
        elif kind == "tool_result":
            if step.text[:1] in BEGINNINGS and may_answer(step.text):
                asked.append(index)
            if step.call_id is None and waiting:
                called_at = waiting.popleft()
                identity = f"call-{called_at}"
                found[called_at] = replace(found[called_at], call_id=identity)
                found[index] = replace(step, call_id=identity, tool=step.tool or found[called_at].tool)
            elif step.tool is None and step.call_id in names:
                found[index] = replace(step, tool=names[step.call_id])
    return tuple(with_answers(found, asked)) if asked else tuple(found)


def answers_by_place(steps: Iterable[Step]) -> list[Step]:
    """Remove the ids of results that match no call, if some calls have no id; order then links these results."""
    found = list(steps)
    asked = {step.call_id for step in found if step.kind == "tool_call"}
    if None not in asked:
        return found
    return [
        replace(step, call_id=None) if step.kind == "tool_result" and step.call_id not in asked else step
        for step in found
    ]


def trajectory(
    steps: Iterable[Step],
    *,
    source: str,
    format_name: str,
    session_id: str | None = None,
    task_id: str | None = None,
    task: str | None = None,
    agent: str | None = None,
    model: str | None = None,
    termination: str | None = None,
    label: Label | None = None,
    parent_id: str | None = None,
    folder: str | None = None,
    repository: str | None = None,
) -> Trajectory | Passed:
    """Return a trajectory of *steps*, or a report of a run without steps if there is not one step.

    The project of the run is derived from the recorded *folder* and *repository*, or from *task_id*.
    """
    whole = linked(steps)
    if not whole:
        return Passed(path=source, record="run without steps")
    begun, ended = whole[0].at, whole[-1].at
    if begun is None or ended is None:
        times = [step.at for step in whole if step.at is not None]
        begun, ended = (times[0], times[-1]) if times else (None, None)
    return Trajectory(
        id=identify(session_id, task_id, whole),
        source=source,
        format=format_name,
        steps=whole,
        session_id=session_id,
        task_id=task_id,
        task=task or next((step.text for step in whole if step.kind == "user"), None),
        agent=agent,
        model=model,
        started_at=begun,
        ended_at=ended,
        termination=termination,
        label=label,
        parent_id=parent_id,
        project=_project(whole, folder, repository, task_id),
    )


def _project(steps: Iterable[Step], folder: str | None, repository: str | None, task_id: str | None) -> str | None:
    """Return the project of a run; None if it is unknown.

    If only a folder is known, a repository with the name of the folder is preferred if a step contains its address.
    """
    found = project_of(folder=folder, repository=repository, task_id=task_id)
    if folder is None or found is None or not found.startswith(("~", "/")):
        return found
    return repository_said(found, (step.text for step in steps)) or found


def folder_in(record: Record) -> str | None:
    """Return the working folder that a record states; None if it states none."""
    return None if _FOLDERS.isdisjoint(record) else first_string(record, *FOLDER_KEYS)


def passed(counts: Mapping[str, int], *, source: str) -> Iterable[Passed]:
    """Return a report with the count for each kind of record that was not read, except kinds with a count of 0."""
    return [Passed(path=source, record=record, count=count) for record, count in sorted(counts.items()) if count]


def nested(value: object, *keys: str) -> object:
    """Return the value at the end of a path of keys; None if the path leads nowhere."""
    for key in keys:
        value = as_object(value).get(key)
    return value
