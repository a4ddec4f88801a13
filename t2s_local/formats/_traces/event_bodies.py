"""Spans with words only in the bodies of their events, as LangChain's are exported with bare attributes."""

from t2s_local.formats._traces.spans import Span
from t2s_local.formats._traces.traced import unpacked
from t2s_local.records.json import Record, as_object, first_string, objects


def span_in_bodies(raw: Record) -> Span | None:
    """Return the span of a model, a tool or an agent, recognised by its output; None if it has no such output.

    Trace, time and place are empty, for the caller to fill in from the span's other fields.
    """
    bodies = [body for event in objects(raw.get("span_events")) if (body := as_object(event.get("body")))]
    given = [content for body in bodies for content in _contents(body, "input")]
    answers = [answer for body in bodies for content in _contents(body, "output") if (answer := as_object(content))]
    if not answers:
        return None
    last = answers[-1]
    if "generations" in last:
        replies = [reply for answer in answers for reply in _replies(answer)]
        return Span("", 0.0, "llm", "", lambda: (given, replies))
    if last.get("type") == "tool" and "content" in last:
        name, identity = first_string(last, "name") or "tool", first_string(last, "tool_call_id")
        failed = True if last.get("status") == "error" else None
        return Span("", 0.0, "tool", name, lambda: (_only(given), last["content"]), call_id=identity, is_error=failed)
    return Span("", 0.0, "agent", "", lambda: (given, answers)) if "messages" in last else None


def _contents(body: Record, side: str) -> list[object]:
    return [unpacked(message.get("content")) for message in objects(as_object(body.get(side)).get("messages"))]


def _replies(answer: Record) -> list[Record]:
    """Return the first of the candidates for each prompt, as a message."""
    batches = answer["generations"] if isinstance(answer["generations"], list) else []
    firsts = [batch[0] for batch in map(objects, batches) if batch]
    return [
        {"role": "assistant", "content": one.get("text"), "tool_calls": as_object(one.get("message")).get("tool_calls")}
        for one in firsts
    ]


def _only(given: list[object]) -> object:
    return given[0] if len(given) == 1 else given
