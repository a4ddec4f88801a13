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
_NESTED = re.compile(r"\([^()]*\)")
_DEEPEST = 4
_TO_LINE_END = re.compile(r"--[^\n]*")
_STATEMENT = re.compile(
    r"(?:(?:CREATE|DROP|ALTER)\s+(?:OR\s+REPLACE\s+|UNIQUE\s+|TEMP\s+|TEMPORARY\s+)?"
    r"(?:TABLE|INDEX|VIEW|TRIGGER|SCHEMA|DATABASE|SEQUENCE|TYPE|EXTENSION)\s"
    r"|PRAGMA\s+\w+|SET\s+[@\w.]+(?:\s*=|\s+(?:TO\s)?)|SELECT\s+(?:pg_catalog\.)?\w+\(|USE\s+\S+\Z|(?:UN)?LOCK\s+TABLES?\b"
    r"|DELETE\s+FROM\s+\S+\Z|ANALYZE\s+\S+\Z)|(?:BEGIN|START|COMMIT|END)(?:\s+(?:TRANSACTION|WORK|IMMEDIATE))?\Z",
    re.IGNORECASE,
)
_OPEN = re.compile(r"(?:BEGIN|START|COMMIT|END|GO)?\Z", re.IGNORECASE)
"""Statement that may lack its semicolon."""
_ENDING = re.compile(r"\A\s*(?:ON\s+(?:CONFLICT|DUPLICATE)|RETURNING)\b[^;\n]*", re.IGNORECASE)
_WORDS: dict[str, object] = {"null": None, "true": True, "false": False}
_MOST_COLUMNS = 60


def inserted(text: str) -> dict[str, list[Record]] | None:
    """Return the rows of each table that a dump fills, as objects without empty cells; None if the text is no dump.

    A dump consists of statements and comments alone. One with a row that cannot be read is none.
    """
    if "insert" not in text.lower():
        return None
    columns = {_plain(found[1]): _columns(found[2]) for found in _CREATE.finditer(text)}
    made: dict[str, list[Record]] = {}
    place = 0
    while (found := _INSERT.search(text, place)) is not None:
        name = _plain(found[1])
        keys = [_plain(key) for key in found[2].split(",")] if found[2] else columns.get(name, [])
        rows, end = _rows(text, found.end())
        is_whole = 0 < len(keys) == len(set(keys)) <= _MOST_COLUMNS and all(len(row) == len(keys) for row in rows)
        if not rows or not is_whole or not _are_statements(text[place : found.start()], is_first=not place):
            return None
        made.setdefault(name, []).extend(
            {key: inner for key, inner in zip(keys, row, strict=True) if inner is not None} for row in rows
        )
        place = end
    return made if made and _are_statements(text[place:], is_first=False) else None


def _are_statements(text: str, *, is_first: bool) -> bool:
    """Return whether a text beside inserted rows consists of other statements and comments."""
    if (bare := _without_comments(text)) is None:
        return False
    rest = bare if is_first else _ENDING.sub("", bare, count=1)
    *closed, last = map(str.strip, rest.split(";"))
    return _OPEN.match(last) is not None and all(not one or _STATEMENT.match(one) is not None for one in closed)


def _without_comments(text: str) -> str | None:
    """Return a text without the comments of SQL; None if one does not end."""
    parts = []
    start = 0
    while (place := text.find("/*", start)) >= 0:
        parts.append(text[start:place])
        start = text.find("*/", place + 2) + 2
        if start < place:
            return None
    return _TO_LINE_END.sub("", " ".join([*parts, text[start:]]))


def _plain(name: str) -> str:
    return name.strip().strip('"`[]')


def _columns(body: str) -> list[str]:
    """Return the names of the columns in the body of a table's declaration."""
    for _ in range(_DEEPEST):
        body = _NESTED.sub("", body)
    firsts = [found[1] for part in body.split(",") if (found := _FIRST_WORD.match(part)) is not None]
    return [first for first in firsts if first.lower() not in _NOT_COLUMNS]


def _rows(text: str, place: int) -> tuple[list[list[object]], int]:
    """Return the rows of one statement from *place* on, and their end; none unless each is in parentheses."""
    rows: list[list[object]] = []
    while text[place : place + 1] == "(":
        place += 1
        row: list[object] = []
        end = ","
        while end == ",":
            if (found := _CELL.match(text, place)) is None:
                return [], place
            row.append(_value(found))
            end, place = found[3], found.end()
        rows.append(row)
        while text[place : place + 1] in (",", " ", "\n", "\r", "\t"):
            place += 1
    return rows, place


def _value(found: re.Match[str]) -> object:
    if found[1] is not None:
        return cell(found[1].replace("''", "'"), is_quoted=True)
    word = found[2].lower()
    return _WORDS[word] if word in _WORDS else cell(found[2])
