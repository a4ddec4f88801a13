"""Rows that the statements of an SQL dump insert."""

import re

from t2s_local.formats._induced.contents.cells import cell
from t2s_local.records.json import Record

_INSERT = re.compile(
    r"INSERT\s+(?:OR\s+\w+\s+)?INTO\s+([\w.\"`\[\]]{1,120})\s*(?:\(([^()]{1,4000})\))?\s*VALUES\s*", re.IGNORECASE
)
_CREATE = re.compile(
    r"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([\w.\"`\[\]]{1,120})\s*\(([^;]{1,8000})\)", re.IGNORECASE
)
_CELL = re.compile(r"\s*(?:'((?:[^']|'')*)'|([^\s,()']{1,60}))\s*([,)])")
_FIRST_WORD = re.compile(r"\s*[\"`\[]?([\w.\-]+)")
_NOT_COLUMNS = frozenset({"primary", "foreign", "unique", "check", "constraint", "key", "index"})
_WORDS: dict[str, object] = {"null": None, "true": True, "false": False}
_MOST_COLUMNS = 60


def inserted(text: str) -> dict[str, list[Record]] | None:
    """Return the rows of each table that a dump fills, as objects without empty cells; None if the text is no dump.

    A dump with a row that cannot be read is none.
    """
    if "insert" not in text.lower():
        return None
    columns = {_plain(found[1]): _columns(found[2]) for found in _CREATE.finditer(text)}
    made: dict[str, list[Record]] = {}
    for found in _INSERT.finditer(text):
        name = _plain(found[1])
        keys = [_plain(key) for key in found[2].split(",")] if found[2] else columns.get(name, [])
        rows = _rows(text, found.end())
        if not keys or rows is None or any(len(row) != len(keys) for row in rows) or len(keys) > _MOST_COLUMNS:
            return None
        made.setdefault(name, []).extend(
            {key: inner for key, inner in zip(keys, row, strict=True) if inner is not None} for row in rows
        )
    return made or None


def _plain(name: str) -> str:
    return name.strip().strip('"`[]')


def _columns(body: str) -> list[str]:
    """Return the names of the columns in the body of a table's declaration."""
    firsts = [found[1] for part in body.split(",") if (found := _FIRST_WORD.match(part)) is not None]
    return [first for first in firsts if first.lower() not in _NOT_COLUMNS]


def _rows(text: str, place: int) -> list[list[object]] | None:
    """Return the rows of one statement from *place* on; None if they are not in parentheses with commas between."""
    rows: list[list[object]] = []
    while text[place : place + 1] == "(":
        place += 1
        row: list[object] = []
        end = ","
        while end == ",":
            if (found := _CELL.match(text, place)) is None:
                return None
            row.append(_value(found))
            end, place = found[3], found.end()
        rows.append(row)
        while text[place : place + 1] in (",", " ", "\n", "\r", "\t"):
            place += 1
    return rows or None


def _value(found: re.Match[str]) -> object:
    if found[1] is not None:
        return cell(found[1].replace("''", "'"))
    word = found[2].lower()
    return _WORDS[word] if word in _WORDS else cell(found[2])
