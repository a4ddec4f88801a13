"""OpenAI Responses: a response with its output, a list of items, or objects with input and output."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import trajectory
from t2s_local.formats._dialects.conversations import SESSION_KEYS, TASK_KEYS, label_beside, numbered_run
from t2s_local.formats._dialects.response_items import is_item, item_steps
from t2s_local.ports.format import Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, objects, values
from t2s_local.values.trajectory import Step, Trajectory


def claims(head: Head) -> bool:
    """Return whether the file has a response object, or items of which one is a call or a thought."""
    records = seen(head)[:50]
    if any(_is_exchange(record) for record in records[:3]):
        return True
    if not records or any(isinstance(record.get("ts"), int) for record in records[:5]):
        return False
    return all(map(is_item, records)) and any(_is_telling(record) for record in records)


def _is_exchange(record: Record) -> bool:
    if record.get("object") == "response" and isinstance(record.get("output"), list):
        return True
    listed = next((objects(record[key]) for key in ("input", "items", "output") if objects(record.get(key))), [])
    return bool(listed) and all(map(is_item, listed)) and any(map(_is_telling, listed))


def _is_telling(record: Record) -> bool:
    """Return whether only the Responses interface has items of the type of *record*."""
    kind = str(record.get("type"))
    return "payload" not in record and (kind.endswith(("_call", "_call_output")) or kind == "reasoning")


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every exchange of the file; single items form one conversation."""
    alone: list[tuple[int, Record]] = []
    unread = Tally("openai_responses")
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        number, value = item
        record = as_object(value)
        if _is_exchange(record) or _is_exchange(as_object(record.get("response"))):
            yield _trajectory(record, source, unread)
        elif is_item(record):
            alone.append((number, record))
        elif isinstance(value, list) and all(map(is_item, objects(value))):
            yield _trajectory({"items": value}, source, unread)
        else:
            yield Passed(path=source, record="no item")
    if alone:
        steps = (step for number, record in alone for step in item_steps(record, line=number))
        yield trajectory(steps, source=source, format_name="openai_responses")
    yield from unread.readings(source)


def _trajectory(record: Record, source: str, unread: Tally) -> Trajectory | Passed:
    response = as_object(record.get("response")) or record
    task_id = first_string(record, *TASK_KEYS)
    return trajectory(
        _steps(record, response, unread),
        source=source,
        format_name="openai_responses",
        session_id=first_string(record, *SESSION_KEYS) or numbered_run(task_id, record),
        task_id=task_id,
        model=first_string(response, "model"),
        termination=first_string(response, "status"),
        label=label_beside(record),
    )


def _steps(record: Record, response: Record, unread: Tally) -> Iterator[Step]:
    if instructions := first_string(record, "instructions"):
        yield Step(kind="system", text=instructions)
    given = as_object(record.get("request")).get("input", record.get("input"))
    asked: list[Record] = [{"role": "user", "content": given}] if isinstance(given, str) else objects(given)
    items = [*asked, *objects(record.get("items")), *objects(response.get("output"))]
    for number, item in enumerate(items, 1):
        steps = list(item_steps(item, line=number))
        if not steps:
            unread.add(f"item/{item.get('type') or item.get('role')}")
        yield from steps
