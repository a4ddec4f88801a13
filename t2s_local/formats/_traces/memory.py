"""Messages that the spans of a file have told before: every call to a model repeats the conversation so far.

A list of messages is taken apart into the texts of its items, and an item that was told before is not built again.
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
"""Characters from which looking for what is repeated takes less time than building it."""
_OPENING = re.compile(r'\s*(?:\[\s*)?\{\s*"')
_SPOKEN = re.compile(r'"(?:role|parts|messages|content|type|kwargs)"\s*:')
_LOOKED_AT = 1000

Build = Callable[[object, str], list[Step]]
"""Makes steps of a message, said by somebody in a role where it does not say by whom."""


class TracedMessage:
    """One message, its steps built when they are asked for first."""

    __slots__ = ("_steps", "value")

    def __init__(self, value: object) -> None:
        """Build nothing yet."""
        self.value = value
        self._steps: dict[str, list[Step]] = {}

    def steps(self, role: str, build: Build) -> list[Step]:
        """Steps of the message; text without a role is said by *role*."""
        found = self._steps.get(role)
        if found is None:
            found = self._steps[role] = build(self.value, role)
        return found


class MessageMemory:
    """Facts from the spans of a file read so far."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.n_cut = 0
        """Attributes that were cut to a length, so that some of their messages are lost."""
        self._messages: dict[object, TracedMessage] = {}

    def messages(self, text: str) -> list[TracedMessage] | None:
        """The messages of a list that is written as JSON; None where *text* is something else."""
        if len(text) < _LEAST:
            return None
        try:
            pieces = _PIECES.decode(text)
            return [self._messages.get(raw) or self._add(raw) for raw in map(bytes, pieces)]
        except (msgspec.DecodeError, UnicodeError, RecursionError, NotJsonError):
            return None

    def message(self, key: object, build: Callable[[], object]) -> TracedMessage:
        """The message that is told by *key*, built where it was not told before."""
        try:
            found = self._messages.get(key)
        except TypeError:
            return TracedMessage(build())
        if found is None:
            found = self._messages[key] = TracedMessage(build())
        return found

    def whole_part(self, text: str) -> object:
        """Messages that are whole in a text that was cut to a length, which is counted; None where it is none."""
        if not is_cut(text):
            return None
        self.n_cut += 1
        start = whole_start(text.encode("utf-8", "replace"))
        return [] if start is None else start.value

    def losses(self, source: str) -> Iterator[Quarantined]:
        """Say how many attributes were cut off."""
        if self.n_cut:
            attributes = "1 attribute is" if self.n_cut == 1 else f"{self.n_cut:,} attributes are"
            reason = f"{attributes} cut to a length; the messages that are whole in them were read"
            yield Quarantined(path=source, line=None, reason=reason)

    def _add(self, raw: bytes) -> TracedMessage:
        message = self._messages[raw] = TracedMessage(decode(raw))
        return message


def is_cut(text: str) -> bool:
    """Return whether *text* starts like messages that are written as JSON, and ends before they do."""
    if _OPENING.match(text) is None or _SPOKEN.search(text, 0, _LOOKED_AT) is None:
        return False
    try:
        decode(text.encode("utf-8", "replace"))
    except NotJsonError as error:
        return "cut off" in str(error)
    return False
