"""OpenHands: lines of evaluations and of the resolver, event streams of both generations, and folders of events."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._beside import files_in
from t2s_local.formats._build import folder_in, nested, trajectory
from t2s_local.formats._dialects.openhands import event_steps, flattened, is_event
from t2s_local.ports.format import Harness, Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import NotJsonError, Record, as_object, document, first_string, string, values
from t2s_local.records.outcome import graded, label_of
from t2s_local.values.trajectory import Label, Trajectory

HARNESS = Harness(name="OpenHands", is_world=False)


def claims(head: Head) -> bool:
    """Return whether the file has events, or an object with a history of events."""
    records = seen(head)[:5]
    if records and all(is_event(record) for record in records):
        return True
    return any(_is_evaluation(record) for record in records)


def _is_evaluation(record: Record) -> bool:
    history = flattened(record.get("history"))
    return bool(history) and any(is_event(event) or _is_bare(event) for event in history[:4])


def _is_bare(event: Record) -> bool:
    return isinstance(event.get("action"), str) and ("action_risk" in event or "wait_for_response" in event)


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every run of the file; the instance with its patches and the results of tests are left out."""
    unread = Tally("openhands")
    yield from _runs(path, source, unread)
    yield from unread.readings(source)


def _runs(path: Path, source: str, unread: Tally) -> Iterator[Reading]:
    if (folder := _event_folder(path)) is not None:
        if path == folder[0]:
            yield from _from_folder(folder, source, unread)
        else:
            yield Passed(path=source, record="event of the run beside it")
        return
    alone: list[Record] = []
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
        elif "history" in (record := as_object(item[1])):
            yield _evaluated(record, source, unread)
        elif is_event(record):
            alone.append(record)
        else:
            yield Passed(path=source, record="no run")
    unread.look_at(alone, "kind", of="event")
    if alone:
        yield trajectory(
            event_steps(alone), source=source, format_name="openhands", agent="openhands", folder=_folder(alone)
        )


def _event_folder(path: Path) -> list[Path] | None:
    """Return all event files beside *path*, in order, if it is one of them; otherwise None."""
    if path.parent.name != "events" or path.suffix != ".json":
        return None
    files = files_in(path.parent, ".json", root=path.parent)
    return sorted(files, key=lambda file: (len(file.name.split("-")[0]), file.name))


def _from_folder(files: list[Path], source: str, unread: Tally) -> Iterator[Reading]:
    events: list[Record] = []
    for file in files:
        try:
            events.append(as_object(document(file)))
        except NotJsonError as error:
            yield Quarantined(path=str(file), line=None, reason=str(error))
    unread.look_at(events, "kind", of="event")
    conversation = files[0].parent.parent.name
    yield trajectory(
        event_steps(events),
        source=source,
        format_name="openhands",
        session_id=conversation,
        agent="openhands",
        folder=_folder(events),
    )


def _evaluated(record: Record, source: str, unread: Tally) -> Trajectory | Passed:
    metadata = as_object(record.get("metadata"))
    issue = as_object(record.get("issue"))
    task_id = first_string(record, "instance_id", "id", "question_id", "task_id")
    if task_id is None and issue:
        task_id = "/".join(str(issue.get(key)) for key in ("owner", "repo", "number"))
    events = flattened(record["history"])
    unread.look_at(events, "kind", of="event")
    return trajectory(
        event_steps(events),
        source=source,
        format_name="openhands",
        task_id=task_id,
        agent=first_string(metadata, "agent_class") or "openhands",
        model=string(nested(metadata, "llm_config", "model")) or first_string(metadata, "model_name"),
        termination="error" if record.get("error") else None,
        label=_label(record),
        folder=_folder(events),
        repository=string(nested(record, "instance", "repo")),
    )


def _folder(events: list[Record]) -> str | None:
    """Return the first folder in which commands ran, as their results state it; None if no result states one."""
    found = (folder_in(as_object(nested(event, "extras", "metadata"))) for event in events)
    return next((folder for folder in found if folder), None)


def _label(record: Record) -> Label | None:
    """Return the verdict of a benchmark; None if there is none (a patch alone is no verdict)."""
    result = as_object(record.get("test_result"))
    score = as_object(result.get("final_score"))
    total, reached = score.get("total"), score.get("result")
    if isinstance(total, int | float) and isinstance(reached, int | float) and total:
        share = reached / total
        return Label(outcome=graded(min(max(share, 0.0), 1.0)), score=share, source="field:test_result.final_score")
    for holder, key, name in (
        (result, "result", "test_result.result"),
        (result, "resolved", "test_result.resolved"),
        (as_object(result.get("report")), "resolved", "test_result.report.resolved"),
        (record, "correct", "correct"),
        (record, "success", "success"),
    ):
        if (found := label_of(holder.get(key), f"field:{name}")) is not None:
            return found
    return None
