"""Log records of GenAI agents: messages that are events of their own, put together to the spans they were logged in."""

from collections.abc import Iterable

from t2s_local.formats._traces.otel import plain_attributes, plain_value
from t2s_local.formats._traces.traced import unpacked
from t2s_local.records.json import Record, as_object, first_string, objects

_PREFIX = "gen_ai."
_TIMES = ("timeUnixNano", "observedTimeUnixNano", "timestamp", "observed_timestamp", "time_unix_nano")
_HOLDERS = ("resourceLogs", "scopeLogs", "instrumentationLibraryLogs", "logRecords")


def log_records(value: object) -> list[Record]:
    """Return the log records in a value: those below its resources and scopes, or the value itself where it is one."""
    found: list[Record] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += reversed(one)
        elif isinstance(one, dict):
            inner = [one[key] for key in _HOLDERS if key in one]
            waiting += inner
            if not inner and event_name(one) is not None:
                found.append(one)
    return found


def event_name(record: Record) -> str | None:
    """Return the name of the GenAI event that a log record is; None where it is none."""
    if not ("body" in record or "attributes" in record):
        return None
    name = first_string(record, "eventName", "event_name")
    if name is None or not name.startswith(_PREFIX):
        name = first_string(plain_attributes(record.get("attributes")), "event.name")
    return name if name is not None and name.startswith(_PREFIX) else None


def as_spans(records: Iterable[Record]) -> list[Record]:
    """Return a call to a model for the records of each span, the first of its time, with the records as its events."""
    spans: dict[tuple[str, str], Record] = {}
    for record in records:
        attributes = plain_attributes(record.get("attributes"))
        trace = first_string(record, "traceId", "trace_id") or first_string(attributes, "gen_ai.conversation.id")
        span = first_string(record, "spanId", "span_id") or ""
        made = spans.setdefault((trace or "trace", span), {"name": "chat", "attributes": {}, "events": []})
        made |= {"traceId": trace or "trace", "spanId": span or "1"}
        made.setdefault("startTimeUnixNano", next((record[key] for key in _TIMES if record.get(key)), 0))
        made["attributes"] = {**made["attributes"], **attributes, "gen_ai.operation.name": "chat"}
        made["events"].append({"name": event_name(record), "attributes": attributes, "body": _body(record.get("body"))})
    return list(spans.values())


def _body(value: object) -> Record:
    """Return the body of a record, whose message may be JSON in a string."""
    body = as_object(unpacked(plain_value(value)))
    if "role" in body or not objects(body.get("parts")):
        return body
    return {"role": "assistant", **body}
