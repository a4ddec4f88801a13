"""Events of OpenHands, in the forms of its versions, as steps."""

from collections.abc import Iterable, Iterator

from t2s_local.formats._build import answered, called, moment, nested
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.messages import content_text
from t2s_local.records.json import Record, as_object, compact, first_string, objects, string
from t2s_local.values.trajectory import Step

_NOISE = frozenset({"agent_state_changed", "change_agent_state", "null", "recall", "system_prompt", "push", "send_pr"})
_PLAIN = ("content", "message", "thought")
_BESIDE = frozenset(
    {
        "thought",
        "security_risk",
        "action_risk",
        "is_confirmed",
        "confirmation_state",
        "hidden",
        "keep_prompt",
        "blocking",
    }
    | {"kernel_init_code", "is_input", "is_static", "cwd", "include_extra", "action", "id", "timestamp", "source"}
    | {
        "message",
        "tool_call_metadata",
        "timeout",
        "llm_metrics",
        "kind",
        "response_id",
        "set_hard_timeout",
        "impl_source",
    }
    | {"view_range", "translated_ipython_code", "outputs", "task_completed", "final_thought"}
)
_SAYING = frozenset({"message", "system", "finish"})
_REFUSALS = ("AgentErrorEvent", "UserRejectObservation")
_UNSAID = "User rejected"
"""Beginning of a refusal's reason if the user gave none."""
_TOOLS = {"run": "bash", "run_ipython": "python", "ExecuteBashAction": "bash"}


def is_event(record: Record) -> bool:
    """Return whether an object is an event of the first or the second generation of OpenHands."""
    if str(record.get("kind")).endswith(("Event", "Action", "Observation")):
        return True
    source = record.get("source")
    named = isinstance(record.get("action"), str) or isinstance(record.get("observation"), str)
    return named and (source in ("agent", "user", "environment") or "extras" in record or "args" in record)


def event_steps(events: Iterable[Record]) -> list[Step]:
    """Return the steps of the events of a run, in order."""
    steps: list[Step] = []
    for number, event in enumerate(events, 1):
        if "kind" in event:
            steps += _second(event, number)
        elif isinstance(event.get("action"), str):
            steps += _action(event, number)
        elif isinstance(event.get("observation"), str):
            steps += _observation(event, number)
    return steps


def _action(event: Record, number: int) -> list[Step]:
    name = event["action"]
    if name in _NOISE:
        return []
    at = moment(event.get("timestamp"))
    arguments = as_object(event.get("args")) or {key: event[key] for key in event if key not in ("action", "source")}
    if name in _SAYING:
        return _words(event, name, arguments, at, number)
    thought = content_text(arguments.get("thought"))
    if name == "think":
        return [Step(kind="thought", text=thought, at=at, line=number)]
    steps = [Step(kind="assistant", text=thought, at=at, line=number)] if thought and not thought.isspace() else []
    kept = {key: value for key, value in arguments.items() if key not in _BESIDE}
    steps.append(called(_tool_of(event, name), kept, call_id=_call_id(event, event.get("id")), at=at, line=number))
    return steps


def _words(event: Record, name: str, arguments: Record, at: str | None, number: int) -> list[Step]:
    """Return the steps of an action that contains only words."""
    text = content_text(arguments.get("content") or arguments.get("final_thought") or None)
    if name == "system":
        return [Step(kind="system", text=text, at=at, line=number)]
    if name == "finish":
        text = text or content_text(arguments.get("thought"))
    is_users = name == "message" and (event.get("source") == "user" or ("source" not in event and number == 1))
    return _said(text or content_text(event.get("message")), at, number, is_users=is_users)


def _said(text: str, at: str | None, number: int, *, is_users: bool) -> list[Step]:
    if is_users:
        return user_steps(text, at=at, line=number)
    return [Step(kind="assistant", text=text, at=at, line=number)] if text and not text.isspace() else []


def _tool_of(event: Record, name: str) -> str:
    made = as_object(event.get("tool_call_metadata"))
    return (string(made.get("function_name")) if made else None) or _TOOLS.get(name, name)


def _call_id(event: Record, fallback: object) -> str | None:
    made = as_object(event.get("tool_call_metadata"))
    return (string(made.get("tool_call_id")) if made else None) or string(fallback)


def _observation(event: Record, number: int) -> list[Step]:
    name = event["observation"]
    if name in _NOISE:
        return []
    extras = as_object(event.get("extras"))
    code = as_object(extras.get("metadata")).get("exit_code") if extras else None
    code = event.get("exit_code", extras.get("exit_code")) if code is None else code
    step = answered(
        content_text(event.get("content")),
        call_id=_call_id(event, event.get("cause")),
        is_error=True if name == "error" else None,
        exit_code=code if isinstance(code, int) and not isinstance(code, bool) and code >= 0 else None,
        at=moment(event.get("timestamp")),
        line=number,
    )
    return [step]


def _second(event: Record, number: int) -> Iterator[Step]:
    kind, at = str(event["kind"]), moment(event.get("timestamp"))
    if kind == "MessageEvent":
        message = as_object(event.get("llm_message"))
        text = content_text(message.get("content"))
        yield from _said(text, at, number, is_users=event.get("source") == "user")
    elif kind == "SystemPromptEvent":
        yield Step(kind="system", text=content_text(event.get("system_prompt")), at=at, line=number)
    elif kind == "ActionEvent":
        yield from _second_action(event, at, number)
    elif kind in ("ObservationEvent", "AgentErrorEvent", "UserRejectObservation"):
        yield _second_observation(event, at, number)
        if (reason := first_string(event, "rejection_reason")) and not reason.startswith(_UNSAID):
            yield Step(kind="user", text=reason, at=at, line=number)
    elif kind in ("CondensationEvent", "Condensation") and (text := content_text(event.get("summary"))):
        yield Step(kind="summary", text=text, at=at, line=number)


def _second_action(event: Record, at: str | None, number: int) -> Iterator[Step]:
    if thought := content_text(event.get("reasoning_content")):
        yield Step(kind="thought", text=thought, at=at, line=number)
    if said := content_text(event.get("thought")):
        yield Step(kind="assistant", text=said, at=at, line=number)
    action = as_object(event.get("action"))
    kept = {key: value for key, value in action.items() if key not in _BESIDE}
    name = first_string(event, "tool_name") or _TOOLS.get(str(action.get("kind")))
    yield called(name, kept, call_id=first_string(event, "tool_call_id", "id"), at=at, line=number)


def _second_observation(event: Record, at: str | None, number: int) -> Step:
    seen = as_object(event.get("observation"))
    text = next((content_text(seen[key]) for key in ("output", "content", "text") if seen.get(key)), "")
    text = (
        text
        or content_text(event.get("error"))
        or content_text(event.get("rejection_reason"))
        or (compact(seen) if seen else "")
    )
    code = seen.get("exit_code", nested(seen, "metadata", "exit_code"))
    failed = bool(seen.get("error") or seen.get("is_error")) or event.get("kind") in _REFUSALS
    return answered(
        text,
        call_id=first_string(event, "tool_call_id", "action_id"),
        tool=first_string(event, "tool_name"),
        is_error=failed,
        exit_code=code if isinstance(code, int) and code >= 0 else None,
        at=at,
        line=number,
    )


def flattened(history: object) -> list[Record]:
    """Return the events of a history: a flat list, or a list of pairs of an action and its observation."""
    if not isinstance(history, list):
        return []
    found: list[Record] = []
    for item in history:
        if isinstance(item, dict):
            found.append(item)
        else:
            found += objects(item)
    return found
