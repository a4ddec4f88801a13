"""CrewAI task logs (``output_log_file``): the start of each task with its agent, and the task's output.

Source: ``crewai/utilities/file_handler.py`` and ``crew.py`` of crewAI, August 2026: a JSON list, or one record a line
with unescaped fields in quotes. A task becomes a call of its agent; the agent's own actions are not logged.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import answered, called, trajectory
from t2s_local.ports.format import Head, Passed, Quarantined, Reading
from t2s_local.records import streams
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, values, word
from t2s_local.values.trajectory import Step

_ENTRY = frozenset({"timestamp", "task_name", "task", "agent", "status"})
_STATES = frozenset({"started", "completed"})
_RECORD = re.compile(r'^(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d): (?=task_name="|task=")', re.MULTILINE)
_FIELD = re.compile(r'(?:^|", )(?P<key>task_name|task|agent|status|output)="')


def claims(head: Head) -> bool:
    """Return whether the file has entries of a task with its agent and its status, in JSON or as text."""
    if head.document is None and not head.records:
        text = head.raw.decode("utf-8", "replace")
        found = _RECORD.search(text)
        return found is not None and not text[: found.start()].strip() and 'status="' in text
    return any(record.keys() >= _ENTRY and word(record["status"]) in _STATES for record in seen(head)[:2])


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the runs of the file: a task that starts again after its completion begins a new run."""
    unread = Tally("crewai")
    run: list[tuple[int, Record]] = []
    done: set[str] = set()
    for item in _entries(path, source):
        if isinstance(item, Quarantined):
            yield item
            continue
        number, entry = item
        key, status = f"{entry.get('task_name')}\n{entry.get('task')}", word(entry.get("status"))
        if status not in _STATES:
            unread.add("entry of something else")
            continue
        if status == "started" and key in done:
            yield _run(run, source)
            run, done = [], set()
        if status == "completed":
            done.add(key)
        run.append((number, entry))
    if run:
        yield _run(run, source)
    yield from unread.readings(source)


def _entries(path: Path, source: str) -> Iterator[tuple[int, Record] | Quarantined]:
    text = streams.text_of(path) if _is_text(path) else None
    if text is None:
        yield from (
            item if isinstance(item, Quarantined) else (item[0], as_object(item[1]))
            for item in values(path, source=source)
        )
        return
    starts = list(_RECORD.finditer(text))
    for place, start in enumerate(starts):
        end = starts[place + 1].start() if place + 1 < len(starts) else len(text)
        fields = _fields(text[start.end() : end].rstrip())
        yield text.count("\n", 0, start.start()) + 1, {"timestamp": start["time"], **fields}


def _is_text(path: Path) -> bool:
    return streams.head_bytes(path, 64).lstrip()[:1] not in (b"[", b"{")


def _fields(text: str) -> Record:
    """Return the fields of a line; a value ends at the start of the next field, or at the last quote of the line."""
    marks = list(_FIELD.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text) - text.endswith('"')]
    return {mark["key"]: text[mark.end() : end] for mark, end in zip(marks, ends, strict=True)}


def _run(entries: list[tuple[int, Record]], source: str) -> Reading:
    waiting: dict[str, str] = {}
    steps: list[Step] = []
    for number, entry in entries:
        agent, task, at = (first_string(entry, key) for key in ("agent", "task", "timestamp"))
        key = f"{entry.get('task_name')}\n{task}"
        if entry["status"] == "started":
            waiting[key] = f"call-{number}"
            steps.append(called(agent, task or "", call_id=waiting[key], at=at, line=number))
        elif output := first_string(entry, "output"):
            steps.append(answered(output, call_id=waiting.get(key), tool=agent, at=at, line=number))
    if not steps:
        return Passed(path=source, record="run without steps")
    return trajectory(steps, source=source, format_name="crewai", agent="crewai")
