"""ATIF trajectories: steps of system, user and agent, with calls and observations inside the agent's steps."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._build import answered, called, moment, trajectory
from t2s_local.formats._harness import user_steps
from t2s_local.formats._head import seen
from t2s_local.formats._json import Record, as_object, compact, first_string, objects, values
from t2s_local.formats._messages import content_text
from t2s_local.ports import Head, Passed, Quarantined, Reading
from t2s_local.types import Step, Trajectory

_MARK = "ATIF-v"


def claims(head: Head) -> bool:
    """A ``schema_version`` of ATIF, in the object itself or in a header line before the steps."""
    return any(_is_header(record) or _is_header(as_object(record.get("__header__"))) for record in seen(head)[:1])


def _is_header(record: Record) -> bool:
    return str(record.get("schema_version")).startswith(_MARK)


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Read the runs of the file, sub-agents after the run that started them."""
    header: Record | None = None
    steps: list[Record] = []
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if "__header__" in record:
            inner = record["__header__"]
            header = inner if isinstance(inner, dict) else record
        elif "steps" in record:
            yield from _runs(record, source, None)
        elif "source" in record:
            steps.append(record)
        else:
            yield Passed(path=source, record="no step")
    if header is not None:
        yield from _runs({**header, "steps": steps}, source, None)


def _runs(record: Record, source: str, parent_id: str | None) -> Iterator[Trajectory | Passed]:
    agent = as_object(record.get("agent"))
    session_id = first_string(record, "trajectory_id" if parent_id else "session_id", "session_id", "trajectory_id")
    yield trajectory(
        _steps(objects(record.get("steps"))),
        source=source,
        format_name="atif",
        session_id=session_id,
        agent=first_string(agent, "name"),
        model=first_string(agent, "model_name"),
        parent_id=parent_id,
    )
    for child in objects(record.get("subagent_trajectories")):
        yield from _runs(child, source, session_id or "unknown")


def _steps(records: list[Record]) -> Iterator[Step]:
    """Steps in order; a prompt that is sent again with every call to the model is taken once."""
    said: set[tuple[str, str]] = set()
    repeating = False
    for number, record in enumerate(records, 1):
        text = content_text(record.get("message"))
        origin = str(record.get("source"))
        if origin in ("system", "user"):
            known = (origin, text) in said and len(text) > 0
            said.add((origin, text))
            repeating = known and (origin == "system" or repeating)
            if repeating:
                yield from _observations(record, number)
                continue
        else:
            repeating = False
        yield from _step(record, origin, text, number)


def _step(record: Record, origin: str, text: str, number: int) -> Iterator[Step]:
    at = moment(record.get("timestamp"))
    if thought := content_text(record.get("reasoning_content")):
        yield Step(kind="thought", text=thought, at=at, line=number)
    if origin == "user":
        yield from user_steps(text, at=at, line=number)
    elif text.strip():
        yield Step(kind="assistant" if origin == "agent" else "system", text=text, at=at, line=number)
    for call in objects(record.get("tool_calls")):
        name, identity = first_string(call, "function_name"), first_string(call, "tool_call_id")
        yield called(name, call.get("arguments") or {}, call_id=identity, at=at, line=number)
    yield from _observations(record, number)


def _observations(record: Record, number: int) -> Iterator[Step]:
    for result in objects(as_object(record.get("observation")).get("results")):
        content = result.get("content")
        passed_ = as_object(content).get("passed")
        yield answered(
            compact(content) if isinstance(content, dict) and "type" not in content else content_text(content),
            call_id=first_string(result, "source_call_id"),
            is_error=not passed_ if isinstance(passed_, bool) else None,
            at=moment(record.get("timestamp")),
            line=number,
        )
