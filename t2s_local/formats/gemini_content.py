"""Gemini contents: ``[{"role": "user", "parts": […]}, {"role": "model", …}]`` in checkpoints and requests."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._build import trajectory
from t2s_local.formats._dialects.conversations import SESSION_KEYS, TASK_KEYS, label_beside
from t2s_local.formats._dialects.gemini import is_content, part_steps
from t2s_local.ports.format import Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, objects, values
from t2s_local.values.trajectory import Trajectory

_LISTS = ("contents", "history", "clientHistory", "messages")


def claims(head: Head) -> bool:
    """Return whether the file has contents of Gemini, alone or in an object."""
    return any(is_content(record) or _held(record) for record in seen(head)[:3])


def _held(record: Record) -> list[Record]:
    for key in _LISTS:
        contents = objects(record.get(key))
        if contents and is_content(contents[0]):
            return contents
    return []


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every conversation of the file; single contents form one conversation."""
    alone: list[Record] = []
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if contents := _held(record):
            yield _trajectory(contents, record, source)
        elif is_content(record):
            alone.append(record)
        else:
            yield Passed(path=source, record="no content")
    if alone:
        yield _trajectory(alone, {}, source)


def _trajectory(contents: list[Record], beside: Record, source: str) -> Trajectory | Passed:
    return trajectory(
        (step for number, content in enumerate(contents, 1) for step in part_steps(content, line=number)),
        source=source,
        format_name="gemini_content",
        session_id=first_string(beside, *SESSION_KEYS),
        task_id=first_string(beside, *TASK_KEYS),
        model=first_string(beside, "model"),
        label=label_beside(beside),
    )
