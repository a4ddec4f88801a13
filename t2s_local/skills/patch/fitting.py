"""Adapt new text to its place on a page: indentation, list marks, blank lines and line breaks."""

import re
from collections.abc import Sequence

from t2s_local.skills.patch.page import Block, Page

_MARK = re.compile(r"(?P<indent> {0,3})(?P<mark>[-*+]|\d{1,9}(?P<end>[.)]))(?P<space> +)(?=\S)")
_NUMBER = re.compile(r"(\s*)(\d{1,9})(?=[.)] )")
_BREAK = re.compile(r"\r\n?|\n")


def in_lines_of(text: str, page: Page) -> str:
    """Return *text* without line breaks at both ends, and with the page's kind of line breaks inside."""
    return page.newline.join(_BREAK.split(text.strip("\r\n")))


def fitted(text: str, page: Page, *, before: int, is_apart: bool, is_item: bool = False) -> str:
    """Return *text* adapted to be inserted before a line.

    Args:
        text: The text, with its final indentation.
        page: The page.
        before: 0-based number of the line after the text.
        is_apart: Whether a blank line is needed between the text and the line above.
        is_item: Whether the text belongs to the list below, so that no blank line is needed there.
    """
    body = in_lines_of(text, page)
    above = page.newline if is_apart and before > 0 and not page.is_blank(before - 1) else ""
    below = "" if is_item or page.is_blank(before) else page.newline
    if before < page.n_lines or not page.text or page.text.endswith(("\n", "\r")):
        return f"{above}{body}{page.newline}{below}"
    return f"{page.newline}{above}{body}"


def beside_block(text: str, block: Block, page: Page, *, is_after: bool) -> str:
    """Return *text* adapted to be inserted after or before *block*; beside a list item, it becomes an item."""
    before = block.last if is_after else block.first
    lead = page.lines[block.first][: _indent(page.lines[block.first])]
    mark = _MARK.match(text.strip("\r\n"))
    if block.kind == "list_item" and mark is not None:
        item = _indented(_marked(text, block, page, step=1 if is_after else 0), lead)
        is_loose = _is_loose(block, page)
        if is_after:
            return fitted(item, page, before=before, is_apart=is_loose, is_item=_is_followed(block, page))
        blank = page.newline if is_loose else ""
        return fitted(item, page, before=before, is_apart=False, is_item=True) + blank
    inner = lead if block.level and block.kind != "list_item" else ""
    if is_after:
        return fitted(_indented(text, inner), page, before=before, is_apart=True)
    above = page.newline if not page.is_blank(before - 1) else ""
    return f"{above}{in_lines_of(_indented(text, inner), page)}{page.newline}{page.newline}"


def closing(text: str, inside: Sequence[Block], page: Page, *, last: int) -> str:
    """Return *text* adapted to the end of a section's own text; an item is added to a list at that end.

    Args:
        text: The text.
        inside: Blocks of the section.
        page: The page.
        last: Number of the line after the last line of the section that is not blank.
    """
    tops = [block for block in inside if block.level == 0 or (block.kind == "list_item" and block.level == 1)]
    end = tops[-1] if tops else None
    if end is None or end.kind != "list_item" or _MARK.match(text.strip("\r\n")) is None:
        return fitted(text, page, before=last, is_apart=True)
    lead = page.lines[end.first][: _indent(page.lines[end.first])]
    items = [block for block in tops if block.kind == "list_item"]
    is_loose = len(items) > 1 and all(page.is_blank(one.first - 1) for one in items[1:])
    item = _indented(_marked(text, end, page, step=1), lead)
    return fitted(item, page, before=last, is_apart=is_loose)


def without_mark(line: str) -> str:
    """Return a line without the list mark at its start."""
    found = _MARK.match(line.lstrip(" "))
    return line if found is None else line.lstrip(" ")[found.end() :]


def is_numbered(text: str) -> bool:
    """Return whether *text* is an item with a number."""
    return _NUMBER.match(text) is not None


def counted_on(text: str, n_before: int) -> str:
    """Return the list item *text* with its number raised by *n_before*; a text without a number is not changed."""
    found = _NUMBER.match(text) if n_before else None
    if found is None:
        return text
    return f"{found[1]}{int(found[2]) + n_before}{text[found.end(2) :]}"


def _marked(text: str, beside: Block, page: Page, *, step: int) -> str:
    """Return the list item *text* with the list mark of *beside*, and its further lines indented to match."""
    lines = _BREAK.split(text.strip("\r\n"))
    own, other = _MARK.match(lines[0]), _MARK.match(page.lines[beside.first].lstrip(" "))
    if own is None or other is None:
        return text
    mark = other["mark"] if other["end"] is None else f"{int(other['mark'][:-1]) + step}{other['end']}"
    head = f"{mark}{' ' if len(own['space']) > 4 else own['space']}"
    moved = len(head) - own.end()
    rest = [
        f"{' ' * moved}{line}" if moved > 0 and line.strip() else line[-moved:] if _has_room(line, moved) else line
        for line in lines[1:]
    ]
    return "\n".join((head + lines[0][own.end() :], *rest))


def _has_room(line: str, moved: int) -> bool:
    return moved < 0 and not line[:-moved].strip()


def _indented(text: str, lead: str) -> str:
    return "\n".join(f"{lead}{line}" if line.strip() else line for line in _BREAK.split(text.strip("\r\n")))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _is_loose(block: Block, page: Page) -> bool:
    """Return whether there is a blank line between *block* and the list item above or below it."""
    others = [one for one in page.blocks if one.kind == "list_item" and one.level == block.level]
    return any(
        (one.last < block.first and page.trimmed(one.last, block.first) == one.last and one.last + 1 == block.first)
        or (block.last + 1 == one.first and page.is_blank(block.last))
        for one in others
    )


def _is_followed(block: Block, page: Page) -> bool:
    return any(one.kind == "list_item" and one.level == block.level and one.first == block.last for one in page.blocks)
