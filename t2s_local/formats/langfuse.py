"""Langfuse exports: a trace with its observations, inputs and outputs as JSON inside of JSON."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import trajectory
from t2s_local.formats._traces.memory import MessageMemory
from t2s_local.formats._traces.spans import Span, span_steps, traces
from t2s_local.ports.format import Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, objects, values
from t2s_local.records.outcome import label_of
from t2s_local.values.trajectory import Label

_KINDS = {
    "GENERATION": "llm",
    "EMBEDDING": "other",
    "TOOL": "tool",
    "AGENT": "agent",
    "CHAIN": "agent",
    "SPAN": "agent",
}
_JUDGED = frozenset({"correct", "correctness", "success", "resolved", "passed", "accuracy", "reward", "task_success"})


def claims(head: Head) -> bool:
    """Return whether the file has a trace with observations, or observations alone."""
    return any(
        {"trace", "observations"} <= record.keys() or {"traceId", "parentObservationId", "startTime"} <= record.keys()
        for record in seen(head)[:3]
    )


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every trace of the file."""
    facts: dict[str, Record] = {}
    spans: list[Span] = []
    memory = MessageMemory()
    unread = Tally("langfuse")
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        trace = as_object(record.get("trace"))
        if trace:
            facts[first_string(trace, "id") or "trace"] = trace
        observations = objects(record.get("observations")) or ([] if trace else [record])
        unread.look_at(observations, "type", of="observation")
        for observation in observations:
            spans.append(_span(observation, first_string(trace, "id")))
    for name, group in traces(spans).items():
        trace = facts.get(name, {})
        steps = list(span_steps(group, memory)) or list(span_steps([_whole(trace, name)], memory))
        yield trajectory(
            steps,
            source=source,
            format_name="langfuse",
            session_id=name,
            task_id=first_string(as_object(trace.get("metadata")), "task_id", "instance_id"),
            agent=first_string(trace, "name"),
            model=next((span.model for span in group if span.model), None),
            label=_label(trace),
        )
    yield from memory.losses(source)
    yield from unread.readings(source)


def _whole(trace: Record, name: str) -> Span:
    """Return the trace as one call, for traces whose observations contain no words."""
    return Span(name, 0.0, "llm", name, lambda: (trace.get("input"), trace.get("output")))


def _span(observation: Record, trace: str | None) -> Span:
    kind = _KINDS.get(str(observation.get("type")), "other")
    name = (first_string(observation, "name") or "").removeprefix("running tool: ")
    return Span(
        trace=trace or first_string(observation, "traceId") or "trace",
        start=_seconds(observation.get("startTime")),
        kind="llm" if kind == "llm" else "tool" if kind == "tool" else "agent" if kind == "agent" else "other",
        name=name,
        words=lambda: (observation.get("input"), observation.get("output")),
        is_error=True if observation.get("level") == "ERROR" else None,
        model=first_string(observation, "model"),
        at=first_string(observation, "startTime"),
    )


def _seconds(value: object) -> float:
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _label(trace: Record) -> Label | None:
    """Return a score whose name is one for the outcome; other scores measure other qualities. None if there is none."""
    for score in objects(trace.get("scores")):
        name = (first_string(score, "name") or "").lower()
        if name in _JUDGED:
            value = score.get("value") if score.get("value") is not None else score.get("stringValue")
            if (found := label_of(value, f"field:scores.{name}")) is not None:
                return found
    return None
