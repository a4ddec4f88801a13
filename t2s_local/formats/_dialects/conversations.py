"""Conversations in files: a bare list of messages, an object around a list, or one message a line."""

from collections.abc import Callable, Iterator
from pathlib import Path

from t2s_local.formats._build import folder_in, nested, trajectory
from t2s_local.formats._dialects.fenced_actions import is_fenced_chat
from t2s_local.formats._dialects.messages import Dialect, dialect, is_chat, is_mostly_chat, message_steps
from t2s_local.ports.format import Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, objects, values
from t2s_local.records.outcome import label_in
from t2s_local.values.trajectory import Label, Trajectory

_WRAPPERS = ("request", "kwargs", "body", "input", "inputs")
_HOLDING = frozenset({"messages", *_WRAPPERS})
_FOREIGN = frozenset(
    {
        "trajectory_format",
        "mini_version",
        "trajectory",
        "history",
        "traj",
        "suite_name",
        "simulations",
        "turn_history",
        "observations",
        "projectHash",
        "samples",
        "steps",
        "uuid",
        "run_type",
        "ticks",
        "reward_info",
        "epoch",
        "resourceSpans",
        "info",
        "termination_reason",
        "ts",
        "output",
        "sessionID",
        "call_name",
    }
)
_LOGGED = "LLMCall"
"""Type of AutoGen's log records of a model call, which repeat the conversation so far."""
SESSION_KEYS = ("session_id", "conversation_id", "thread_id", "trajectory_id", "run_id", "sessionId", "id")
TASK_KEYS = ("task_id", "instance_id", "question_id", "problem_id", "task_name")
TERMINATION_KEYS = ("termination", "termination_reason", "exit_status", "stop_reason")
REPOSITORY_KEYS = ("repo", "repository", "repo_name", "repository_name", "repository_url", "repo_url")
TRIAL_KEYS = ("trial", "attempt", "seed", "repeat", "epoch")


def conversation(value: object, *, holds: Callable[[object], bool] = is_chat) -> Record | None:
    """Return *value* as an object with ``messages``, a logged answer appended; None if it is no conversation.

    Args:
        value: A JSON value.
        holds: Returns whether its argument is a list of messages.
    """
    if isinstance(value, list):
        return {"messages": value} if holds(value) else None
    record = as_object(value)
    if _HOLDING.isdisjoint(record):
        return None
    if holds(record.get("messages")):
        return _answered(record, record)
    for key in _WRAPPERS:
        inner = as_object(record.get(key))
        if holds(inner.get("messages")):
            return _answered({**inner, **record, "messages": inner["messages"]}, record)
    return None


def _answered(found: Record, record: Record) -> Record:
    if "choices" not in record and "response" not in record:
        return found
    return {**found, "messages": [*found["messages"], *_answers(record)]}


def _answers(record: Record) -> list[Record]:
    for holder in (record, as_object(record.get("response")), as_object(nested(record, "response", "body"))):
        if choices := objects(holder.get("choices")):
            return [as_object(choices[0].get("message"))]
        if holder is not record and holder.get("role") == "assistant":
            return [holder]
    return []


def is_message(record: object) -> bool:
    """Return whether *record* is a single message, and no conversation or envelope with a message inside."""
    return is_chat([record]) and as_object(record).keys().isdisjoint(("messages", "message"))


def claims_dialect(head: Head, wanted: Dialect) -> bool:
    """Return whether a file starts with conversations in the dialect *wanted* and lacks the marks of other formats."""
    starts = seen(head)
    if is_fenced_chat(starts):
        return False
    if starts and all(map(is_message, starts)):
        return not (starts[0].keys() & _FOREIGN) and dialect(starts) == wanted
    candidates = [head.document, *starts, *(item for item in head.records if isinstance(item, list))]
    found = next(filter(None, map(conversation, candidates)), None)
    if found is None or found.keys() & _FOREIGN or found.get("type") == _LOGGED:
        return False
    return dialect(found["messages"]) == wanted


def read_conversations(
    path: Path, *, source: str, format_name: str, look_at: Callable[[list[Record]], None]
) -> Iterator[Reading]:
    """Yield every conversation of a file; single messages on lines of their own form one conversation per session.

    Args:
        path: The file.
        source: Name of the file in messages.
        format_name: The dialect of the conversations.
        look_at: Counts the unknown messages of a conversation.
    """
    alone: dict[str, list[Record]] = {}
    unknown = 0
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        _, value = item
        if (found := conversation(value)) is not None:
            yield _trajectory(found, source, format_name)
        elif is_message(value):
            message = as_object(value)
            alone.setdefault(first_string(message, *SESSION_KEYS[:-1]) or "", []).append(message)
        elif (found := conversation(value, holds=is_mostly_chat)) is not None:
            look_at(found["messages"])
            yield _trajectory(found, source, format_name)
        else:
            unknown += 1
    for session, messages in alone.items():
        yield _trajectory({"session_id": session, "messages": messages}, source, format_name)
    if unknown:
        yield Passed(path=source, record="no conversation", count=unknown)


def _trajectory(record: Record, source: str, format_name: str) -> Trajectory | Passed:
    if len(record) == 1:
        return trajectory(message_steps(record["messages"]), source=source, format_name=format_name)
    metadata = as_object(record.get("metadata") or record.get("meta"))
    task_id = first_string(record, *TASK_KEYS) or first_string(metadata, *TASK_KEYS)
    return trajectory(
        message_steps(record["messages"], system=record.get("system")),
        source=source,
        format_name=format_name,
        session_id=first_string(record, *SESSION_KEYS) or numbered_run(task_id, record),
        task_id=task_id,
        agent=first_string(record, "agent"),
        model=first_string(record, "model") or first_string(as_object(record.get("response")), "model"),
        termination=first_string(record, *TERMINATION_KEYS),
        label=label_beside(record),
        folder=folder_in(record) or folder_in(metadata),
        repository=repository_beside(record),
    )


def repository_beside(record: Record) -> str | None:
    """Return the repository in a record's own fields, otherwise in its metadata; None if there is none."""
    metadata = as_object(record.get("metadata") or record.get("meta"))
    return first_string(record, *REPOSITORY_KEYS) or first_string(metadata, *REPOSITORY_KEYS)


def label_beside(record: Record) -> Label | None:
    """Return the label in a record's own fields, otherwise in its metadata; None if there is none."""
    return label_in(record) or label_in(as_object(record.get("metadata") or record.get("meta")))


def numbered_run(task_id: str | None, record: Record) -> str | None:
    """Return ``task:trial`` as the name of one of several runs of a task; None if the record has no trial number."""
    trial = first_string(record, *TRIAL_KEYS)
    return None if task_id is None or trial is None else f"{task_id}:{trial}"
