"""Log lines of keys and values, as ``level=info msg="two words" args={"a": 1}``."""

import json
import re

from t2s_local.formats._induced.contents.cells import cell
from t2s_local.records.json import Record

_FEWEST = 3
_FEWEST_PAIRS = 2
_MOST_WORDS = 6
_LONGEST = 64 << 10
_KEY = re.compile(r"([^\W\d][\w.\-/@]{0,60})=")
_BARE = re.compile(r"[^\s\"]*(?=\s|\Z)")
_WORD = re.compile(r"[^\s={}\"]{1,60}(?=\s|\Z)")
_SPACE = re.compile(r"[ \t]*")
_DECODER = json.JSONDecoder()


def paired_lines(text: str) -> list[object]:
    """Return lines of keys and values as objects; [] unless all lines are of that form.

    Words before the first key are kept under ``@a``, ``@b`` and so on.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < _FEWEST or "=" not in lines[0]:
        return []
    found = [_pairs(line.strip()) for line in lines]
    read = [one for one in found if one is not None]
    return list(read) if len(read) == len(lines) else []


def _pairs(line: str) -> Record | None:
    """Return the keys and values of a line; None if a part of it is neither, or it has fewer than two."""
    if len(line) > _LONGEST:
        return None
    made: Record = {}
    place = 0
    while len(made) < _MOST_WORDS and _KEY.match(line, place) is None and (word := _WORD.match(line, place)):
        made[f"@{chr(97 + len(made))}"] = word[0]
        place = _after_space(line, word.end())
    n_words = len(made)
    while place < len(line):
        if (key := _KEY.match(line, place)) is None or key[1] in made:
            return None
        value, place = _value(line, key.end())
        if place < 0:
            return None
        made[key[1]] = value
        place = _after_space(line, place)
    return made if len(made) - n_words >= _FEWEST_PAIRS else None


def _after_space(line: str, place: int) -> int:
    found = _SPACE.match(line, place)
    return place if found is None else found.end()


def _value(line: str, place: int) -> tuple[object, int]:
    """Return the value at a place of a line and its end; -1 as the end if there is none."""
    if line[place : place + 1] in ('"', "{", "["):
        try:
            value, stop = _DECODER.raw_decode(line, place)
        except (ValueError, RecursionError):
            return None, -1
        is_whole = stop == len(line) or line[stop].isspace()
        return cell(value, is_quoted=True) if isinstance(value, str) else value, stop if is_whole else -1
    found = _BARE.match(line, place)
    return (None, -1) if found is None else (cell(found[0]), found.end())
