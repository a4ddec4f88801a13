"""mini-swe-agent runs: chat messages, commands as tool calls or fenced blocks, results with return codes."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import answered, called, folder_in, nested, trajectory
from t2s_local.formats._dialects.fenced_actions import FENCE, RESULT, is_fenced_chat, problem
from t2s_local.formats._dialects.messages import content_text, one_message
from t2s_local.ports.format import Head, Quarantined, Reading
from t2s_local.records.json import NotJsonError, Record, as_object, document, first_string, objects, word
from t2s_local.values.trajectory import Step


def claims(head: Head) -> bool:
    """Return whether the file has the format's mark or configuration, or is a chat of one fenced command a message."""
    record = as_object(head.document)
    mark = record.get("trajectory_format")
    if isinstance(mark, str) and mark.startswith("mini-swe-agent"):
        return True
    info = as_object(record.get("info"))
    if "trajectory" not in record and ("mini_version" in info or "model_stats" in info):
        return True
    return is_fenced_chat(head.document)


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the run of the file; whether it solved the issue is recorded in another file."""
    try:
        value = document(path)
    except NotJsonError as error:
        yield Quarantined(path=source, line=None, reason=str(error))
        return
    record = as_object(value)
    info = as_object(record.get("info"))
    messages = objects(record.get("messages")) or objects(value)
    prompt = next((content_text(item.get("content")) for item in messages if item.get("role") == "user"), None)
    unread = Tally("mini_swe_agent")
    unread.look_at(messages, "role", of="message")
    yield trajectory(
        _steps(messages),
        source=source,
        format_name="mini_swe_agent",
        task_id=first_string(record, "instance_id"),
        task=problem(prompt) if prompt else None,
        agent="mini-swe-agent",
        model=first_string(as_object(nested(info, "config", "model")), "model_name"),
        termination=first_string(info, "exit_status") or _exit_status(messages),
        folder=folder_in(as_object(nested(info, "config", "environment"))),
    )
    yield from unread.readings(source)


def _exit_status(messages: list[Record]) -> str | None:
    last = messages[-1] if messages else {}
    return first_string(as_object(last.get("extra")), "exit_status")


def _steps(messages: list[Record]) -> Iterator[Step]:
    has_prompt = asked = False
    for number, message in enumerate(messages, 1):
        role, text = word(message.get("role")), content_text(message.get("content"))
        if role == "assistant":
            fence = None if message.get("tool_calls") else FENCE.search(text)
            asked = fence is not None
            yield from _fenced(text, number) if fence else one_message(message, line=number)
        elif role == "tool" or (role == "user" and (text.startswith(RESULT) or (asked and text))):
            yield _result(message, text, number)
            asked = False
        elif role == "user":
            yield from _user(message, text, number, is_first=not has_prompt)
            has_prompt = True
        elif role == "system":
            yield from one_message(message, line=number)


def _fenced(text: str, number: int) -> Iterator[Step]:
    fence = FENCE.search(text)
    if fence:
        if said := text[: fence.start()].strip():
            yield Step(kind="assistant", text=said, line=number)
        yield called("bash", fence[1].strip(), line=number)


def _result(message: Record, text: str, number: int) -> Step:
    extra = as_object(message.get("extra"))
    code = extra.get("returncode")
    return answered(
        text,
        call_id=first_string(message, "tool_call_id"),
        is_error=True if extra.get("exception_info") else None,
        exit_code=code if isinstance(code, int) else None,
        line=number,
    )


def _user(message: Record, text: str, number: int, *, is_first: bool) -> Iterator[Step]:
    """Yield a user message: the first is the task, later messages are the harness's unless a person interrupted."""
    interrupted = nested(message, "extra", "interrupt_type") == "UserInterruption"
    if text.strip():
        yield Step(kind="user" if is_first or interrupted else "system", text=text, line=number)
