"""OpenTelemetry traces of agents: OTLP, Tempo, Jaeger or flat spans; GenAI, OpenInference, OpenLLMetry or Vercel.

Spans of Microsoft's Agent Framework have GenAI attributes, in OTLP or in the form of its console exporter (source:
``agent_framework/observability.py``, August 2026).
"""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._build import trajectory
from t2s_local.formats._traces.logs import event_name
from t2s_local.formats._traces.memory import MessageMemory
from t2s_local.formats._traces.otel import raw_spans, session_and_model, span_context, span_of
from t2s_local.formats._traces.spans import Span, span_steps, traces
from t2s_local.ports.format import Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, objects, values

_HOLDERS = frozenset({"resourceSpans", "batches", "scopeSpans"})


def claims(head: Head) -> bool:
    """Return whether the file has spans, in any serialisation."""
    return any(_holds_spans(record) for record in seen(head)[:3])


def _holds_spans(record: Record) -> bool:
    if record.keys() & _HOLDERS or {"spanName", "attributes"} <= record.keys():
        return True
    if _is_span(record):
        return True
    listed = objects(record.get("spans")) or [
        span for trace in objects(record.get("data")) for span in objects(trace.get("spans"))
    ]
    return any(_is_span(span) for span in listed[:3])


def _is_span(record: Record) -> bool:
    ids = record if "context" not in record else {**record, **span_context(record)}
    has_ids = bool(ids.keys() & {"traceId", "trace_id", "traceID"}) and bool(
        ids.keys() & {"spanId", "span_id", "spanID"}
    )
    return has_ids and event_name(record) is None


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every trace of the file that contains a conversation."""
    spans: list[Span] = []
    memory = MessageMemory()
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        found = [span_of(raw, memory) for raw in raw_spans(item[1])]
        if not found and not as_object(item[1]).keys() & _HOLDERS:
            yield Passed(path=source, record="no span")
        spans += found
    for trace, group in traces(spans).items():
        session, model = session_and_model(group)
        yield trajectory(
            span_steps(group, memory),
            source=source,
            format_name="otel",
            session_id=session or trace,
            model=model,
        )
    yield from memory.losses(source)
