"""ShareGPT conversations, ``[{"from": …, "value": …}]``, and the runs of ETO and AgentGym in this form."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._build import answered, called, trajectory
from t2s_local.formats._dialects.conversations import SESSION_KEYS, TASK_KEYS, label_beside
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.react import acted
from t2s_local.formats._dialects.tagged_calls import response_in, tagged_steps
from t2s_local.ports.format import Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, decode_text, first_string, objects, values
from t2s_local.records.outcome import label_in
from t2s_local.values.trajectory import Label, Step, Trajectory

_USERS = frozenset({"human", "user"})
_AGENTS = frozenset({"gpt", "assistant", "chatgpt", "bing", "bard", "model"})


def claims(head: Head) -> bool:
    """Return whether the file has conversations of turns with ``from`` and ``value``, or ETO's form with ``meta``."""
    return any(_turns(record) for record in seen(head)[:3])


def _turns(record: Record) -> list[Record]:
    turns = objects(record.get("conversations"))
    first = turns[0] if turns else {}
    in_frame = "meta" in record and {"role", "content"} <= first.keys()
    return turns if {"from", "value"} <= first.keys() or in_frame else []


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every conversation of the file."""
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if turns := _turns(record):
            yield _trajectory(record, turns, source, path)
        else:
            yield Passed(path=source, record="no conversation")


def _trajectory(record: Record, turns: list[Record], source: str, path: Path) -> Trajectory | Passed:
    meta = as_object(record.get("meta"))
    return trajectory(
        acted(step for number, turn in enumerate(turns, 1) for step in _steps(turn, number, record)),
        source=source,
        format_name="sharegpt",
        session_id=first_string(record, *SESSION_KEYS),
        task_id=first_string(record, *TASK_KEYS) or (path.name.split(".")[0] if meta else None),
        termination=first_string(meta, "terminate_reason"),
        label=_label(record, meta),
    )


def _label(record: Record, meta: Record) -> Label | None:
    return label_in(meta, ("reward", "success")) or label_beside(record)


def _steps(turn: Record, number: int, record: Record) -> Iterator[Step]:
    role, text = str(turn.get("from", turn.get("role"))), first_string(turn, "value", "content") or ""
    if number == 1 and (system := first_string(record, "system")):
        yield Step(kind="system", text=system)
    if role in _AGENTS:
        yield from tagged_steps(text, line=number)
    elif role in ("function_call", "tool_call"):
        call = as_object(decode_text(text))
        yield called(first_string(call, "name"), call.get("arguments", call or text), line=number)
    elif role in ("observation", "tool", "function", "tool_response"):
        yield answered(response_in(text), line=number)
    elif role in _USERS:
        yield from user_steps(text, line=number)
    elif text:
        yield Step(kind="system", text=text, line=number)
