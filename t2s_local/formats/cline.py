"""Cline and Roo Code tasks: Anthropic messages with times; older versions write calls as XML inside the text."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._agents.shown_messages import RESULT, shown_steps
from t2s_local.formats._beside import below
from t2s_local.formats._build import answered, called, gathered, moment, trajectory
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.messages import assistant_blocks, content_text, result_block
from t2s_local.ports.format import Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, objects, values, word
from t2s_local.values.trajectory import Step

_TASK = re.compile(r"\s*<(task|feedback|user_message)>\n?(.*?)\n?</\1>", re.DOTALL)
_OPENING = re.compile(r"<([a-z][a-z0-9_]{2,40})>")
_PARAMETER = re.compile(r"<([a-z_]{1,40})>\n?(.*?)\n?</\1>", re.DOTALL)
_THINKING = re.compile(r"<thinking>\n?(.*?)\n?</thinking>", re.DOTALL)
_TOOLS = frozenset(
    {"execute_command", "read_file", "write_to_file", "apply_diff", "search_files", "list_files", "replace_in_file"}
    | {"list_code_definition_names", "browser_action", "use_mcp_tool", "access_mcp_resource", "switch_mode", "new_task"}
    | {"ask_followup_question", "attempt_completion", "insert_content", "search_and_replace", "update_todo_list"}
    | {
        "fetch_instructions",
        "codebase_search",
        "plan_mode_respond",
        "load_mcp_documentation",
        "edit_file",
        "run_slash_command",
    }
)
_FILE = "api_conversation_history.json"
"""File name of the messages in both extensions; the folder around it is named by the task's id."""
_SHOWN = "ui_messages.json"
"""File name of the displayed messages in both extensions."""
_SAYS = frozenset({"ask", "say"})
_FAILED = ("The tool execution failed", "<error>", "Error")


def claims(head: Head) -> bool:
    """Return whether the file has messages with a time in milliseconds, or displayed messages of a task."""
    records = seen(head)[:5]
    return bool(records) and all(
        isinstance(record.get("ts"), int) and ("content" in record or word(record.get("type")) in (*_SAYS, "reasoning"))
        for record in records[:-1] or records
    )


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the task of the file; displayed messages are copies, and only counted, if the real messages exist.

    If they do not exist, the task is read from the displayed messages (``ui_messages.json``).
    """
    messages: list[tuple[int, Record]] = []
    shown: list[tuple[int, Record]] = []
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if word(record.get("type")) in _SAYS:
            shown.append((item[0], record))
        elif "role" in record and record.get("isTruncationMarker") is not True:
            messages.append((item[0], record))
        else:
            yield Passed(path=source, record="no message")
    if messages:
        yield _task(path, (step for number, message in messages for step in _steps(message, number)), source)
    unread = Tally("cline")
    if shown and (messages or below(path.parent, _FILE) is not None):
        unread.add("message shown", len(shown))
    elif shown:
        yield _task(path, shown_steps(shown, unread), source)
    yield from unread.readings(source)


def _task(path: Path, steps: Iterable[Step], source: str) -> Reading:
    return trajectory(
        steps,
        source=source,
        format_name="cline",
        session_id=path.parent.name if path.name in (_FILE, _SHOWN) else None,
        agent="cline",
    )


def _steps(message: Record, line: int) -> Iterator[Step]:
    at = moment(message.get("ts"))
    content = message.get("content")
    blocks = objects(content) if isinstance(content, list) else [{"type": "text", "text": content}]
    if message.get("isSummary") is True:
        yield Step(kind="summary", text=content_text(content), at=at, line=line)
    elif message.get("role") == "assistant":
        for block in blocks:
            if block.get("type") == "text":
                yield from _spoken(first_string(block, "text") or "", at, line)
            else:
                yield from assistant_blocks([block], at=at, line=line)
    else:
        yield from _users(blocks, at, line)


def _users(blocks: list[Record], at: str | None, line: int) -> Iterator[Step]:
    """Yield the user's words, and the results of tools, each after the line that announces it."""
    tool: str | None = None
    for block in blocks:
        text = content_text(block)
        announced = RESULT.match(text)
        if block.get("type") == "tool_result":
            yield result_block(block, at=at, line=line)
        elif announced:
            tool = announced[1]
            if rest := text[announced.end() :].strip():
                yield _answer(rest, tool, at, line)
                tool = None
        elif tool is not None and not text.startswith("<environment_details>"):
            yield _answer(text, tool, at, line)
            tool = None
        elif asked := _TASK.match(text):
            yield from user_steps(asked[2], at=at, line=line)
        else:
            yield from user_steps(text, at=at, line=line)


def _answer(text: str, tool: str, at: str | None, line: int) -> Step:
    return answered(text, tool=tool, is_error=True if text.startswith(_FAILED) else None, at=at, line=line)


def _spoken(text: str, at: str | None, line: int) -> Iterator[Step]:
    """Yield the steps of an assistant's text, which contains thoughts and calls as XML."""
    if thought := _THINKING.search(text):
        yield Step(kind="thought", text=thought[1], at=at, line=line)
        text = text[: thought.start()] + text[thought.end() :]
    opening = next((mark for mark in _OPENING.finditer(text) if mark[1] in _TOOLS), None)
    if said := text[: opening.start() if opening else None].strip():
        yield Step(kind="assistant", text=said, at=at, line=line)
    if opening:
        closing = text.find(f"</{opening[1]}>", opening.end())
        body = text[opening.end() : closing if closing >= 0 else None]
        arguments = gathered((found[1], found[2]) for found in _PARAMETER.finditer(body))
        yield called(opening[1], arguments or {"text": body.strip()}, at=at, line=line)
