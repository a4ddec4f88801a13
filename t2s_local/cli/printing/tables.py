"""Lay out tables to fit a terminal: cells are wrapped between words, or each row becomes a block of lines."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from rich.cells import cell_len

_GAP = 2
_PIECE = re.compile(r"\s+|(?<=[/\\\\,;])(?=\S)")
"""Positions where a cell may be wrapped: between words, and after the parts of a path."""
_INDENT = 2
_READABLE = 16
"""Smallest width in columns for wrapped text: below it, most lines have a single word."""


def table_lines(cells: Sequence[Sequence[str]], *, right: frozenset[int], width: int | None) -> list[str]:
    """Return *cells* as the lines of a table.

    Args:
        cells: Rows with equal numbers of cells; the first row has the titles.
        right: Numbers of the columns to align right.
        width: Width of the terminal in columns; None for no limit.
    """
    columns = [*zip(*cells, strict=True)]
    natural = [max(map(cell_len, column)) for column in columns]
    room = None if width is None else width - _GAP * (len(columns) - 1)
    if room is None or sum(natural) <= room:
        return [_line(row, natural, right) for row in cells]
    least = [
        max(*map(_longest_piece, column), min(size, _READABLE)) for column, size in zip(columns, natural, strict=True)
    ]
    if sum(least) > room:
        return _blocks(cells, width or room)
    widths = _shared(natural, least, room)
    lines = []
    for row in cells:
        wrapped = [wrap(cell, size) for cell, size in zip(row, widths, strict=True)]
        lines += [_line(parts, widths, right) for parts in zip_longest(*wrapped, fillvalue="")]
    return lines


def wrap(text: str, width: int) -> list[str]:
    """Split *text* between words, and after ``/``, into lines of at most *width* columns; no word is split."""
    lines = [""]
    at = 0
    for piece, gap in _pieces(text):
        if lines[-1] and cell_len(lines[-1]) + at + cell_len(piece) > width:
            lines.append("")
            at = 0
        lines[-1] += " " * at + piece
        at = gap
    return lines


def _pieces(text: str) -> list[tuple[str, int]]:
    """Split *text* into pieces that are not split further, each with the number of blanks after it (0 or 1)."""
    found, start = [], 0
    for mark in _PIECE.finditer(text):
        found.append((text[start : mark.start()], int(mark.end() > mark.start())))
        start = mark.end()
    return [*found, (text[start:], 0)]


def _longest_piece(text: str) -> int:
    return max(cell_len(piece) for piece, _ in _pieces(text))


def _shared(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Return column widths within *room*: the least width of each column, then the rest to columns that need least."""
    widths = [*least]
    for column in sorted(range(len(widths)), key=lambda one: natural[one] - least[one]):
        widths[column] += min(natural[column] - least[column], room - sum(widths))
    return widths


def _line(row: Sequence[str], widths: Sequence[int], right: frozenset[int]) -> str:
    padded = []
    for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
        blanks = " " * (width - cell_len(cell))
        padded.append(blanks + cell if column in right else cell + blanks)
    return (" " * _GAP).join(padded).rstrip()


def _blocks(cells: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return each row as a block: its first cell, then a line for each other cell with its title."""
    head, *rows = cells
    lines = []
    for row in rows:
        first, *others = [(title, cell) for title, cell in zip(head, row, strict=True) if cell]
        lines += wrap(first[1] if not head[0] or first[0] == head[0] else " ".join(first), width)
        for title, cell in others:
            said = wrap(f"{title.lower()}: {cell}" if title else cell, width - 2 * _INDENT)
            lines.append(" " * _INDENT + said[0])
            lines += [" " * 2 * _INDENT + line for line in said[1:]]
    return lines
