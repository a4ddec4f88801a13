"""Results on stdout, words about them on stderr."""

import sys
from collections.abc import Sequence

import click
import msgspec

from t2s_local.safety.characters import one_line


def print_json(value: object) -> None:
    """Print *value* as one line of JSON on stdout."""
    click.echo(msgspec.json.encode(value).decode())


def say(text: str) -> None:
    """Print a line for the person on stderr, above the bars where there are some.

    The stream is named because click keeps one of its own, which goes past the bars' and into them.
    """
    click.echo(one_line(text), file=sys.stderr)


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
    cells = [list(head), *([one_line(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    for row in cells:
        padded = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(padded).rstrip(), err=err)
