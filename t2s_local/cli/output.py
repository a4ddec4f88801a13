"""Results on stdout, words about them on stderr."""

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
"""Columns beyond which a line is hard to read, and below which filling makes no sense."""
_ENDS = (".", "!", "?", "…", ":", "。", "！", "？")


def print_json(value: object) -> None:
    """Print *value* as one line of JSON on stdout; a list as JSON Lines, an item a line."""
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
    """*value* with names of files escaped that are no UTF-8."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    return [_encodable(item) for item in value] if isinstance(value, list | tuple) else value


def say(text: str) -> None:
    """Print a line for the person on stderr, above the bars where there are some.

    The stream is named because click keeps one of its own, which goes past the bars' and into them.
    """
    line = one_line(printable(text))
    lines = wrap(line, columns() - 2) if sys.stderr.isatty() else [line]
    click.echo("\n".join([lines[0], *(f"  {more}" for more in lines[1:])]), file=sys.stderr)


def columns() -> int:
    """Return how wide a line of text is at most: the terminal's width, within what can be read."""
    return max(min(shutil.get_terminal_size().columns, _WIDEST), _NARROWEST)


def rows() -> int:
    """Return how many lines the terminal shows at once."""
    return shutil.get_terminal_size().lines


def paragraph(text: str, *, indent: int = 2, first: int | None = None) -> str:
    """Fill *text*, which may hold anything, to the width of the terminal.

    Args:
        text: Becomes one paragraph.
        indent: Columns before every line.
        first: Columns before the first line, where they are others.
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
        rows: Cells, as many a row as there are titles.
        right: Columns that hold numbers.
        err: Print it on stderr: it is no result.
    """
    cells = [list(head), *([one_line(printable(cell)) for cell in row] for row in rows)]
    for line in table_lines(cells, right=right, width=_table_width(err=err)):
        click.echo(line, err=err)


def _table_width(*, err: bool) -> int | None:
    """Return how wide a table may be; None where no terminal shows it, and nothing is wrapped."""
    is_shown = (sys.stderr if err else sys.stdout).isatty() or "COLUMNS" in os.environ
    return max(shutil.get_terminal_size().columns, _NARROWEST) if is_shown else None


def capitalised(text: str) -> str:
    """Return *text* with a first letter in capitals, where it does not begin with a command."""
    return text[:1].upper() + text[1:]


def ended(text: str) -> str:
    """Return *text* with a full stop where it has none."""
    return text if text.endswith(_ENDS) else f"{text}."
