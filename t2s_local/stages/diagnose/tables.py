"""Read tables from a user: comma-separated values with named columns."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.files import regular_bytes
from t2s_local.text.text import join_words

LARGEST = 64_000_000
"""Largest number of bytes of a table that is read."""


def read_table(path: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a table, each after its line number; cells are stripped of surrounding white space.

    Args:
        path: The file.
        columns: Columns that the table must have; all other columns are ignored.

    Raises:
        InputError: the file cannot be read, lacks a column, or has no row.
    """
    data = regular_bytes(path, LARGEST)
    if data is None:
        message = f"more than {LARGEST:,} bytes"
        raise InputError(message, path=path)
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        rows = [(reader.line_num, {name: (row.get(name) or "").strip() for name in columns}) for row in reader]
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
    except (csv.Error, UnicodeDecodeError) as error:
        message = f"no table of comma-separated values: {error}"
        raise InputError(message, path=path) from error
    hint = f"The first line names the columns {','.join(columns)}."
    if missing:
        message = f"lacks the column{'s' if len(missing) > 1 else ''} {join_words(missing)}"
        raise InputError(message, path=path, line=1, hint=hint)
    if not rows:
        message = "no row"
        raise InputError(message, path=path, hint=hint)
    return rows
