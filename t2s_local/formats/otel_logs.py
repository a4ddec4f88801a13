"""OpenTelemetry *logs* of GenAI agents: one event per message, in OTLP (``resourceLogs``) or lines.

Source: the GenAI events of the semantic conventions 1.28 to 1.41 (``gen_ai.user.message`` ...,
``gen_ai.client.inference.operation.details``), and Microsoft's Agent Framework, which logs messages as JSON (August
2026). Every call to a model logs the conversation so far again: a step is kept at its first occurrence.
"""

from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._build import passed, trajectory
from t2s_local.formats._traces.logs import LogRecord, as_spans, event_name, log_records
from t2s_local.formats._traces.memory import MessageMemory
from t2s_local.formats._traces.otel import session_and_model, span_of
from t2s_local.formats._traces.spans import span_steps, traces
from t2s_local.ports.format import Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import values


def claims(head: Head) -> bool:
    """Return whether the file has resources with logs, or log records that are GenAI events."""
    return any("resourceLogs" in record or event_name(record) is not None for record in seen(head)[:3])


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the conversation of every trace in the file; records that are no GenAI event are counted."""
    records: list[LogRecord] = []
    n_others = 0
    memory = MessageMemory()
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        found, n_more = log_records(item[1])
        records += found
        n_others += n_more
    spans = [span_of(raw, memory) for raw in as_spans(records)]
    for trace, group in traces(spans).items():
        session, model = session_and_model(group)
        yield trajectory(
            span_steps(group, memory),
            source=source,
            format_name="otel_logs",
            session_id=session or trace,
            model=model,
        )
    yield from passed({"log record of something else": n_others}, source=source)
    yield from memory.losses(source)
