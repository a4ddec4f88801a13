"""Log records of GenAI agents: messages logged as single events, assembled into the spans they belong to."""

from collections.abc import Iterable
from typing import NamedTuple

from t2s_local.formats._traces.otel import plain_attributes, plain_value
from t2s_local.formats._traces.traced import unpacked
from t2s_local.records.json import Record, as_object, first_string, objects

_PREFIX = "gen_ai."
_TIMES = ("timeUnixNano", "observedTimeUnixNano", "timestamp", "observed_timestamp", "time_unix_nano")
_HOLDERS = ("resourceLogs", "scopeLogs", "instrumentationLibraryLogs", "logRecords")


class LogRecord(NamedTuple):
    """A log record that is a GenAI event."""

    name: str
    attributes: Record
    """Attributes as one flat object."""
    raw: Record


def log_records(value: object) -> tuple[list[LogRecord], int]:
    """Return the GenAI log events in a value, also below resources and scopes, and the number of other records."""
    found: list[LogRecord] = []
    n_others = 0
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += reversed(one)
        elif isinstance(one, dict):
            inner = [one[key] for key in _HOLDERS if key in one]
            waiting += inner
            if inner:
                continue
            event = _event(one)
            n_others += event is None
            found += [] if event is None else [event]
    return found, n_others


def event_name(record: Record) -> str | None:
    """Return the name of the GenAI event in a log record; None if it is no such event."""
    found = _event(record)
    return None if found is None else found.name


def _event(record: Record) -> LogRecord | None:
    if not ("body" in record or "attributes" in record):
        return None
    attributes = plain_attributes(record.get("attributes"))
    name = first_string(record, "eventName", "event_name")
    if name is None or not name.startswith(_PREFIX):
        name = first_string(attributes, "event.name")
    return LogRecord(name, attributes, record) if name is not None and name.startswith(_PREFIX) else None


def as_spans(records: Iterable[LogRecord]) -> list[Record]:
    """Return a model call for the records of each span, starting with the first record, with the records as events."""
    spans: dict[tuple[str, str], Record] = {}
    for name, attributes, record in records:
        trace = first_string(record, "traceId", "trace_id") or first_string(attributes, "gen_ai.conversation.id")
        span = first_string(record, "spanId", "span_id") or ""
        made = spans.get((trace or "trace", span))
        if made is None:
            start = next((record[key] for key in _TIMES if record.get(key)), 0)
            made = {"name": "chat", "traceId": trace or "trace", "spanId": span or "1", "startTimeUnixNano": start}
            spans[(trace or "trace", span)] = made
            made |= {"attributes": {"gen_ai.operation.name": "chat"}, "events": []}
        made["attributes"].update(attributes)
        made["events"].append({"name": name, "attributes": attributes, "body": _body(record.get("body"))})
    for made in spans.values():
        made["attributes"]["gen_ai.operation.name"] = "chat"
    return list(spans.values())


def _body(value: object) -> Record:
    """Return the body of a record, whose message may be JSON in a string."""
    body = as_object(unpacked(plain_value(value)))
    if "role" in body or not objects(body.get("parts")):
        return body
    return {"role": "assistant", **body}
