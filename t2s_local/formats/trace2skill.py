"""Trace2Skill's own logs: Markdown with a heading per message, or lines of a session; ReAct inside the messages."""

import re
from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._build import trajectory
from t2s_local.formats._dialects.messages import message_steps
from t2s_local.ports.format import Head, Passed, Quarantined, Reading
from t2s_local.records import streams
from t2s_local.records.head import is_json, seen
from t2s_local.records.json import Record, as_object, first_string, line_values
from t2s_local.values.trajectory import Label, Trajectory

_TITLE = re.compile(r"^# Chat History: (.*)$", re.MULTILINE)
_HEADING = re.compile(r"^## \[\d+\] (SYSTEM|USER|ASSISTANT|TOOL)[ \t]*$", re.MULTILINE)
_RESULT = re.compile(r"^## RESULT[ \t]*$", re.MULTILINE)
_TURNS = re.compile(r"^- Total Turns: (\d+)", re.MULTILINE)
_OBSERVED = re.compile(r"\A\s*Observation:\s*```\w*\n(.*?)\n?```\s*\Z", re.DOTALL)
_JUDGED = re.compile(r"_(SUCCEED|FAILED)$")


def claims(head: Head) -> bool:
    """Return whether the file is a chat history with numbered headings, or a session with a start and messages."""
    if head.document is None and not head.records:
        text = head.raw.decode("utf-8", "replace").replace("\r\n", "\n")
        return _TITLE.search(text) is not None and _HEADING.search(text) is not None
    return any(record.get("type") == "session_start" for record in seen(head)[:3]) and any(
        record.get("type") == "message" and "index" in record for record in seen(head)
    )


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the run of the file; its success is known only from the file name that an evaluation gave it."""
    if is_json(path):
        yield from _lines(path, source)
        return
    text = streams.text_of(path)
    title = _TITLE.search(text)
    end = _RESULT.search(text)
    yield _trajectory(list(_messages(text[: end.start() if end else None])), path, source, title[1] if title else None)


def _messages(text: str) -> Iterator[Record]:
    marks = list(_HEADING.finditer(text))
    for place, mark in enumerate(marks):
        stop = marks[place + 1].start() if place + 1 < len(marks) else len(text)
        said = re.sub(r"\n---\s*\Z", "", text[mark.end() : stop].rstrip()).strip()
        observed = _OBSERVED.match(said)
        yield {"role": mark[1].lower(), "content": f"Observation: {observed[1]}" if observed else said}


def _lines(path: Path, source: str) -> Iterator[Reading]:
    messages: list[Record] = []
    agent: str | None = None
    for item in line_values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if record.get("type") == "message":
            messages.append({"role": str(record.get("role")).lower(), "content": record.get("content")})
        else:
            agent = first_string(record, "agent", "agent_name") or agent
            yield Passed(path=source, record=str(record.get("type")))
    yield _trajectory(messages, path, source, agent)


def _trajectory(messages: list[Record], path: Path, source: str, agent: str | None) -> Trajectory | Passed:
    stem = path.name.split(".")[0]
    judged = _JUDGED.search(stem)
    label = None
    if judged:
        label = Label(outcome="success" if judged[1] == "SUCCEED" else "failure", source="field:file name")
    return trajectory(
        message_steps(messages),
        source=source,
        format_name="trace2skill",
        session_id=f"{path.parent.name}/{stem}" if path.parent.name.startswith("seed_") else None,
        task_id=_JUDGED.sub("", stem),
        agent=agent,
        label=label,
    )
