"""LangSmith exports: one run (span) an object, and dumps of LangChain messages."""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import trajectory
from t2s_local.formats._dialects.langchain import is_langchain
from t2s_local.formats._traces.memory import MessageMemory
from t2s_local.formats._traces.spans import Span, SpanWords, span_steps, traces
from t2s_local.formats._traces.traced import said
from t2s_local.ports.format import Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, objects, values
from t2s_local.records.outcome import label_of
from t2s_local.values.trajectory import Label

_KINDS = {"llm": "llm", "chat_model": "llm", "tool": "tool", "chain": "agent"}


def claims(head: Head) -> bool:
    """Return whether the file has runs with a type and a place in a trace, or messages with LangChain's types."""
    records = seen(head)[:5]
    return any(_is_run(record) for record in records) or (bool(records) and all(map(is_langchain, records)))


def _is_run(record: Record) -> bool:
    return "run_type" in record and ("dotted_order" in record or "parent_run_id" in record or "trace_id" in record)


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every trace of the file; single messages form one conversation."""
    runs: dict[str, list[Record]] = {}
    messages: list[Record] = []
    memory = MessageMemory()
    unread = Tally("langsmith")
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if _is_run(record):
            unread.look_at([record, *objects(record.get("child_runs"))], "run_type", of="run")
            runs.setdefault(first_string(record, "trace_id") or first_string(record, "id") or "trace", []).append(
                record
            )
            for child in objects(record.get("child_runs")):
                runs[first_string(record, "trace_id") or first_string(record, "id") or "trace"].append(child)
        elif is_langchain(record):
            messages.append(record)
        else:
            yield Passed(path=source, record="no run")
    for trace, group in runs.items():
        yield from _trajectories(trace, group, source, memory)
    if messages:
        yield trajectory(said(messages, role="user", memory=memory), source=source, format_name="langsmith")
    yield from memory.losses(source)
    yield from unread.readings(source)


def _trajectories(trace: str, group: list[Record], source: str, memory: MessageMemory) -> Iterator[Reading]:
    ordered = sorted(
        group, key=lambda run: (str(run.get("dotted_order") or run.get("start_time") or ""), str(run.get("id")))
    )
    spans = [_span(run, trace, place) for place, run in enumerate(ordered)]
    root = next((run for run in ordered if run.get("parent_run_id") is None), ordered[0])
    for spans_of_one in traces(spans).values():
        yield trajectory(
            span_steps(spans_of_one, memory),
            source=source,
            format_name="langsmith",
            session_id=trace,
            task_id=first_string(root, "reference_example_id"),
            agent=first_string(root, "name"),
            model=next((span.model for span in spans_of_one if span.model), None),
            termination=first_string(root, "status"),
            label=_label(root),
        )


def _span(run: Record, trace: str, place: int) -> Span:
    kind = _KINDS.get(str(run.get("run_type")), "other")
    return Span(
        trace=trace,
        start=float(place),
        kind="llm" if kind == "llm" else "tool" if kind == "tool" else "agent" if kind == "agent" else "other",
        name=first_string(run, "name") or "",
        words=lambda: _words(run, is_tool=kind == "tool"),
        is_error=True if run.get("error") else None,
        model=first_string(as_object(as_object(run.get("extra")).get("metadata")), "ls_model_name"),
        at=first_string(run, "start_time"),
    )


def _words(run: Record, *, is_tool: bool) -> SpanWords:
    inputs, outputs = as_object(run.get("inputs")), as_object(run.get("outputs"))
    if not is_tool:
        return inputs, outputs
    return inputs.get("input", inputs), outputs.get("output", outputs) if outputs else run.get("error")


def _label(root: Record) -> Label | None:
    for name, stats in as_object(root.get("feedback_stats")).items():
        if (found := label_of(as_object(stats).get("avg"), f"field:feedback_stats.{name}")) is not None:
            return found
    return None
