"""Reader of steps in records, by a map: the same for all maps, whoever wrote them."""

from collections.abc import Iterator

import msgspec

from t2s_local.formats._build import answered, moment
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.message_parts import common_parts, thoughts_in, told_in
from t2s_local.formats._dialects.messages import assistant_blocks, content_text, user_blocks
from t2s_local.formats._dialects.openhands import event_steps
from t2s_local.formats._maps.record_roles import RecordRoles
from t2s_local.records.json import Record, compact, objects, word
from t2s_local.values.layout import Role
from t2s_local.values.trajectory import Step

_DEEPEST = 8
"""Most levels of steps inside of steps that are read."""
_MARK_FIELDS = 4
"""Most fields of a part that may be a mere mark, for instance for the end of a step."""
_SPELLED = frozenset({"tool_use", "tool_result", "text", "thinking", "image"})
"""Types of parts in the common form that all readers understand."""


class StepReader(RecordRoles):
    """Reader of the steps in the records of a run."""

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
            parts = [
                step for part in self._parts.objects(record) for step in self._steps(part, role, at, line, depth + 1)
            ]
            yield from _side_by_side(parts)
        if role is None and self._agent_is_last(record):
            yield from self._words_of(self._agent.first(record), "agent", at, line)

    def _own_steps(
        self, record: Record, role: Role | None, at: str | None, line: int | None, depth: int
    ) -> Iterator[Step]:
        """Yield the steps of a record, without those of parts that are steps themselves."""
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
        """Yield the steps of parts by their roles; parts without a role are the agent's, unless others take part."""
        told = {self.role_of(part) for part in parts}
        others: Role | None = "agent" if told.isdisjoint(("user", "system", "result")) else None
        for part in parts:
            yield from self._steps(part, others, at, line, depth)

    def _is_answered_call(self, record: Record) -> bool:
        """Return whether a record contains both the arguments and the result of a call."""
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
        """Yield the steps of a message's content: a text, a part, or parts (some are calls and results by the map)."""
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
        """Return whether a part contains words or a call, rather than being a mark between other parts."""
        if word(part.get("type")) is None or len(part) > _MARK_FIELDS or self._says(part):
            return True
        return word(objects(common_parts([part]))[0].get("type")) in _SPELLED

    def _is_own_part(self, part: Record) -> bool:
        """Return whether a part is a call, a result or a thought by the map, in none of the common forms of parts."""
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
        """Yield the steps of the calls in a record and of their results."""
        pair = (self._calls_of(record, at, line), self._results_of(record, at, line))
        for steps in pair[::-1] if self._answers_before else pair:
            yield from steps

    def _calls_of(self, record: Record, at: str | None, line: int | None) -> Iterator[Step]:
        for value in self._calls.every(record):
            if value is record and self._called.arguments.first(record) is None:
                continue
            for call in value if isinstance(value, list) else [value]:
                if isinstance(call, dict) and call:
                    yield from self._called.call(call, at, line, around=record)
                elif isinstance(call, str) and call.strip():
                    yield self._called.line_of(call, record, at, line)

    def _results_of(self, record: Record, at: str | None, line: int | None) -> Iterator[Step]:
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
        """Yield the steps of a record with request, thought, calls and results in fields of their own."""
        yield from self._words_of(self._system.first(record), "system", at, line)
        yield from self._words_of(self._user.first(record), "user", at, line)
        acts = list(self._acts(record, at, line))
        is_called = any(step.kind == "tool_call" for step in acts)
        said = [] if self._agent_is_last(record) else list(self._words_of(self._agent.first(record), "agent", at, line))
        if self._answers_before:
            yield from [step for step in acts if step.kind == "tool_result"]
        yield from self._thoughts(self._thought_in(record), at, line)
        yield from said
        if self._answers_before:
            yield from [step for step in acts if step.kind == "tool_call"]
        elif is_called or not self._calls.is_in(record):
            yield from acts
        else:
            for step in acts:
                yield from user_steps(step.text, at=at, line=line)

    def _agent_is_last(self, record: Record) -> bool:
        """Return whether a record contains a whole exchange, so that the agent's text in it is the final answer."""
        return self._user.is_in(record) and self._parts.is_in(record)


def _side_by_side(steps: list[Step]) -> list[Step]:
    """Return parallel calls before their results; lists with other steps are unchanged."""
    if any(step.kind not in ("tool_call", "tool_result") for step in steps):
        return steps
    return sorted(steps, key=lambda step: step.kind == "tool_result")
