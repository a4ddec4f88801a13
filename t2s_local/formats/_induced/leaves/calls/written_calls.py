"""Parsers of tool calls written as text: code, a tag, a shell line, or a name before JSON."""

import json
import re
from collections.abc import Callable

from t2s_local.formats._build import gathered
from t2s_local.formats._induced.leaves.calls.labelled_calls import labelled_call
from t2s_local.formats._induced.leaves.calls.values import NAME, Written, scalar
from t2s_local.formats._maps.call_shapes import written_call
from t2s_local.records.json import Record, decode_text

_JSON = re.compile(rf"({NAME})(?>\s*[:(=]?>?\s*)(\{{.*\}})(?>\s*)\)?", re.DOTALL)
_TAG = re.compile(rf"\s*<({NAME})((?:\s+[\w.\-]+=(?:\"[^\"]*\"|'[^']*'))*)\s*(?:/>|>\s*</\1>)\s*", re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w.\-]+)=(?:\"([^\"]*)\"|'([^']*)')", re.DOTALL)
_OPENING = re.compile(rf"<({NAME})(?: ([\w\-]+)=\"({NAME})\")?>\s*")
_INNER = re.compile(r"<(?P<tag>[\w.\-]+)(?: [\w\-]+=\"(?P<name>[\w.\-]+)\")?>(?P<body>.*?)</(?P=tag)>\s*", re.DOTALL)
_NAME_AND_GIVEN = 2
_LISP = re.compile(rf"\s*\(({NAME})((?:\s+:[\w\-]+\s+(?:\"(?:[^\"\\]|\\.)*\"|[^\s()\"]+))*)\s*\)\s*", re.DOTALL)
_SLOT = re.compile(r":([\w\-]+)\s+(\"(?:[^\"\\]|\\.)*\"|[^\s()\"]+)", re.DOTALL)
_BLOCK = re.compile(rf"\s*({NAME}):?\n((?:\s*[\w\-]+\s*[:=].*(?:\n|\Z))+)")
_LINE = re.compile(r"\s*([\w\-]+)\s*[:=][ ]?(.*)")
_HEAD = re.compile(rf"\s*({NAME})(?=\s+(?:--\w|[A-Za-z_][\w\-]*=))")
_OPTION = re.compile(r"\s+(?:--([A-Za-z][\w\-]*)[ =]|([A-Za-z_][\w\-]*)=)")
_BARE = re.compile(r"('[^']*'|[^\s\"']+)(?=\s|\Z)")
_DECODER = json.JSONDecoder()
_LONGEST = 20_000


def call_in(text: str) -> Written | None:
    """Return the name and the arguments of a call in one of these forms; None if *text* is in none of them."""
    if len(text) > _LONGEST or not text.strip():
        return None
    return next((found for reads in _WAYS if (found := reads(text)) is not None), None)


def _keyed(text: str) -> Written | None:
    """Return a call in JSON form: an object of arguments under the name."""
    inside = decode_text(text) if text[:1] == "{" else None
    if not isinstance(inside, dict) or len(inside) != 1:
        return None
    name, arguments = next(iter(inside.items()))
    return (name, arguments) if isinstance(arguments, dict) and re.fullmatch(NAME, name) else None


def _before_json(text: str) -> Written | None:
    if (found := _JSON.fullmatch(text.strip())) is None:
        return None
    inside = decode_text(found[2])
    return (found[1], inside) if isinstance(inside, dict) else None


def _tag(text: str) -> Written | None:
    if (found := _TAG.fullmatch(text)) is not None and found[2].strip():
        pairs = [(name, scalar(double or single)) for name, double, single in _ATTRIBUTE.findall(found[2])]
        return found[1], gathered(pairs)
    return _element(text.strip())


def _element(text: str) -> Written | None:
    """Return a call in the form of an element whose children are its arguments.

    The name may also be an attribute or a child of the element, with the arguments in another child.
    """
    if (opening := _OPENING.match(text)) is None or not text.endswith(f"</{opening[1]}>"):
        return None
    pairs = _children(text[opening.end() : -len(opening[1]) - 3])
    if not pairs:
        return None
    held = gathered((name, scalar(inner)) for name, inner in pairs)
    if opening[3] is not None:
        return opening[3], held
    inner = [(name, _children(body)) for name, body in pairs]
    if len(pairs) == _NAME_AND_GIVEN and not inner[0][1] and inner[1][1] and re.fullmatch(NAME, pairs[0][1].strip()):
        return pairs[0][1].strip(), gathered((name, scalar(body)) for name, body in inner[1][1])
    return opening[1], held


def _children(text: str) -> list[tuple[str, str]]:
    """Return the names and bodies of the elements that follow each other in a text; [] if there is anything else."""
    pairs = []
    place = 0
    text = text.strip()
    while (child := _INNER.match(text, place)) is not None:
        pairs.append((child["name"] or child["tag"], child["body"]))
        place = child.end()
    return pairs if place == len(text) else []


def _lisp(text: str) -> Written | None:
    if (found := _LISP.fullmatch(text)) is None or not found[2].strip():
        return None
    return found[1], gathered((name, scalar(inner)) for name, inner in _SLOT.findall(found[2]))


def _block(text: str) -> Written | None:
    if (found := _BLOCK.fullmatch(text)) is None:
        return None
    lines = [match for line in found[2].split("\n") if line.strip() and (match := _LINE.fullmatch(line))]
    return found[1], gathered((match[1], scalar(match[2])) for match in lines)


def _shell(text: str) -> Written | None:
    """Return a call in the form ``tool key=value …`` or ``tool --key value …``; None for any other line."""
    if (start := _HEAD.match(text)) is None:
        return None
    arguments: Record = {}
    place, end = start.end(), len(text.rstrip())
    while place < end:
        if (key := _OPTION.match(text, place)) is None:
            return None
        value, place = _value_at(text, key.end())
        if place < 0:
            return None
        arguments[key[1] or key[2]] = value
    return start[1], arguments


def _value_at(text: str, place: int) -> tuple[object, int]:
    """Return the value of an option and its end; -1 as the end if there is no value."""
    if text[place : place + 1] in ('"', "[", "{"):
        try:
            value, stop = _DECODER.raw_decode(text, place)
        except ValueError:
            return None, -1
        return value, stop if stop == len(text) or text[stop].isspace() else -1
    found = _BARE.match(text, place)
    if found is None:
        return None, -1
    return (found[1][1:-1] if found[1][:1] == "'" else scalar(found[1])), found.end()


_WAYS: tuple[Callable[[str], Written | None], ...] = (
    written_call,
    labelled_call,
    _keyed,
    _before_json,
    _tag,
    _lisp,
    _block,
    _shell,
)
