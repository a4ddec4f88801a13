"""Decoding and encoding of one JSON value: by msgspec, and by a more lenient decoder if msgspec refuses."""

import json

import msgspec

_STARTS = frozenset('{["')
_VALUE = msgspec.json.Decoder()
_WRITER = msgspec.json.Encoder()


class NotJsonError(ValueError):
    """Error for a text that is not JSON; the message is the reason."""


def decode(data: bytes | msgspec.Raw) -> object:
    """Decode one JSON value; NaN and infinities are accepted, half a surrogate pair becomes a question mark.

    Raises:
        NotJsonError: *data* is not JSON.
    """
    try:
        return _VALUE.decode(data)
    except UnicodeDecodeError as error:
        message = f"not UTF-8 (byte {error.start + 1} of a string)"
        raise NotJsonError(message) from error
    except RecursionError as error:
        message = "nested too deeply"
        raise NotJsonError(message) from error
    except msgspec.DecodeError as error:
        return _decode_leniently(bytes(data), str(error))


def _decode_leniently(data: bytes, reason: str) -> object:
    try:
        value = json.loads(data.decode())
        if b"\\ud" not in data and b"\\uD" not in data:
            return value
        halves_replaced = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        return json.loads(halves_replaced)
    except RecursionError as error:
        message = "nested too deeply"
        raise NotJsonError(message) from error
    except UnicodeDecodeError as error:
        message = f"not UTF-8 (byte {error.start + 1})"
        raise NotJsonError(message) from error
    except ValueError as error:
        cut_off = "truncated" in reason
        message = "the JSON is cut off" if cut_off else f"not JSON ({reason.removeprefix('JSON is malformed: ')})"
        raise NotJsonError(message) from error


def decode_text(text: str) -> object:
    """Decode an object, a list or a string of JSON that is written inside a string; None if *text* is not JSON."""
    start = text[:1]
    if start not in _STARTS and not (start.isspace() and text.lstrip()[:1] in _STARTS):
        return None
    try:
        return _VALUE.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        pass
    try:
        return decode(text.encode("utf-8", "surrogatepass"))
    except NotJsonError:
        return None


def compact(value: object) -> str:
    """Write *value* as JSON without white space, keys in the order they were recorded."""
    try:
        return _WRITER.encode(value).decode()
    except (UnicodeEncodeError, RecursionError, TypeError, msgspec.MsgspecError):
        return json.dumps(value, separators=(",", ":"), default=str)
