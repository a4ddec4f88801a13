"""Letta evaluation results: a sample, its messages by type, and a grade on each line."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import answered, called, moment, nested, trajectory
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.messages import content_text
from t2s_local.ports.format import Harness, Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, objects, values
from t2s_local.records.outcome import label_of
from t2s_local.values.trajectory import Step, Trajectory

HARNESS = Harness(name="Letta", is_world=True)
_CALLS = ("tool_call_message", "approval_request_message")
"""Types of a call, and of a call that waits for a person's approval."""


def claims(head: Head) -> bool:
    """Return whether the file has lines of the type ``result`` with a sample and a trajectory."""
    return any({"sample", "trajectory"} <= as_object(record.get("result")).keys() for record in seen(head)[:5])


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every result of the file; the reference answer and the grader's reasons are left out."""
    unread = Tally("letta_evals")
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        result = as_object(as_object(item[1]).get("result"))
        if "trajectory" in result:
            yield _trajectory(result, source, unread)
        else:
            unread.add(first_string(as_object(item[1]), "type") or "no result")
    yield from unread.readings(source)


def _trajectory(result: Record, source: str, unread: Tally) -> Trajectory | Passed:
    turns = result["trajectory"]
    messages = [message for turn in turns for message in objects(turn)] if isinstance(turns, list) else []
    unread.look_at(messages, "message_type", of="message")
    return trajectory(
        (step for number, message in enumerate(messages, 1) for step in _steps(message, number)),
        source=source,
        format_name="letta_evals",
        session_id=first_string(result, "agent_id"),
        task_id=first_string(as_object(result.get("sample")), "id"),
        agent="letta",
        model=first_string(result, "model_name"),
        label=label_of(nested(result, "grade", "score"), "field:grade.score"),
    )


def _steps(message: Record, number: int) -> Iterator[Step]:
    kind, at = message.get("message_type"), moment(message.get("date"))
    text = content_text(message.get("content"))
    if kind == "user_message":
        yield from user_steps(text, at=at, line=number)
    elif kind in _CALLS:
        call = as_object(message.get("tool_call"))
        name, identity = first_string(call, "name"), first_string(call, "tool_call_id")
        yield called(name, call.get("arguments"), call_id=identity, at=at, line=number)
    elif kind == "tool_return_message":
        yield answered(
            content_text(message.get("tool_return")),
            call_id=first_string(message, "tool_call_id"),
            tool=first_string(message, "name"),
            is_error=message.get("status") == "error",
            at=at,
            line=number,
        )
    elif kind == "reasoning_message" and (thought := text or first_string(message, "reasoning")):
        yield Step(kind="thought", text=thought, at=at, line=number)
    elif kind == "approval_response_message" and (reason := first_string(message, "reason")):
        yield from user_steps(reason, at=at, line=number)
    elif kind == "summary_message" and (summary := first_string(message, "summary")):
        yield Step(kind="summary", text=summary, at=at, line=number)
    elif kind in ("assistant_message", "system_message") and text.strip():
        yield Step(kind="assistant" if kind == "assistant_message" else "system", text=text, at=at, line=number)
