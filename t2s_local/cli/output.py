"""Print results on stdout, and messages on stderr."""

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence

import click
import msgspec

from t2s_local.cli.printing.tables import table_lines, wrap
from t2s_local.files import printable
from t2s_local.safety.characters import one_line

_WIDEST, _NARROWEST = 110, 40
"""Largest width of a readable line in columns, and smallest width for wrapping."""
_CLOSING = '”’»")*'
"""Characters that may follow the full stop of a sentence."""
_ENDS = (".", "!", "?", "…", ":", "。", "！", "？")


def print_json(value: object) -> None:
    """Print *value* as one line of JSON on stdout; a list is printed as JSON Lines, one line for each item."""
    if isinstance(value, list | tuple):
        for item in value:
            print_json(item)
        return
    try:
        text = msgspec.json.encode(value)
    except UnicodeEncodeError:
        text = msgspec.json.encode(_encodable(msgspec.to_builtins(value)))
    click.echo(text.decode())


def _encodable(value: object) -> object:
    """Return *value* with file names that are no UTF-8 escaped."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    return [_encodable(item) for item in value] if isinstance(value, list | tuple) else value


def say(text: str) -> None:
    """Print a message for a person on stderr, above progress bars if there are any.

    The stream is passed explicitly because click's own stderr would print into the progress bars.
    """
    line = one_line(printable(text))
    lines = wrap(line, columns() - 2) if sys.stderr.isatty() else [line]
    click.echo("\n".join([lines[0], *(f"  {more}" for more in lines[1:])]), file=sys.stderr)


def columns() -> int:
    """Return the width for lines of text in columns: the terminal's width within readable limits."""
    return max(min(shutil.get_terminal_size().columns, _WIDEST), _NARROWEST)


def rows() -> int:
    """Return the number of lines that the terminal shows at once."""
    return shutil.get_terminal_size().lines


def paragraph(text: str, *, indent: int = 2, first: int | None = None) -> str:
    """Return *text*, with unsafe characters made harmless, wrapped to the width of the terminal.

    Args:
        text: Text of one paragraph.
        indent: Columns before every line.
        first: Columns before the first line, if different.
    """
    width = columns()
    initial = indent if first is None else first
    safe_text = one_line(printable(text))
    return textwrap.fill(
        safe_text,
        width=width,
        initial_indent=" " * initial,
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
        break_long_words=False,
    )


def print_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset(), err: bool = False
) -> None:
    """Print an aligned table.

    Args:
        head: Column titles.
        rows: Rows of cells; each row has one cell for each title.
        right: Numbers of the columns to align right.
        err: Whether the table is printed on stderr because it is no result.
    """
    cells = [list(head), *([one_line(printable(cell)) for cell in row] for row in rows)]
    for line in table_lines(cells, right=right, width=_table_width(err=err)):
        click.echo(line, err=err)


def print_fact(name: str, text: str, *, indent: int) -> None:
    """Print a name and its explanation, wrapped on a terminal; *indent* is the width of the column of names."""
    line = one_line(printable(text))
    width = _table_width(err=False)
    first, *rest = [line] if width is None else wrap(line, max(width - indent - 2, _NARROWEST // 2))
    click.echo("\n".join([f"{name:>{indent}}  {first}", *(f"{'':>{indent}}  {more}" for more in rest)]))


def _table_width(*, err: bool) -> int | None:
    """Return the largest width of a table in columns; None without a terminal, so that nothing is wrapped."""
    is_shown = (sys.stderr if err else sys.stdout).isatty() or "COLUMNS" in os.environ
    return max(shutil.get_terminal_size().columns, _NARROWEST) if is_shown else None


def capitalised(text: str) -> str:
    """Return *text* with a capital first letter, unless it begins with a command."""
    return text[:1].upper() + text[1:]


def ended(text: str) -> str:
    """Return *text* with a full stop at the end if it has none."""
    return text if text.rstrip(_CLOSING).endswith(_ENDS) else f"{text}."
