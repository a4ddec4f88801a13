"""Results on stdout, words about them on stderr."""

import sys
from collections.abc import Sequence

import click
import msgspec

from t2s_local.files import printable
from t2s_local.safety.characters import one_line


def print_json(value: object) -> None:
    """Print *value* as one line of JSON on stdout."""
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
    click.echo(one_line(printable(text)), file=sys.stderr)


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
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    for row in cells:
        padded = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(padded).rstrip(), err=err)
