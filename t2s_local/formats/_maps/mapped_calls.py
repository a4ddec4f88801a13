"""Reader of calls and results in records, by a map."""

from collections.abc import Iterator

from t2s_local.formats._build import answered, called
from t2s_local.formats._dialects.blocks import json_text
from t2s_local.formats._dialects.message_parts import result_text, told_in
from t2s_local.formats._dialects.messages import content_text
from t2s_local.formats._dialects.react import executed
from t2s_local.formats._maps.call_shapes import FAILED, FINE, keyed_call, written_call
from t2s_local.formats._maps.fields import Field, Used
from t2s_local.records.json import Record, as_object, decode_text, first_string
from t2s_local.values.layout import KEY_IS_NAME, Layout
from t2s_local.values.trajectory import Step


class CallReader:
    """Reader of tool calls and their results."""

    def __init__(self, layout: Layout, used: Used | None) -> None:
        """Prepare the fields of a map; paths with a value are added to *used*."""
        steps, calls, results = layout.steps, layout.calls, layout.results
        self._text = Field("steps.text", steps.text, used)
        self._inner = Field("steps.calls", steps.calls, used)
        self.name = Field("calls.name", tuple(path for path in calls.name if path != KEY_IS_NAME), used)
        self._beside_id = Field("calls.beside", calls.beside, used)
        self._is_keyed = KEY_IS_NAME in calls.name
        self.arguments = Field("calls.arguments", calls.arguments, used)
        self._id = Field("calls.id", calls.id, used)
        self.came_of_it = Field("calls.result", calls.result, used)
        self.told = Field("results.text", results.text, used)
        self._answers = Field("results.call", results.call, used)
        self._answered_by = Field("results.name", results.name, used)
        self._error = Field("results.error", results.error, used)
        self._ok = Field("results.ok", results.ok, used)
        self._exit_code = Field("results.exit_code", results.exit_code, used)
        fields = (self.name, self._id, Field("", (*steps.role, *steps.time, *steps.inside), None))
        self._beside = frozenset(key for field in fields for key in field.keys)
        """Keys of a call that are not arguments."""

    def call(self, record: Record, at: str | None, line: int | None, *, around: Record | None = None) -> Iterator[Step]:
        """Yield the call in a record, and its result if the record contains one.

        Args:
            record: The call, or a record about it alone.
            at: Its time.
            line: Its place in the file.
            around: The record that contains it, which may have its id.
        """
        inner = record
        if not self.arguments.is_in(record):
            inner = next((value for value in self._inner.every(record) if isinstance(value, dict)), record)
        if (short := self._short(inner, record)) is not None:
            yield called(short[0], short[1], call_id=self._id_of(record, around), at=at, line=line)
            if (result := self.came_of_it.first(record)) is not None:
                yield self._answer(record, result, self._id_of(record, around), at, line)
            return
        if not self.arguments.is_in(inner) and (inside := self._written_in(inner)):
            inner = {**inner, **inside}
        arguments = self._given(inner)
        name, identity = self.name.text(inner), self._id.text(inner) or self._id_of(record, around)
        yield called(name, arguments, call_id=identity, at=at, line=line)
        if (result := self.came_of_it.first(inner)) is not None:
            yield self._answer(inner, result, identity, at, line)

    def _id_of(self, record: Record, around: Record | None) -> str | None:
        """Return the id of a call, or if it has none, that of the step around it."""
        return self._id.text(record) or self._beside_id.text(record if around is None else around)

    def _short(self, inner: Record, record: Record) -> tuple[str, Record] | None:
        """Return a call written as code or as an object under its name; None for any other form."""
        if (self._is_keyed and inner is not record) or (self._is_keyed and len(inner) == 1):
            return keyed_call(inner)
        written = next((value for value in self._inner.every(record) if isinstance(value, str)), None)
        return None if written is None else written_call(written)

    def _given(self, record: Record) -> object:
        """Return the arguments of a call, or else its text, or else all fields beside name and id."""
        arguments = self.arguments.first(record)
        if arguments is not None:
            return arguments
        text = self._text.first(record)
        if isinstance(text, str) and text.strip():
            return text
        return {key: value for key, value in record.items() if key not in self._beside}

    def _written_in(self, record: Record) -> Record:
        """Return the call written as JSON in the text of a record; {} if there is none."""
        text = self._text.first(record)
        inside = as_object(decode_text(text)) if isinstance(text, str) else {}
        return inside if inside and self.arguments.is_in(inside) and self.name.text(inside) else {}

    def line_of(self, text: str, record: Record, at: str | None, line: int | None) -> Step:
        """Return the call written as a text in a record."""
        if (written := written_call(text)) is not None:
            return called(written[0], written[1], call_id=self._id_of(record, None), at=at, line=line)
        return called(self.name.text(record), executed(text), at=at, line=line)

    def result(self, record: Record, at: str | None, line: int | None) -> Step:
        """Return the step of a result record."""
        told = self.told.first(record)
        return self._answer(record, told, self._answers.text(record), at, line, tool=self._answered_by.text(record))

    def _answer(
        self,
        record: Record,
        told: object,
        identity: str | None,
        at: str | None,
        line: int | None,
        *,
        tool: str | None = None,
    ) -> Step:
        code = self._exit_code.first(record)
        if code is None and isinstance(told, dict):
            code = self._exit_code.first(told)
        failed, why = self._failure(record)
        return answered(
            _result_words(told) or why,
            call_id=identity,
            tool=tool,
            is_error=failed,
            exit_code=code if isinstance(code, int) and not isinstance(code, bool) else None,
            at=at,
            line=line,
        )

    def _failure(self, record: Record) -> tuple[bool | None, str]:
        """Return whether a call failed (None if the record does not state it), and the message of the error."""
        if isinstance(fine := self._ok.first(record), bool):
            return not fine, ""
        for value in self._error.every(record):
            if isinstance(value, bool):
                return value, ""
            if not value:
                continue
            if isinstance(value, str) and value.strip().lower() in FINE:
                return False, ""
            is_word = isinstance(value, str) and value.strip().lower() in FAILED
            why = value if isinstance(value, str) else first_string(as_object(value), "message", "text", "error")
            return True, "" if is_word else why or ""
        return None, ""


def _result_words(told: object) -> str:
    if isinstance(told, dict) and "type" not in told:
        inner = told_in(told)
        return json_text(told) if isinstance(inner, dict) else result_text(inner)
    return told if isinstance(told, str) else result_text(told) if told is not None else ""


def is_text(value: object) -> bool:
    """Return whether *value* is a text with words, or a list of parts with some."""
    return bool(content_text(value).strip()) if isinstance(value, str | list) else False
