"""AppWorld runs: logs of the calls to a model in the folder of a task, with the verdict in a report beside them."""

import re
from collections.abc import Iterator
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._beside import below, is_below
from t2s_local.formats._build import nested, trajectory
from t2s_local.formats._dialects.messages import message_steps
from t2s_local.ports.format import Harness, Head, Passed, Quarantined, Reading
from t2s_local.records import streams
from t2s_local.records.head import seen
from t2s_local.records.json import NotJsonError, Record, as_object, document, first_string, line_values, objects
from t2s_local.records.outcome import label_of
from t2s_local.values.trajectory import Label

HARNESS = Harness(name="AppWorld", is_world=True)
_PASSED = re.compile(r"Num Passed Tests\s*:\s*(\d{1,9})")
_FAILED = re.compile(r"Num Failed Tests\s*:\s*(\d{1,9})")
_TOTAL = re.compile(r"Num Total\s+Tests\s*:\s*(\d{1,9})")


def claims(head: Head) -> bool:
    """Return whether the file has lines of calls, each with input messages and choices of the model."""
    return any(_is_call(record) for record in seen(head)[:3])


def _is_call(record: Record) -> bool:
    output = as_object(record.get("output"))
    return bool(objects(nested(record, "input", "messages"))) and ("choices" in output or "choices" in record)


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the run of the file, from the longest call: each call repeats all messages before it."""
    last: Record | None = None
    for item in line_values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
        elif _is_call(record := as_object(item[1])):
            longest = len(objects(nested(last, "input", "messages"))) if last else -1
            last = record if len(objects(nested(record, "input", "messages"))) >= longest else last
        else:
            yield Passed(path=source, record="no call")
    if last is None:
        return
    choices = objects(as_object(last.get("output")).get("choices"))
    messages = objects(nested(last, "input", "messages"))
    folder = path.parent.parent if path.parent.name == "logs" else None
    unread = Tally("appworld")
    unread.look_at(messages, "role", of="message")
    yield trajectory(
        message_steps([*messages, *(as_object(choice.get("message")) for choice in choices[:1])]),
        source=source,
        format_name="appworld",
        task_id=folder.name if folder else None,
        agent="appworld",
        model=first_string(as_object(last.get("input")), "model"),
        label=_label(folder) if folder else None,
    )
    yield from unread.readings(source)


def _label(folder: Path) -> Label | None:
    """Return the verdict in the task's report, or in the evaluation of the experiment; None if there is none."""
    report = below(folder, "evaluation", "report.md")
    if report is not None:
        text = streams.head_bytes(report, 1 << 20).decode("utf-8", "replace")
        passed, failed, total = (pattern.search(text) for pattern in (_PASSED, _FAILED, _TOTAL))
        if passed and (failed or total):
            missed = int(failed[1]) if failed else int(total[1]) - int(passed[1]) if total else 0
            return label_of(missed == 0, "field:evaluation/report.md")
    root = folder.parent.parent
    for evaluation in sorted((root / "evaluations").glob("*.json")):
        if not is_below(evaluation, root):
            continue
        try:
            found = nested(document(evaluation), "individual", folder.name, "success")
        except (NotJsonError, InputError):
            continue
        if (label := label_of(found, f"field:evaluations/{evaluation.name}")) is not None:
            return label
    return None
