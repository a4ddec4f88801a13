"""OpenTelemetry spans in their serialisations, with what they say of GenAI in its spellings."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from t2s_local.formats._build import moment
from t2s_local.formats._traces.event_bodies import span_in_bodies
from t2s_local.formats._traces.spans import Span, SpanKind, SpanWords
from t2s_local.formats._traces.traced import unpacked
from t2s_local.records.json import Record, as_object, first_string, objects, word

_EVENT_ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
}
_MODEL_OPERATIONS = frozenset({"chat", "text_completion", "generate_content", "llm_call", "completion"})
_GIVEN = ("gen_ai.input.messages", "pydantic_ai.all_messages", "ai.prompt.messages", "gcp.vertex.agent.llm_request")
_GIVEN_LOOSELY = ("ai.prompt", "input.value", "traceloop.entity.input")
_GIVEN_BY_KEY = ("llm.input_messages.", "gen_ai.prompt.")
_ANSWERED = ("gen_ai.output.messages", "gcp.vertex.agent.llm_response")
_ANSWERED_BY_KEY = ("llm.output_messages.", "gen_ai.completion.")
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
_INNER = frozenset({"resourceSpans", "batches", "scopeSpans", "instrumentationLibrarySpans", "spans", "data", "trace"})
_NOTHING: tuple[object, ...] = (None, "", "{}", [], {})
"""What tools write where there is nothing to tell."""
_DETAILS = "gen_ai.client.inference.operation.details"


def raw_spans(value: object, depth: int = 0) -> Iterator[Record]:
    """Every span in a value, wherever the serialisation puts it."""
    if depth > 8:
        return
    if isinstance(value, list):
        for item in value:
            yield from raw_spans(item, depth + 1)
    elif isinstance(value, dict):
        if value.keys() & {"spanId", "span_id", "spanID"} and value.keys() & {"name", "operationName"}:
            yield value
        elif "spanName" in value and "attributes" in value:
            yield {**value, "name": value["spanName"], "span_id": "1", "trace_id": "trace"}
        else:
            for key in _INNER & value.keys():
                yield from raw_spans(value[key], depth + 1)


def plain_attributes(value: object) -> Record:
    """Attributes as one flat object: OTLP lists of typed values, Jaeger's tags, or what is flat already."""
    if isinstance(value, dict):
        return value
    return {
        str(item.get("key")): _typed(given) if isinstance(given := item.get("value"), dict) else given
        for item in objects(value)
    }


def _typed(value: Record) -> object:
    if "stringValue" in value:
        return value["stringValue"]
    for key in ("boolValue", "doubleValue"):
        if key in value:
            return value[key]
    if "intValue" in value:
        return int(value["intValue"]) if str(value["intValue"]).lstrip("-").isdigit() else None
    if "arrayValue" in value:
        return [_typed(item) for item in objects(as_object(value["arrayValue"]).get("values"))]
    if "kvlistValue" in value:
        return plain_attributes(as_object(value["kvlistValue"]).get("values"))
    return None


def nest(attributes: Record, prefix: str) -> list[Record]:
    """Objects that are spread over keys such as *prefix* and ``0.message.role``, in order."""
    found: Record = {}
    for key in [key for key in attributes if key.startswith(prefix)]:
        path = key[len(prefix) :].split(".")
        if len(path) > 1 and path[0].isdigit():
            _put(found, path, attributes[key])
    return [_listed(found[number]) for number in sorted(found, key=int)]


def _put(target: Record, path: list[str], value: object) -> None:
    for part in path[:-1]:
        inner = target.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        target = inner
    target.setdefault(path[-1], value)


def _listed(value: Record) -> Record:
    """Turn the objects inside *value* whose keys are all numbers into lists."""
    for key, item in value.items():
        if isinstance(item, dict) and item:
            inner = _listed(item)
            value[key] = [inner[name] for name in sorted(inner, key=int)] if all(map(str.isdigit, inner)) else inner
    return value


def _messages(attributes: Record, prefix: str) -> list[Record]:
    """Messages of OpenInference and OpenLLMetry, their calls and contents in the common form."""
    return [_message(item, "assistant" if "completion" in prefix else "user") for item in nest(attributes, prefix)]


def _message(item: Record, role: str) -> Record:
    message = {"role": role, **(as_object(item.get("message")) or item)}
    if calls := message.get("tool_calls"):
        message["tool_calls"] = [as_object(call.get("tool_call")) or call for call in objects(calls)]
    if contents := objects(message.get("contents")):
        parts = [as_object(part.get("message_content")) or part for part in contents]
        message["content"] = unpacked(parts if message.get("content") is None else message["content"])
    return message


def span_of(raw: Record) -> Span:
    """A span with what it says of models and tools."""
    attributes = plain_attributes(raw.get("attributes", raw.get("tags")))
    name = first_string(raw, "name", "operationName") or ""
    trace = first_string(raw, "traceId", "trace_id", "traceID") or "trace"
    start = raw.get("startTimeUnixNano", raw.get("start_time", raw.get("startTime", 0)))
    session = first_string(attributes, "gen_ai.conversation.id", "session.id", "ai.telemetry.metadata.sessionId")
    model = first_string(attributes, "gen_ai.response.model", "gen_ai.request.model", "llm.model_name", "ai.model.id")
    kind = _kind(attributes, name)
    if kind == "other":
        told = span_in_bodies(raw) if "span_events" in raw else None
        if told is None:
            return Span(trace, 0.0, kind, name, _no_words, model=model, session=session)
        at = moment(_number(start))
        return told._replace(trace=trace, start=_number(start), model=model, session=session, at=at)
    status = as_object(raw.get("status")).get("code")
    return Span(
        trace=trace,
        start=_number(start),
        kind=kind,
        name=(first_string(attributes, *_TOOL_NAMES) or name) if kind == "tool" else name,
        words=partial(_tool_words if kind == "tool" else _words, attributes, raw),
        system=attributes.get("gen_ai.system_instructions"),
        call_id=first_string(attributes, "gen_ai.tool.call.id", "tool.id", "ai.toolCall.id", "tool_call.id"),
        is_error=True if "error.type" in attributes or status in (2, "ERROR", "STATUS_CODE_ERROR") else None,
        model=model,
        session=session,
        at=moment(_number(start)),
    )


def _no_words() -> SpanWords:
    return None, None


def _number(value: object) -> float:
    if isinstance(value, str):
        return float(value) if value.isdigit() else _seconds(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _seconds(text: str) -> float:
    """Seconds since 1970 of a time as SDKs print it, in ISO 8601; 0 where it is none."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return 0.0
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _kind(attributes: Record, name: str) -> SpanKind:
    """What a span stands for, by the conventions in the order of how exact they are."""
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
    return "tool" if name.startswith("execute_tool ") else "other"


def _first(attributes: Record, keys: tuple[str, ...]) -> object:
    for key in keys:
        if key in attributes and (found := attributes[key]) not in _NOTHING:
            return found
    return None


def _words(attributes: Record, raw: Record) -> SpanWords:
    """What a model was given and what it answered."""
    keys = " ".join(attributes)
    given = _first(attributes, _GIVEN)
    given = given or next((_messages(attributes, prefix) for prefix in _GIVEN_BY_KEY if prefix in keys), None)
    answer = _first(attributes, _ANSWERED)
    answer = answer or next((_messages(attributes, prefix) for prefix in _ANSWERED_BY_KEY if prefix in keys), None)
    told_given, told_answer = _told_in_events(raw)
    return (
        given or _first(attributes, _GIVEN_LOOSELY) or told_given,
        answer or _vercel(attributes) or told_answer or _first(attributes, _ANSWERED_LOOSELY) or None,
    )


def _vercel(attributes: Record) -> list[object]:
    return [attributes[key] for key in ("ai.response.text", "ai.response.toolCalls") if attributes.get(key)]


def _told_in_events(raw: Record) -> SpanWords:
    """Messages that are events of the span: one an event, all in one, or in the body of a log record."""
    events = [event for key in ("span_events", "events", "logs") for event in objects(raw.get(key))]
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
            given.append({"role": _EVENT_ROLES[name], **fields, **body})
        elif name == "gen_ai.choice":
            answer.append(fields.get("message", body.get("message", fields)))
        elif body:
            given.append(body.get("input"))
            answer.append(body.get("output"))
    return [item for item in given if item is not None], [item for item in answer if item is not None]


def _tool_words(attributes: Record, raw: Record) -> SpanWords:
    """What a tool was called with and what it returned."""
    told_given, told_answer = _told_in_events(raw)
    given = unpacked(_first(attributes, _ARGUMENTS))
    kwargs = as_object(given).get("kwargs")
    answer = _first(attributes, _RESULTS) or told_answer or None
    return kwargs if isinstance(kwargs, dict) else given or told_given or {}, answer
