"""Paths into JSON (``$.runs[*].steps``, ``message.role``, ``output["exit code"]``), parsed once and followed often."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from t2s_local.records.decoding import decode_text

EVERY: Final = None
"""Part of a path that matches every item of a list or every value of an object."""
Parts = tuple[str | int | None, ...]
"""Parts of a path: keys, list indexes and :data:`EVERY`."""
LONGEST = 200
"""Most characters of a path."""
_MOST_PARTS = 12
_KEY = r"[^\s.\[\]\"'$*@(){}?:,<>=!&|]+"
_PART = re.compile(rf'(?:^|\.)({_KEY})|\.(\*)|\[(\*|-?\d{{1,6}})\]|\["((?:[^"\\]|\\["\\])*)"\]')


class PathError(ValueError):
    """Error for a text that is no path or is too long for one; the message is the reason."""


class JsonPath(NamedTuple):
    """A parsed path."""

    is_absolute: bool
    """Whether the path begins at the root of the JSON value (``$``) rather than at a record inside it."""
    parts: Parts


@lru_cache(maxsize=4096)
def json_path(text: str) -> JsonPath:
    """Parse a path.

    Raises:
        PathError: *text* is no path; the message is the reason.
    """
    if len(text) > LONGEST:
        message = f"a path of more than {LONGEST} characters"
        raise PathError(message)
    is_absolute = text.startswith("$")
    rest = text[1:] if is_absolute else text
    if is_absolute and rest[:1] not in ("", ".", "["):
        message = f"{text!r} is no path: `$` is followed by a point or a bracket"
        raise PathError(message)
    parts: list[str | int | None] = []
    position = 0
    while position < len(rest):
        found = _PART.match(rest, position)
        if found is None or (is_absolute and position == 0 and rest[0] not in ".["):
            message = f"{text!r} is no path: {rest[position:][:20]!r} is no key and no place"
            raise PathError(message)
        parts.append(_part(found))
        position = found.end()
    if not parts and not is_absolute:
        message = "a path without a key"
        raise PathError(message)
    if len(parts) > _MOST_PARTS:
        message = f"a path of more than {_MOST_PARTS} parts"
        raise PathError(message)
    return JsonPath(is_absolute, tuple(parts))


def _part(found: re.Match[str]) -> str | int | None:
    plain, star, place, quoted = found.groups()
    if star or place == "*":
        return EVERY
    if place is not None:
        return int(place)
    return plain if plain is not None else re.sub(r"\\(.)", r"\1", quoted)


def values_at(value: object, parts: Parts) -> Iterator[object]:
    """Yield the values at the end of a path, in order; a string of JSON on the way is decoded."""
    if not parts:
        yield value
        return
    for inner in children(opened(value) if isinstance(value, str) else value, parts[0]):
        yield from values_at(inner, parts[1:])


def opened(value: object) -> object:
    """Return the JSON value that a string contains, decoded at most twice; any other value unchanged."""
    for _ in range(2):
        if isinstance(value, str):
            value = decode_text(value)
    return value


def children(value: object, part: str | int | None) -> Iterable[object]:
    """Return the values that one part of a path selects in *value*: none, one, or all of its items."""
    if isinstance(value, dict):
        if part is EVERY:
            return numbered(value) or value.values()
        return (value[part],) if isinstance(part, str) and part in value else ()
    if not isinstance(value, list):
        return ()
    if part is EVERY:
        return value
    return (value[part],) if isinstance(part, int) and -len(value) <= part < len(value) else ()


def numbered(value: dict[str, object]) -> list[object]:
    """Return the values of an object whose keys are all numbers, in numeric order; [] for any other object."""
    if not value or not all(key.isdecimal() and len(key) < _MOST_PARTS for key in value):
        return []
    return [value[key] for key in sorted(value, key=int)]


def written(parts: Parts, *, is_absolute: bool) -> str:
    """Return a path as text that :func:`json_path` can parse."""
    text = "$" if is_absolute else ""
    for part in parts:
        if part is EVERY:
            text += "[*]"
        elif isinstance(part, int):
            text += f"[{part}]"
        elif re.fullmatch(_KEY, part):
            text += f".{part}" if text else part
        else:
            quoted = part.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{quoted}"]'
    return text
