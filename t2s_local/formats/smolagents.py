"""smolagents memory: steps with the model's output, its calls and observations."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._build import answered, called, trajectory
from t2s_local.formats._dialects.messages import content_text
from t2s_local.ports.format import Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, compact, first_string, objects, values
from t2s_local.records.outcome import label_in
from t2s_local.values.trajectory import Step, Trajectory

_ACTION = frozenset({"step_number", "model_output", "observations"})
_LISTS = ("steps", "memory", "agent_memory", "intermediate_steps")


def claims(head: Head) -> bool:
    """Return whether the file has steps with a number, the model's output and observations, alone or in an object."""
    records = seen(head)[:5]
    return any(_is_action(record) or any(map(_is_action, _held(record)[:4])) for record in records)


def _is_action(record: Record) -> bool:
    return "step_number" in record and len(_ACTION & record.keys()) > 1


def _held(record: Record) -> list[Record]:
    return next((found for key in _LISTS if (found := objects(record.get(key)))), [])


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every run of the file; single steps form one run."""
    alone: list[Record] = []
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if held := _held(record):
            yield _trajectory(held, record, source)
        elif record.keys() & {"step_number", "task", "system_prompt", "plan"}:
            alone.append(record)
        else:
            yield Passed(path=source, record="no step")
    if alone:
        yield _trajectory(alone, {}, source)


def _trajectory(steps: list[Record], beside: Record, source: str) -> Trajectory | Passed:
    return trajectory(
        (step for number, record in enumerate(steps, 1) for step in _steps(record, number)),
        source=source,
        format_name="smolagents",
        session_id=first_string(beside, "session_id", "run_id"),
        task_id=first_string(beside, "task_id", "question_id"),
        task=first_string(beside, "task", "question"),
        agent="smolagents",
        model=first_string(beside, "model_id", "model"),
        label=label_in(beside),
    )


def _steps(record: Record, number: int) -> Iterator[Step]:
    if prompt := content_text(record.get("system_prompt")):
        yield Step(kind="system", text=prompt, line=number)
    if task := content_text(record.get("task")):
        yield Step(kind="user", text=task, line=number)
    if plan := content_text(record.get("plan")):
        yield Step(kind="thought", text=plan, line=number)
    output = content_text(record.get("model_output"))
    calls = objects(record.get("tool_calls"))
    if output.strip():
        yield Step(kind="thought" if calls else "assistant", text=output, line=number)
    for call in calls:
        inner = as_object(call.get("function")) or call
        identity = f"{number}/{first_string(call, 'id') or len(calls)}"
        yield called(first_string(inner, "name"), inner.get("arguments"), call_id=identity, line=number)
    yield from _observed(record, calls, number)


def _observed(record: Record, calls: list[Record], number: int) -> Iterator[Step]:
    error = record.get("error")
    text = content_text(record.get("observations"))
    if error:
        told = content_text(as_object(error).get("message")) if isinstance(error, dict) else str(error)
        text = f"{text}\n{told}".strip()
    if calls and (text or error):
        identity = f"{number}/{first_string(calls[-1], 'id') or len(calls)}"
        yield answered(text, call_id=identity, is_error=bool(error), line=number)
    answer = record.get("final_answer", record.get("action_output") if record.get("is_final_answer") else None)
    if answer and answer is not True:
        yield Step(kind="assistant", text=answer if isinstance(answer, str) else compact(answer), line=number)
