"""Cache of messages in the spans of a file: every call to a model repeats the conversation so far.

A list of messages is split into the JSON texts of its items, and an item seen before is not converted again.
"""

import re
from collections.abc import Callable, Iterator

import msgspec

from t2s_local.ports.format import Quarantined
from t2s_local.records.broken.cut_off import whole_start
from t2s_local.records.decoding import NotJsonError, decode
from t2s_local.values.trajectory import Step

_PIECES = msgspec.json.Decoder(list[msgspec.Raw])
_LEAST = 512
"""Fewest characters for which looking up repetitions is faster than converting the message."""
_OPENING = re.compile(r'\s*(?:\[\s*)?\{\s*"')
_SPOKEN = re.compile(r'"(?:role|parts|messages|content|type|kwargs)"\s*:')
_LOOKED_AT = 1000

Build = Callable[[object, str], list[Step]]
"""Function that returns the steps of a message; the second argument is the role of a message without one."""


class TracedMessage:
    """One message, converted to steps at first use."""

    __slots__ = ("_steps", "value")

    def __init__(self, value: object) -> None:
        """Store the message without converting it."""
        self.value = value
        self._steps: dict[str, list[Step]] = {}

    def steps(self, role: str, build: Build) -> list[Step]:
        """Return the steps of the message; *role* is the role of a text without one."""
        found = self._steps.get(role)
        if found is None:
            found = self._steps[role] = build(self.value, role)
        return found


class MessageMemory:
    """Messages in the spans of a file that were read so far."""

    def __init__(self) -> None:
        """Start with no messages."""
        self.n_cut = 0
        """Number of attributes that were cut at a maximum length, so that some of their messages are lost."""
        self._messages: dict[object, TracedMessage] = {}

    def messages(self, text: str) -> list[TracedMessage] | None:
        """Return the messages in a JSON list; None if *text* is short or is no such list."""
        if len(text) < _LEAST:
            return None
        try:
            pieces = _PIECES.decode(text)
            return [self._messages.get(raw) or self._add(raw) for raw in map(bytes, pieces)]
        except (msgspec.DecodeError, UnicodeError, RecursionError, NotJsonError):
            return None

    def message(self, key: object, build: Callable[[], object]) -> TracedMessage:
        """Return the message stored under *key*; build and store it if it is new."""
        try:
            found = self._messages.get(key)
        except TypeError:
            return TracedMessage(build())
        if found is None:
            found = self._messages[key] = TracedMessage(build())
        return found

    def whole_part(self, text: str) -> object:
        """Return the whole messages in a JSON text that was cut at a length, and count it; None for any other text."""
        if not is_cut(text):
            return None
        self.n_cut += 1
        start = whole_start(text.encode("utf-8", "replace"))
        return [] if start is None else start.value

    def losses(self, source: str) -> Iterator[Quarantined]:
        """Yield a report on the number of cut attributes, if there are any."""
        if self.n_cut:
            attributes = "1 attribute is" if self.n_cut == 1 else f"{self.n_cut:,} attributes are"
            reason = f"{attributes} cut to a length; the messages that are whole in them were read"
            yield Quarantined(path=source, line=None, reason=reason)

    def _add(self, raw: bytes) -> TracedMessage:
        message = self._messages[raw] = TracedMessage(decode(raw))
        return message


def is_cut(text: str) -> bool:
    """Return whether *text* starts as JSON messages and is cut off before their end."""
    if _OPENING.match(text) is None or _SPOKEN.search(text, 0, _LOOKED_AT) is None:
        return False
    try:
        decode(text.encode("utf-8", "replace"))
    except NotJsonError as error:
        return "cut off" in str(error)
    return False
