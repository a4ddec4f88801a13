"""Tables with a header: values separated by commas or tabs."""

import csv
import io

from t2s_local.formats._induced.contents.cells import cell, unquoted

DELIMITERS = {".csv": ",", ".tsv": "\t"}
_MOST_COLUMNS = 60
_FEWEST_ROWS = 3


def table_rows(text: str, delimiter: str) -> list[object]:
    """Return the rows of a table as objects without the empty cells; [] if the text is no table with a header."""
    rows = _split(text, delimiter)
    header = rows[0] if rows else []
    is_table = 1 < len(header) <= _MOST_COLUMNS and len(set(header)) == len(header) and all(header)
    if not is_table or len(rows) <= _FEWEST_ROWS or any(len(row) != len(header) for row in rows):
        return []
    return [{key: cell(inner) for key, inner in zip(header, row, strict=True) if inner} for row in rows[1:]]


def _split(text: str, delimiter: str) -> list[list[str]]:
    """Return the cells of all rows; of a table with tabs whose quotes are those of JSON, with the strings in them."""
    if delimiter == "\t" and '\\"' in text:
        return [[unquoted(one) for one in line.split(delimiter)] for line in text.splitlines()]
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error:
        return []
