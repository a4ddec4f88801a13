"""Codex CLI rollouts: what the model saw (``response_item``) and a display copy of it (``event_msg``)."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._build import nested, passed, trajectory
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.response_items import is_item, item_steps
from t2s_local.ports.format import Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, line_values, string, word
from t2s_local.values.trajectory import Step

_ENVELOPES = frozenset({"session_meta", "response_item", "event_msg", "turn_context", "compacted", "world_state"})
_ENDINGS = {"task_complete": None, "turn_complete": None, "turn_aborted": "aborted", "error": "error"}


def claims(head: Head) -> bool:
    """Records in one of the envelopes of a rollout, or bare items after the first line of an old one."""
    records = seen(head)
    if any(word(record.get("type")) in _ENVELOPES and "payload" in record for record in records):
        return True
    return (
        bool(records)
        and _is_old_header(records[0])
        and all("type" in record or "record_type" in record for record in records[1:])
    )


def _is_old_header(record: Record) -> bool:
    return {"id", "timestamp", "instructions"} <= record.keys() and "type" not in record


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Read the session of the file; telemetry and the display copy are counted, not read."""
    rollout = _Rollout()
    for item in line_values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
        else:
            rollout.add(as_object(item[1]), line=item[0])
    yield trajectory(
        rollout.said(),
        source=source,
        format_name="codex",
        session_id=rollout.session_id,
        agent="codex",
        model=rollout.model,
        termination=rollout.termination,
        parent_id=rollout.parent_id,
    )
    yield from passed(rollout.unread, source=source)


class _Rollout:
    """The records of one file, in file order."""

    def __init__(self) -> None:
        """Start empty."""
        self.unread: Counter[str] = Counter()
        self.session_id: str | None = None
        self.parent_id: str | None = None
        self.model: str | None = None
        self.termination: str | None = None
        self._items: list[Step] = []
        self._events: list[Step] = []

    def add(self, record: Record, *, line: int) -> None:
        """Take in one line."""
        kind, payload, at = (
            word(record.get("type")),
            as_object(record.get("payload")),
            first_string(record, "timestamp"),
        )
        if kind == "session_meta" or _is_old_header(record):
            self._meta(payload or record)
        elif kind == "turn_context":
            self.model = first_string(payload, "model") or self.model
        elif kind == "response_item" or (is_item(record) and not payload):
            self._item(payload or record, at, line)
        elif kind == "event_msg":
            self._event(payload, at, line)
        elif kind == "compacted" and (text := first_string(payload, "message")):
            self._items.append(Step(kind="summary", text=text, at=at, line=line))
        else:
            self.unread[str(kind or record.get("record_type") or "record without a type")] += 1

    def _meta(self, payload: Record) -> None:
        if self.session_id is None:
            self.session_id = first_string(payload, "id")
            spawned = nested(payload, "source", "subagent", "thread_spawn", "parent_thread_id")
            self.parent_id = string(spawned) or first_string(payload, "forked_from_id")
        else:
            self.unread["session_meta"] += 1

    def _item(self, item: Record, at: str | None, line: int) -> None:
        steps = list(item_steps(item, at=at, line=line))
        if not steps:
            self.unread[f"response_item/{item.get('type')}"] += 1
        self._items += steps
        if any(step.kind == "user" for step in steps):
            self.termination = None

    def _event(self, payload: Record, at: str | None, line: int) -> None:
        kind = str(payload.get("type"))
        text = first_string(payload, "message", "text")
        if kind in _ENDINGS:
            self.termination = first_string(payload, "reason") or _ENDINGS[kind]
        elif kind == "user_message" and text:
            self._events.extend(user_steps(text, at=at, line=line))
            return
        elif kind == "agent_message" and text:
            self._events.append(Step(kind="assistant", text=text, at=at, line=line))
            return
        self.unread[f"event_msg/{kind}"] += 1

    def said(self) -> list[Step]:
        """The steps of the session: the model's side, and what the display copy alone holds."""
        known = {(step.kind, step.text.strip()) for step in self._items}
        added = [step for step in self._events if (step.kind, step.text.strip()) not in known]
        self.unread["event_msg/repeated message"] += len(self._events) - len(added)
        return _once(sorted([*self._items, *added], key=lambda step: step.line or 0))


def _once(steps: list[Step]) -> list[Step]:
    """Leave out what the harness or the user said twice with no step of the agent in between."""
    kept: list[Step] = []
    said: set[str] = set()
    for step in steps:
        if step.kind in ("user", "system"):
            if step.text in said:
                continue
            said.add(step.text)
        else:
            said.clear()
        kept.append(step)
    return kept
