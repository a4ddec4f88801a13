"""OpenTelemetry spans in their serialisations, with their GenAI attributes in several conventions."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial

from t2s_local.formats._traces.event_bodies import span_in_bodies
from t2s_local.formats._traces.memory import MessageMemory
from t2s_local.formats._traces.spans import Span, SpanKind, SpanWords
from t2s_local.formats._traces.spread import spread_messages
from t2s_local.formats._traces.traced import unpacked
from t2s_local.records.json import Record, as_object, first_string, objects, word
from t2s_local.records.outcome import finite

_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_MOST_DIGITS = 18
_EVENTS = ("span_events", "events", "logs")
_EVENT_ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
_MODEL_OPERATIONS = frozenset({"chat", "text_completion", "generate_content", "llm_call", "completion"})
_GIVEN = ("gen_ai.input.messages", "pydantic_ai.all_messages", "ai.prompt.messages", "gcp.vertex.agent.llm_request")
_GIVEN_LOOSELY = ("ai.prompt", "input.value", "traceloop.entity.input")
_ANSWERED = ("gen_ai.output.messages", "gcp.vertex.agent.llm_response")
_ANSWERED_LOOSELY = ("output.value", "traceloop.entity.output", "final_result")
_TOOL_NAMES = ("gen_ai.tool.name", "tool.name", "ai.toolCall.name", "traceloop.entity.name")
_ARGUMENTS = (
    *("gen_ai.tool.call.arguments", "gcp.vertex.agent.tool_call_args", "input.value", "ai.toolCall.args"),
    *("tool.parameters", "traceloop.entity.input"),
)
_RESULTS = (
    *("gen_ai.tool.call.result", "gcp.vertex.agent.tool_response", "output.value", "ai.toolCall.result"),
    "traceloop.entity.output",
)
_INNER = ("resourceSpans", "batches", "scopeSpans", "instrumentationLibrarySpans", "spans", "data", "trace")
_DEPTH = 8
_SESSIONS = ("gen_ai.conversation.id", "session.id", "ai.telemetry.metadata.sessionId")
_MODELS = ("gen_ai.response.model", "gen_ai.request.model", "llm.model_name", "ai.model.id")
_FACTS = (*_SESSIONS, *_MODELS)
_KIND_KEYS = (
    *("openinference.span.kind", "traceloop.span.kind", "gen_ai.operation.name", "ai.operationId"),
    *("gen_ai.prompt.0.role", "gcp.vertex.agent.llm_request"),
)
_CALL_IDS = ("gen_ai.tool.call.id", "tool.id", "ai.toolCall.id", "tool_call.id")
_NOTHING: tuple[object, ...] = (None, "", "{}", [], {})
"""Values that tools write for an empty field."""
_DETAILS = "gen_ai.client.inference.operation.details"


def raw_spans(value: object) -> list[Record]:
    """Return every span in a value, in any serialisation."""
    found: list[Record] = []
    _gather(value, found, 0)
    return found


def _gather(value: object, found: list[Record], depth: int) -> None:
    if isinstance(value, dict):
        span = _as_span(value)
        if span is not None:
            found.append(span)
        elif depth <= _DEPTH:
            for key in _INNER:
                if key in value:
                    _gather(value[key], found, depth + 1)
    elif isinstance(value, list) and depth <= _DEPTH:
        for item in value:
            _gather(item, found, depth + 1)


def _as_span(value: Record) -> Record | None:
    if "spanId" in value or "span_id" in value or "spanID" in value:
        return value if "name" in value or "operationName" in value else None
    if "context" in value and "name" in value and (place := span_context(value)):
        return {**value, **place}
    if "spanName" in value and "attributes" in value:
        return {**value, "name": value["spanName"], "span_id": "1", "trace_id": "trace"}
    return None


def span_context(value: Record) -> Record:
    """Return the ids of a span in the form of the SDKs' console exporters; {} if it has none."""
    context = as_object(value.get("context"))
    return {key: context[key] for key in ("trace_id", "span_id")} if {"trace_id", "span_id"} <= context.keys() else {}


def plain_attributes(value: object) -> Record:
    """Return attributes as one flat object, from OTLP lists of typed values, Jaeger's tags, or a flat object."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list):
        return {}
    try:
        return {
            str(item["key"]): held["stringValue"] if "stringValue" in (held := item["value"]) else _plain(held)
            for item in value
        }
    except (TypeError, KeyError):
        return {str(item.get("key")): _plain(item.get("value")) for item in objects(value)}


def plain_value(value: object) -> object:
    """Return a typed value of OTLP as a plain value; a plain value unchanged."""
    return _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return value["stringValue"] if "stringValue" in value else _typed(value)
    return value


def _typed(value: Record) -> object:
    if "stringValue" in value:
        return value["stringValue"]
    for key in ("boolValue", "doubleValue"):
        if key in value:
            return value[key]
    if "intValue" in value:
        return _whole(value["intValue"])
    if "arrayValue" in value:
        return [_typed(item) for item in objects(as_object(value["arrayValue"]).get("values"))]
    if "kvlistValue" in value:
        return plain_attributes(as_object(value["kvlistValue"]).get("values"))
    return None


def span_of(raw: Record, memory: MessageMemory) -> Span:
    """Return a span with the input and output of its model or tool."""
    attributes = plain_attributes(raw.get("attributes", raw.get("tags")))
    name = first_string(raw, "name", "operationName") or ""
    trace = first_string(raw, "traceId", "trace_id", "traceID") or "trace"
    kind = _kind(attributes, name)
    told = span_in_bodies(raw) if kind == "other" and "span_events" in raw else None
    if kind == "other" and told is None:
        return Span(trace, 0.0, kind, name, _no_words, attributes=attributes)
    start = _number(raw.get("startTimeUnixNano", raw.get("start_time", raw.get("startTime", 0))))
    if told is not None:
        return told._replace(trace=trace, start=start, at=start, attributes=attributes)
    if kind == "tool":
        name = first_string(attributes, *_TOOL_NAMES) or name
        words = partial(_tool_words, attributes, raw)
    else:
        words = partial(_words, attributes, raw, memory)
    return Span(
        trace=trace,
        start=start,
        kind=kind,
        name=name,
        words=words,
        system=attributes.get("gen_ai.system_instructions"),
        call_id=first_string(attributes, *_CALL_IDS) if kind == "tool" else None,
        is_error=_has_failed(attributes, raw),
        at=start,
        attributes=attributes,
    )


def session_and_model(spans: Iterable[Span]) -> tuple[str | None, str | None]:
    """Return the first session and the first model that the attributes of *spans* state; None for those of no span."""
    session = model = None
    for span in spans:
        if span.attributes and not span.attributes.keys().isdisjoint(_FACTS):
            session = session or first_string(span.attributes, *_SESSIONS)
            model = model or first_string(span.attributes, *_MODELS)
            if session and model:
                break
    return session, model


def _has_failed(attributes: Record, raw: Record) -> bool | None:
    status = raw.get("status")
    code = status.get("code") if isinstance(status, dict) else None
    return True if "error.type" in attributes or code in (2, "ERROR", "STATUS_CODE_ERROR") else None


def _no_words() -> SpanWords:
    return None, None


def _number(value: object) -> float:
    if isinstance(value, str):
        if value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS:
            return float(value)
        digits = _whole(value)
        return _seconds(value) if digits is None else finite(digits) or 0.0
    return finite(value) or 0.0


def _whole(value: object) -> int | None:
    """Return *value* as a whole number, also from digits; None for other values and more than 18 digits."""
    text = str(value) if isinstance(value, int | str) else ""
    return int(text) if _WHOLE.fullmatch(text) else None


def _seconds(text: str) -> float:
    """Return a time in ISO 8601, as SDKs print it, in seconds since 1970; 0 if *text* is no time."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return 0.0
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _kind(attributes: Record, name: str) -> SpanKind:
    """Return the kind of a span by the conventions, the most precise convention first."""
    kind: SpanKind | None = None if attributes.keys().isdisjoint(_KIND_KEYS) else _stated_kind(attributes)
    return kind or ("tool" if name.startswith("execute_tool ") else "other")


def _stated_kind(attributes: Record) -> SpanKind | None:
    stated = (word(attributes.get("openinference.span.kind", attributes.get("traceloop.span.kind"))) or "").lower()
    operation = word(attributes.get("gen_ai.operation.name", attributes.get("ai.operationId"))) or ""
    if stated == "tool" or operation in ("execute_tool", "ai.toolCall"):
        return "tool"
    if stated == "llm" or operation in _MODEL_OPERATIONS or operation.endswith((".doGenerate", ".doStream")):
        return "llm"
    if "gen_ai.prompt.0.role" in attributes or attributes.get("gcp.vertex.agent.llm_request") not in _NOTHING:
        return "llm"
    if stated in ("agent", "chain", "workflow") or operation in ("invoke_agent", "ai.generateText", "ai.streamText"):
        return "agent"
    return None


def _first(attributes: Record, keys: tuple[str, ...]) -> object:
    for key in keys:
        if key in attributes and (found := attributes[key]) not in _NOTHING:
            return found
    return None


def _words(attributes: Record, raw: Record, memory: MessageMemory) -> SpanWords:
    """Return the input and the answer of a model."""
    given, answer = _first(attributes, _GIVEN), _first(attributes, _ANSWERED)
    if not (given and answer):
        asked, replied = spread_messages(attributes, memory)
        given, answer = given or asked, answer or replied
    told_given, told_answer = _told_in_events(raw)
    return (
        given or _first(attributes, _GIVEN_LOOSELY) or told_given,
        answer or _vercel(attributes) or told_answer or _first(attributes, _ANSWERED_LOOSELY) or None,
    )


def _vercel(attributes: Record) -> list[object]:
    return [attributes[key] for key in ("ai.response.text", "ai.response.toolCalls") if attributes.get(key)]


def _told_in_events(raw: Record) -> SpanWords:
    """Return the messages in the events of a span: one per event, all in one, or in the body of a log record."""
    events = [event for key in _EVENTS if key in raw for event in objects(raw[key])]
    if not events:
        return None, None
    given: list[object] = []
    answer: list[object] = []
    for event in events:
        name = str(event.get("name", event.get("event_name")))
        fields, body = plain_attributes(event.get("attributes")), as_object(event.get("body"))
        if name == _DETAILS:
            given.append(fields.get("gen_ai.input.messages"))
            answer.append(fields.get("gen_ai.output.messages"))
        elif name in _EVENT_ROLES:
            told = {"role": _EVENT_ROLES[name], **fields, **body}
            given.append({"tool_call_id": told.get("id"), **told} if told["role"] == "tool" else told)
        elif name == "gen_ai.choice":
            answer.append(fields.get("message", body.get("message", {**fields, **body})))
        elif body:
            given.append(body.get("input"))
            answer.append(body.get("output"))
    return [item for item in given if item is not None], [item for item in answer if item is not None]


def _tool_words(attributes: Record, raw: Record) -> SpanWords:
    """Return the input and the result of a tool."""
    told_given, told_answer = _told_in_events(raw)
    given = unpacked(_first(attributes, _ARGUMENTS))
    kwargs = as_object(given).get("kwargs")
    answer = _first(attributes, _RESULTS) or told_answer or None
    return kwargs if isinstance(kwargs, dict) else given or told_given or {}, answer
