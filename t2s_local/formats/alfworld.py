"""ALFWorld episodes: lines of ``> action``, each followed by an observation."""

import re
from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._build import trajectory
from t2s_local.formats._dialects.script import prompt_steps
from t2s_local.ports.format import Harness, Head, Passed, Quarantined, Reading
from t2s_local.records import streams
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, values
from t2s_local.records.outcome import label_in, label_of
from t2s_local.values.trajectory import Label, Trajectory

HARNESS = Harness(name="ALFWorld", is_world=True)
_TASK = re.compile(r"^Your task is to: (.*)$", re.MULTILINE)
_ENVIRONMENT = re.compile(r"^(?:#+\s*)?Environment #(\d+):", re.MULTILINE)
_STATUS = re.compile(r"^STATUS: (OK|FAIL)\s*$", re.MULTILINE)
_ROOM = "You are in the middle of a room"


def claims(head: Head) -> bool:
    """Return whether the file has a room and ``> `` lines, in a field ``traj`` or a log, or results of such runs."""
    if head.document is None and not head.records:
        return _ROOM.encode() in head.raw and re.search(rb"^> ?\w", head.raw, re.MULTILINE) is not None
    first = next(iter(seen(head)), {})
    return (isinstance(first.get("traj"), str) and _ROOM in first["traj"]) or {
        "name",
        "memory",
        "is_success",
    } <= first.keys()


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every episode of the file; results without steps are counted."""
    head = streams.head_bytes(path, 64).lstrip()
    if not head.startswith((b"{", b"[")):
        yield from _log(streams.text_of(path), source)
        return
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if isinstance(record.get("traj"), str):
            yield _trajectory(record["traj"], _name(record), label_in(record, ("result", "reward", "success")), source)
        else:
            yield Passed(path=source, record="result without steps")


def _name(record: Record) -> str | None:
    return first_string(record, "name", "id", "task_id")


def _log(text: str, source: str) -> Iterator[Reading]:
    marks = list(_ENVIRONMENT.finditer(text))
    if not marks:
        yield _trajectory(text, None, None, source)
    for place, mark in enumerate(marks):
        stop = marks[place + 1].start() if place + 1 < len(marks) else len(text)
        episode = text[mark.end() : stop]
        status = _STATUS.search(episode)
        label = label_of(status[1] == "OK", "field:STATUS") if status else None
        yield _trajectory(episode[: status.start() if status else None], f"env_{mark[1]}", label, source)


def _trajectory(text: str, name: str | None, label: Label | None, source: str) -> Trajectory | Passed:
    task = _TASK.search(text)
    return trajectory(
        prompt_steps(text[max(text.find(_ROOM), 0) :]),
        source=source,
        format_name="alfworld",
        task_id=name,
        task=task[1].strip() if task else None,
        agent="alfworld",
        label=label,
    )
