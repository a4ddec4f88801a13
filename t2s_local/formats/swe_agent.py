"""SWE-agent ``.traj`` files: thought, action and observation of each step, and the chat with the model."""

import re
from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import answered, called, trajectory
from t2s_local.formats._dialects.fenced_actions import FENCE, problem
from t2s_local.formats._dialects.messages import content_text, message_steps, one_message
from t2s_local.ports.format import Harness, Head, Passed, Quarantined, Reading
from t2s_local.records.json import NotJsonError, Record, as_object, document, first_string, objects
from t2s_local.records.packed import plain_name
from t2s_local.values.trajectory import Step, Trajectory

HARNESS = Harness(name="SWE-agent", is_world=False)
_COMMAND = re.compile(r"\s*(\w+)")
_OWN_COMMANDS = frozenset(
    {"open", "goto", "scroll_up", "scroll_down", "search_dir", "search_file", "find_file", "create", "edit", "insert"}
    | {"submit", "exit_forfeit", "str_replace_editor", "filemap", "view_image", "debug_start", "debug_stop"}
    | {"connect_start", "connect_sendline"}
)


def claims(head: Head) -> bool:
    """Return whether the file has a ``trajectory`` of actions and observations, or a ``history`` that names agents.

    In a file of several ``attempts``, the ``trajectory`` or ``history`` of the first attempt counts.
    """
    document = as_object(head.document)
    return _is_run(document) or any(_is_run(attempt) for attempt in objects(document.get("attempts"))[:1])


def _is_run(record: Record) -> bool:
    first = next(iter(objects(record.get("trajectory"))), {})
    if {"action", "observation"} <= first.keys() or "thought" in first:
        return "history" in record or "info" in record or "environment" in record or "state" in first
    start = next(iter(objects(record.get("history"))), {})
    return "agent" in start and "role" in start


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the run of the file, or its attempts; whether one solved the issue is recorded in another file."""
    try:
        record = as_object(document(path))
    except NotJsonError as error:
        yield Quarantined(path=source, line=None, reason=str(error))
        return
    task_id = plain_name(path).removesuffix(".traj")
    attempts = [attempt for attempt in objects(record.get("attempts")) if _is_run(attempt)]
    unread = Tally("swe_agent")
    for number, attempt in enumerate(attempts, 1):
        yield _run(attempt, task_id, source, unread, session_id=f"{task_id}:{number}")
    if not attempts:
        yield _run(record, task_id, source, unread)
    yield from unread.readings(source)


def _run(
    record: Record, task_id: str, source: str, unread: Tally, *, session_id: str | None = None
) -> Trajectory | Passed:
    history = [message for message in objects(record.get("history")) if not message.get("is_demo")]
    if not objects(record.get("trajectory")):
        unread.look_at(history, "role", of="message")
    prompt = _prompt(history)
    return trajectory(
        _steps(record, history),
        source=source,
        format_name="swe_agent",
        session_id=session_id,
        task_id=task_id,
        task=problem(prompt) if prompt else None,
        agent="swe-agent",
        termination=first_string(as_object(record.get("info")), "exit_status"),
    )


def _prompt(history: list[Record]) -> str | None:
    """Return the text of the first message of the user: the issue and how to work on it. None if there is none."""
    return next((content_text(message.get("content")) for message in history if message.get("role") == "user"), None)


def _steps(record: Record, history: list[Record]) -> Iterator[Step]:
    turns = objects(record.get("trajectory"))
    if not turns:
        yield from _chat(history)
        return
    first = objects(turns[0].get("query")) or objects(turns[0].get("messages"))
    opening = [message for message in history or first if message.get("role") in ("system", "user")]
    for message in opening[:1] + [message for message in opening[1:] if message["role"] == "user"][:1]:
        if text := content_text(message.get("content")):
            yield Step(kind="system" if message["role"] == "system" else "user", text=text)
    for number, turn in enumerate(turns, 1):
        yield from _turn(turn, number)


def _turn(turn: Record, number: int) -> Iterator[Step]:
    if thought := first_string(turn, "thought"):
        yield Step(kind="thought", text=thought.strip(), line=number)
    action = (first_string(turn, "action") or "").strip()
    if action:
        yield called(_tool(action), action, line=number)
    observation = content_text(turn.get("observation"))
    if action:
        yield answered(observation, line=number)
    elif observation:
        yield Step(kind="system", text=observation, line=number)


def _tool(action: str) -> str:
    command = _COMMAND.match(action)
    return command[1] if command and command[1] in _OWN_COMMANDS else "bash"


def _chat(history: list[Record]) -> Iterator[Step]:
    """Yield the steps of a file that contains only the chat, where each result has a list with the id of its call."""
    if any(objects(message.get("tool_calls")) for message in history):
        yield from message_steps(map(_with_call_id, history))
        return
    asked = False
    for number, message in enumerate(history, 1):
        text = content_text(message.get("content"))
        if message.get("role") == "assistant":
            asked = FENCE.search(text) is not None
            yield from _fenced(text, number)
        elif asked:
            asked = False
            yield answered(text, line=number)
        else:
            yield from one_message(message, line=number)


def _with_call_id(message: Record) -> Record:
    identities = message.get("tool_call_ids")
    return {**message, "tool_call_id": identities[0]} if isinstance(identities, list) and identities else message


def _fenced(text: str, number: int) -> Iterator[Step]:
    fence = FENCE.search(text)
    if said := (text[: fence.start()] if fence else text).strip():
        yield Step(kind="thought", text=said, line=number)
    if fence:
        yield called(_tool(fence[1]), fence[1].strip(), line=number)
