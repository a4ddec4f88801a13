"""Steps from records, by a map: the one way in which a map is applied, whoever wrote it."""

from collections.abc import Iterator

import msgspec

from t2s_local.formats._build import answered, moment
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.message_parts import PART_CALLS, common_parts, thoughts_in, told_in
from t2s_local.formats._dialects.messages import assistant_blocks, content_text, user_blocks
from t2s_local.formats._dialects.openhands import event_steps, is_event
from t2s_local.formats._fallback.fields import Field, Used
from t2s_local.formats._fallback.mapped_calls import CallReader
from t2s_local.formats._fallback.word_roles import role_by_pieces
from t2s_local.records.json import Record, compact, objects, word
from t2s_local.values.layout import ROLES, Layout, Role
from t2s_local.values.trajectory import Step

_DEEPEST = 8
"""Steps inside of steps that are looked into."""
_MARK_FIELDS = 4
"""Fields of a part that may be nothing but a mark, as where a step ends."""
_SPELLED = frozenset({"tool_use", "tool_result", "text", "thinking", "image"})
"""Types of parts in the spelling that all readers share."""


class StepReader:
    """Reads steps from the records of a run."""

    def __init__(self, layout: Layout, used: Used | None = None, *, guesses: bool = False) -> None:
        """Make the fields of a map ready.

        Args:
            layout: The map.
            used: Notes which of its paths and words held something.
            guesses: Whether the role of a word that the map does not list is told by its pieces.
        """
        self._guesses = guesses
        self._used = used
        self._words: dict[str, Role] = {
            text.lower(): role for role in reversed(ROLES) for text in getattr(layout.roles, role)
        }
        steps = layout.steps
        self._inside = Field("steps.inside", steps.inside, used)
        self._role = Field("steps.role", steps.role, used)
        self._text = Field("steps.text", steps.text, used)
        self._system = Field("steps.system", steps.system, used)
        self._user = Field("steps.user", steps.user, used)
        self._agent = Field("steps.agent", steps.agent, used)
        self._thought = Field("steps.thought", steps.thought, used)
        self._time = Field("steps.time", steps.time, used)
        self._parts = Field("steps.parts", steps.parts, used)
        self._calls = Field("steps.calls", steps.calls, used)
        self._results = Field("steps.results", steps.results, used)
        self._has_skips = bool(layout.roles.skip)
        self.id = Field("steps.id", steps.id, used)
        self.parent = Field("steps.parent", steps.parent, used)
        self._has_events = steps.events == "openhands"
        self._called = CallReader(layout, used)

    def _word(self, value: object) -> Role | None:
        text = value if isinstance(value, str) else str(value) if type(value) is int else ""
        return self._noted(self._words.get(text.strip().lower()), text)

    def _noted(self, role: Role | None, text: str) -> Role | None:
        if role is not None and self._used is not None:
            self._used.add((f"roles.{role}", text.strip().lower()))
        return role

    def role_of(self, record: Record) -> Role | None:
        """The part a record plays, by the first of its fields that holds a word for one; None where none does."""
        if self._used is None:
            for key in self._role.leading:
                if key in record and (role := self._word(record[key])) is not None:
                    return role
        for path, value in self._role.each(record):
            if (role := self._word(value)) is not None:
                self._role.note(path)
                return role
        for path, value in self._role.each(record) if self._guesses else ():
            if isinstance(value, str) and (role := role_by_pieces(value)) is not None:
                self._role.note(path)
                return self._noted(role, value)
        return None

    def parts_played(self, record: Record) -> set[Role]:
        """The roles of those who speak or act in a record; empty where it is no step."""
        inner = self.unwrapped(record)
        if self.is_turn(inner):
            return {"call", "result"}
        if (role := self.role_of(inner)) is not None:
            return {role} if self._says(inner) else set()
        if self._is_event(inner):
            return {"call" if "action" in inner else "result"}
        roles: tuple[tuple[Role, Field], ...] = (("system", self._system), ("user", self._user), ("agent", self._agent))
        played = {role for role, field in roles if field.is_in(inner)}
        return played or {role for part in self._own_parts(inner) if (role := self.role_of(part)) is not None}

    def _own_parts(self, record: Record) -> list[Record]:
        """Parts of a record that plays no part itself, where some of them do; empty where none does."""
        parts = objects(self._text.first(record))
        return parts if any(self.role_of(part) is not None for part in parts) else []

    def _says(self, record: Record) -> bool:
        fields = (self._text, self._thought, self._calls, self._called.arguments, self._results, self._parts)
        return any(field.is_in(record) for field in fields)

    def unwrapped(self, record: Record) -> Record:
        """The message inside an envelope, with the envelope's time; the record itself where it is none."""
        if self._has_skips and self.role_of(record) == "skip":
            return record
        for path, inner in self._inside.each(record):
            if isinstance(inner, dict) and self.role_of(inner) is not None and self._says(inner):
                self._inside.note(path)
                return {**{key: record[key] for key in self._time.keys if key in record}, **inner}
        return record

    def kind(self, record: Record) -> str | None:
        """The word for the kind of an envelope, where a record is one; None where it is a message itself."""
        if self.unwrapped(record) is record:
            return None
        return next((value for _, value in self._role.each(record) if isinstance(value, str)), None)

    def acts(self, record: Record) -> bool:
        """Whether a record is or holds the call of a tool, or its result, as such rather than in words."""
        inner = self.unwrapped(record)
        if self.role_of(inner) in ("call", "result") or self.is_turn(inner) or self._is_event(inner):
            return True
        if any(value for value in self._calls.every(inner) if isinstance(value, dict | list)):
            return True
        return any(self._is_act(part) for value in self._text.every(inner) for part in objects(value))

    def _is_act(self, part: Record) -> bool:
        return self.role_of(part) in ("call", "result") or any(key in part for key in PART_CALLS)

    def _is_event(self, record: Record) -> bool:
        return self._has_events and is_event(record)

    def is_turn(self, record: Record) -> bool:
        """Whether a record holds a call and what came of it."""
        return self._calls.is_in(record) and self._results.is_in(record)

    def content(self, record: Record) -> object:
        """Return what the message in a record says."""
        return told_in(self._text.first(self.unwrapped(record)))

    def steps(self, record: Record, *, line: int | None = None) -> Iterator[Step]:
        """Yield the steps of one record."""
        record = self.unwrapped(record)
        if self._is_event(record) and not self.is_turn(record):
            if self._used is not None:
                self._used.add(("steps.events", "openhands"))
            yield from (msgspec.structs.replace(step, line=line) for step in event_steps([record]))
        else:
            yield from self._steps(record, None, moment(self._time.first(record)), line, 0)

    def _steps(
        self, record: Record, around: Role | None, at: str | None, line: int | None, depth: int
    ) -> Iterator[Step]:
        role = self.role_of(record) or around
        if role == "skip":
            return
        yield from self._own_steps(record, role, at, line, depth)
        if depth < _DEEPEST:
            for part in self._parts.objects(record):
                yield from self._steps(part, role, at, line, depth + 1)

    def _own_steps(
        self, record: Record, role: Role | None, at: str | None, line: int | None, depth: int
    ) -> Iterator[Step]:
        """Steps of a record without those of the parts that are steps themselves."""
        if role == "call" or (role == "result" and self._is_answered_call(record)):
            yield from self._called.call(record, at, line)
        elif role == "result":
            yield self._called.result(record, at, line)
        elif role is None and depth < _DEEPEST and (parts := self._own_parts(record)):
            yield from self._each_part(parts, at, line, depth + 1)
        elif role is None:
            yield from self._turn(record, at, line)
        else:
            yield from self._message(record, role, at, line, depth)

    def _each_part(self, parts: list[Record], at: str | None, line: int | None, depth: int) -> Iterator[Step]:
        """Steps of parts with roles of their own; the others are the agent's where nobody else speaks."""
        told = {self.role_of(part) for part in parts}
        others: Role | None = "agent" if told.isdisjoint(("user", "system", "result")) else None
        for part in parts:
            yield from self._steps(part, others, at, line, depth)

    def _is_answered_call(self, record: Record) -> bool:
        """Whether a record holds what a tool was given beside what it said."""
        given = self._called.arguments.first(record)
        return (
            given is not None and self._called.came_of_it.is_in(record) and self._called.name.text(record) is not None
        )

    def _message(self, record: Record, role: Role, at: str | None, line: int | None, depth: int) -> Iterator[Step]:
        content = self._text.first(record)
        if role in ("agent", "thought"):
            thoughts = list(self._thoughts(self._thought_in(record), at, line))
            yield from thoughts
            if role == "thought" and not thoughts:
                yield from self._thoughts(told_in(content), at, line)
        if role != "thought":
            yield from self._said(content, role, at, line, depth)
        if role == "agent":
            yield from self._acts(record, at, line)

    def _thought_in(self, record: Record) -> object:
        for path, value in self._thought.each(record):
            if value:
                self._thought.note(path)
                return value
        return None

    def _thoughts(self, value: object, at: str | None, line: int | None) -> Iterator[Step]:
        for text in thoughts_in(value):
            yield Step(kind="thought", text=text, at=at, line=line)

    def _said(self, content: object, role: Role, at: str | None, line: int | None, depth: int) -> Iterator[Step]:
        """Steps of what a message holds: a text, a part, or parts, of which some are calls and results by the map."""
        if not isinstance(content, list) or depth >= _DEEPEST:
            yield from self._words_of(content, role, at, line)
            return
        plain: list[object] = []
        for part in content:
            if isinstance(part, dict) and not self._is_told(part):
                continue
            if isinstance(part, dict) and self._is_own_part(part):
                yield from self._words_of(plain, role, at, line)
                plain = []
                yield from self._steps(part, role, at, line, depth + 1)
            else:
                plain.append(part)
        yield from self._words_of(plain, role, at, line)

    def _is_told(self, part: Record) -> bool:
        """Whether a part says or does anything, rather than marking a place between others."""
        if word(part.get("type")) is None or len(part) > _MARK_FIELDS or self._says(part):
            return True
        return word(objects(common_parts([part]))[0].get("type")) in _SPELLED

    def _is_own_part(self, part: Record) -> bool:
        """Whether a part is a call or a result by the map, in none of the spellings that all readers share."""
        if self.role_of(part) not in ("call", "result", "thought"):
            return False
        return word(objects(common_parts([part]))[0].get("type")) not in _SPELLED

    def _words_of(self, content: object, role: Role, at: str | None, line: int | None) -> Iterator[Step]:
        if content is None or content == []:
            return
        told = told_in(content)
        if role == "user":
            yield from user_blocks(told, at=at, line=line)
        elif role == "agent":
            yield from assistant_blocks(told, at=at, line=line)
        elif (text := content_text(told)).strip():
            yield Step(kind="system", text=text, at=at, line=line)

    def _acts(self, record: Record, at: str | None, line: int | None) -> Iterator[Step]:
        """Steps of the calls that a record holds, and of their results."""
        for value in self._calls.every(record):
            for call in value if isinstance(value, list) else [value]:
                if isinstance(call, dict) and call:
                    yield from self._called.call(call, at, line)
                elif isinstance(call, str) and call.strip():
                    yield self._called.line_of(call, record, at, line)
        told_at: str | None = None
        for path, value in self._results.each(record):
            if told_at not in (None, path):
                return
            for result in self._results_in(value, at, line):
                told_at = path
                self._results.note(path)
                yield result

    def _results_in(self, value: object, at: str | None, line: int | None) -> Iterator[Step]:
        for result in value if isinstance(value, list) else [value]:
            if isinstance(result, dict):
                if self._called.told.is_in(result):
                    yield self._called.result(result, at, line)
            elif result is not None:
                yield answered(result if isinstance(result, str) else compact(result), at=at, line=line)

    def _turn(self, record: Record, at: str | None, line: int | None) -> Iterator[Step]:
        """One record for what was asked, thought, done and observed, each in a field of its own."""
        yield from self._words_of(self._system.first(record), "system", at, line)
        yield from self._words_of(self._user.first(record), "user", at, line)
        yield from self._thoughts(self._thought_in(record), at, line)
        yield from self._words_of(self._agent.first(record), "agent", at, line)
        acts = list(self._acts(record, at, line))
        if any(step.kind == "tool_call" for step in acts):
            yield from acts
        else:
            for step in acts:
                yield from user_steps(step.text, at=at, line=line)
