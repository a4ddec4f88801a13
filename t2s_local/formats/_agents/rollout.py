"""Records of a Codex rollout: the model's items, the events that display them again, and the ends of commands."""

from bisect import bisect_left
from collections.abc import Iterator

from t2s_local.formats._agents.completions import CompletionRecord, completed, completion_of
from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import folder_in, nested
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.messages import content_text
from t2s_local.formats._dialects.response_items import is_item, item_steps
from t2s_local.records.json import Record, as_object, first_string, string, word
from t2s_local.values.trajectory import Step, StepKind

_ENDINGS = {"task_complete": None, "turn_complete": None, "turn_aborted": "aborted", "error": "error"}
_SAID: dict[str, StepKind] = {
    "user_message": "user",
    "agent_message": "assistant",
    "agent_reasoning": "thought",
    "agent_reasoning_raw_content": "thought",
    "item_completed/UserMessage": "user",
    "item_completed/AgentMessage": "assistant",
    "item_completed/Plan": "assistant",
    "item_completed/Reasoning": "thought",
}
"""Events that repeat an item, or are the only record of a message if there is no such item."""
_DONE = frozenset({"tool_call", "tool_result"})
_BARE = ("_call", "_output", "_result")
"""Endings of the types of calls and results that are written without an envelope."""
_WORDS = ("message", "text", "content", "summary_text")


def is_old_header(record: Record) -> bool:
    """Return whether a record is the first line of an old rollout, from before records had envelopes."""
    return {"id", "timestamp", "instructions"} <= record.keys() and "type" not in record


def opens(record: Record) -> bool:
    """Return whether a record is the first line of a rollout, either the file's own or a copied one."""
    return record.get("type") == "session_meta" or ("type" not in record and is_old_header(record))


class Rollout:
    """The records of one rollout, in file order."""

    def __init__(self) -> None:
        """Start empty."""
        self.unread = Tally("codex")
        self.session_id: str | None = None
        self.parent_id: str | None = None
        self.model: str | None = None
        self.termination: str | None = None
        self.folder: str | None = None
        self.repository: str | None = None
        self._items: list[Step] = []
        self._events: list[Step] = []
        self._completions: list[CompletionRecord] = []
        self._named: set[str] = set()
        """Ids of this rollout and of the rollouts that it continues."""
        self._begun: str | None = None

    def is_over(self, record: Record) -> bool:
        """Return whether *record*, the first line of a rollout, starts a rollout other than this one.

        A rollout that continues another may contain copies of the first lines of its predecessors. These are recognised
        by an id that this rollout names, or because they began before it and were written into it later.
        """
        payload = as_object(record.get("payload")) or record
        identity, begun = first_string(payload, "id"), first_string(payload, "timestamp")
        if self.session_id is None or identity is None or identity in self._named:
            return False
        written = first_string(record, "timestamp")
        is_copy = _before(begun, self._begun) and not _before(written, self._begun)
        return not is_copy

    def add(self, record: Record, *, line: int) -> None:
        """Add the record of one line."""
        payload, at = as_object(record.get("payload")), string(record.get("timestamp"))
        kind = word(record.get("type"))
        if kind == "session_meta" or (kind is None and is_old_header(record)):
            self._meta(payload or record)
        elif kind == "turn_context":
            self.model = first_string(payload, "model") or self.model
            self.folder = self.folder or folder_in(payload)
        elif kind == "response_item" or (not payload and (is_item(record) or (kind or "").endswith(_BARE))):
            self._item(payload or record, at, line)
        elif kind == "event_msg":
            self._event(payload, at, line)
        elif kind == "compacted" and (text := first_string(payload, "message")):
            self._items.append(Step(kind="summary", text=text, at=at, line=line))
        else:
            self.unread.add(str(kind or record.get("record_type") or "record without a type"))

    def _meta(self, payload: Record) -> None:
        self.unread.version = first_string(payload, "cli_version") or self.unread.version
        spawned = nested(payload, "source", "subagent", "thread_spawn", "parent_thread_id")
        forked = first_string(payload, "forked_from_id")
        thread = first_string(payload, "session_id") or string(nested(payload, "history_base", "thread_id"))
        self._named.update(filter(None, (first_string(payload, "id"), string(spawned), forked, thread)))
        if self.session_id is not None:
            self.unread.add("session_meta")
            return
        self.session_id = first_string(payload, "id")
        self.folder = folder_in(payload)
        self.repository = string(nested(payload, "git", "repository_url"))
        self._begun = first_string(payload, "timestamp")
        self.parent_id = string(spawned) or forked or (None if thread == self.session_id else thread)

    def _item(self, item: Record, at: str | None, line: int) -> None:
        steps = list(item_steps(item, at=at, line=line))
        if not steps:
            self.unread.add(f"response_item/{item.get('type')}")
        self._items += steps
        if self.termination is not None and any(step.kind == "user" for step in steps):
            self.termination = None

    def _event(self, payload: Record, at: str | None, line: int) -> None:
        kind = str(payload.get("type"))
        if kind == "item_completed":
            payload = as_object(payload.get("item"))
            kind = f"{kind}/{payload.get('type')}"
        if kind in _ENDINGS:
            self.termination = first_string(payload, "reason") or _ENDINGS[kind]
        elif kind == "thread_rolled_back":
            self._take_back(payload.get("num_turns"))
            return
        elif (completion := completion_of(kind, payload, at, line)) is not None:
            self._completions.append(completion)
            return
        elif kind in _SAID and (text := _words_of(payload)):
            said = _SAID[kind]
            steps = user_steps(text, at=at, line=line) if said == "user" else [_step(said, text, at, line)]
            self._events += steps
            return
        self.unread.add(f"event_msg/{kind}")

    def _take_back(self, n_turns: object) -> None:
        """Leave out the newest *n_turns* turns of the user and everything that followed them."""
        steps = _merged([*self._items, *self._alone()])
        begins = [place for place, step in enumerate(steps) if step.kind == "user"]
        if not begins or not isinstance(n_turns, int) or n_turns < 1:
            self.unread.add("event_msg/thread_rolled_back")
            return
        first = begins[max(len(begins) - n_turns, 0)]
        cut, request = steps[first].line or 0, steps[first].text.strip()
        before = max((step.line or 0 for step in steps[:first]), default=0)
        self.unread.add("rewound record", len({step.line for step in steps[first:]}))
        self._items = [step for step in self._items if (step.line or 0) < cut]
        self._completions = [one for one in self._completions if one.line < cut]
        self._events = [
            step
            for step in self._events
            if (step.line or 0) < cut and not ((step.line or 0) > before and step.text.strip() == request)
        ]
        self.termination = None

    def said(self) -> list[Step]:
        """Return the steps of the session: items, events that no item repeats, and the ends of commands."""
        alone = self._alone()
        steps = _merged([*self._items, *alone])
        self.unread.add("event_msg/repeated message", len(self._events) - len(alone))
        found, n_told = completed(steps, self._completions)
        self.unread.add("output of a cell told command by command", n_told)
        return found

    def _alone(self) -> list[Step]:
        """Return the steps that only events contain; a thought may also be a part of an item's longer text."""
        if not self._events:
            return []
        known = {(step.kind, step.text.strip()) for step in self._items if step.kind not in _DONE}
        thoughts = "\n".join(step.text for step in self._items if step.kind == "thought")
        lines = sorted(step.line or 0 for step in self._items)
        alone: list[Step] = []
        for step in self._events:
            said = (step.kind, step.text.strip())
            is_told = said in known or (step.kind == "thought" and said[1] in thoughts)
            if not is_told and not (alone and _is_same(alone[-1], step, lines)):
                alone.append(step)
        return alone


def _before(one: str | None, other: str | None) -> bool:
    """Return whether time *one* is before time *other*, both written in the same form; False if a time is missing."""
    return one is not None and other is not None and one < other


def _is_same(before: Step, step: Step, lines: list[int]) -> bool:
    """Return whether an event repeats the event before it, without an item on the *lines* between them."""
    is_next = bisect_left(lines, before.line or 0) == bisect_left(lines, step.line or 0)
    return is_next and (before.kind, before.text.strip()) == (step.kind, step.text.strip())


def _words_of(record: Record) -> str:
    for key in _WORDS:
        if (text := content_text(record.get(key))) and not text.isspace():
            return text
    return ""


def _step(kind: StepKind, text: str, at: str | None, line: int) -> Step:
    return Step(kind=kind, text=text, at=at, line=line)


def _merged(steps: list[Step]) -> list[Step]:
    """Return the *steps* by line, without repeated words of user or harness between two steps of the agent."""
    return list(_once(sorted(steps, key=lambda step: step.line or 0)))


def _once(steps: list[Step]) -> Iterator[Step]:
    said: set[str] = set()
    for step in steps:
        if step.kind in ("user", "system"):
            if step.text in said:
                continue
            said.add(step.text)
        else:
            said.clear()
        yield step
