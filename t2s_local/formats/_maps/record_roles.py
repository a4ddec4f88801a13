"""Roles of records in a run, by a map."""

from t2s_local.formats._dialects.message_parts import PART_CALLS, told_in
from t2s_local.formats._dialects.openhands import is_event
from t2s_local.formats._maps.fields import Field, Used
from t2s_local.formats._maps.mapped_calls import CallReader
from t2s_local.formats._maps.word_roles import role_by_pieces
from t2s_local.records.json import Record, objects
from t2s_local.values.layout import ROLES, Layout, Role

_DEEPEST = 8
"""Most levels of steps inside of steps that are read."""
_MARK_FIELDS = 4
"""Most fields of a part that may be a mere mark, for instance for the end of a step."""
_SPELLED = frozenset({"tool_use", "tool_result", "text", "thinking", "image"})
"""Types of parts in the common form that all readers understand."""


class RecordRoles:
    """Recognition of who speaks or acts in a record."""

    def __init__(self, layout: Layout, used: Used | None = None, *, guesses: bool = False) -> None:
        """Prepare the fields of a map.

        Args:
            layout: The map.
            used: Set to which the paths and words that were found are added.
            guesses: Whether the role of a word that the map does not list is guessed from parts of the word.
        """
        self._guesses = guesses
        self._used = used
        self._words: dict[str, Role] = {
            text.lower(): role for role in reversed(ROLES) for text in getattr(layout.roles, role)
        }
        steps = layout.steps
        self._inside = Field("steps.inside", steps.inside, used)
        self._role = Field("steps.role", steps.role, used)
        self._later_role = Field("steps.role", steps.role[len(self._role.leading) :], used)
        """Role fields after the leading keys; the leading keys themselves are looked up directly, without a path."""
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
        self._answers_before = steps.answers == "before"
        self._has_events = steps.events == "openhands"
        self._called = CallReader(layout, used)

    def _word(self, value: object) -> Role | None:
        text = value if isinstance(value, str) else str(value) if type(value) is int else ""
        if self._used is None and (role := self._words.get(text)) is not None:
            return role
        return self._noted(self._words.get(text.strip().lower()), text)

    def _noted(self, role: Role | None, text: str) -> Role | None:
        if role is not None and self._used is not None:
            self._used.add((f"roles.{role}", text.strip().lower()))
        return role

    def role_of(self, record: Record) -> Role | None:
        """Return the role of a record, from the first of its role fields with a known word; None if it has none."""
        field = self._role
        if self._used is None:
            for key in field.leading:
                if key in record and (role := self._word(record[key])) is not None:
                    return role
            field = self._later_role
        for path, value in field.each(record):
            if (role := self._word(value)) is not None:
                field.note(path)
                return role
        return self._guessed_role(record) if self._guesses else None

    def _guessed_role(self, record: Record) -> Role | None:
        """Return the role by the parts of an unknown word in the first of the role fields that has such a word."""
        for path, value in self._role.each(record):
            if isinstance(value, str) and (role := role_by_pieces(value)) is not None:
                self._role.note(path)
                return self._noted(role, value)
        return None

    def parts_played(self, record: Record) -> set[Role]:
        """Return the roles of those who speak or act in a record; empty if it is no step."""
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
        """Return the parts of a record without a role, if some parts have one; otherwise []."""
        parts = objects(self._text.first(record))
        return parts if any(self.role_of(part) is not None for part in parts) else []

    def _says(self, record: Record) -> bool:
        fields = (self._text, self._thought, self._calls, self._called.arguments, self._results, self._parts)
        return any(field.is_in(record) for field in fields)

    def unwrapped(self, record: Record) -> Record:
        """Return the message inside an envelope, with the envelope's time; any other record unchanged."""
        if self._has_skips and self.role_of(record) == "skip":
            return record
        for path, inner in self._inside.each(record):
            if isinstance(inner, dict) and self.role_of(inner) is not None and self._says(inner):
                self._inside.note(path)
                return {**{key: record[key] for key in self._time.keys if key in record}, **inner}
        return record

    def kind(self, record: Record) -> str | None:
        """Return the role word of an envelope; None if the record is a message itself."""
        if self.unwrapped(record) is record:
            return None
        return next((value for _, value in self._role.each(record) if isinstance(value, str)), None)

    def acts(self, record: Record) -> bool:
        """Return whether a record contains a tool call or a result as such, rather than in words."""
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
        """Return whether a record contains both calls and results."""
        return self._calls.is_in(record) and self._results.is_in(record)

    def content(self, record: Record) -> object:
        """Return the content of the message in a record."""
        return told_in(self._text.first(self.unwrapped(record)))
