r"""Restore text to its form before it was quoted: without escapes of nested strings, with broken lines joined."""

from bisect import bisect_right

import re2

from t2s_local.text.text import Searchable
from t2s_local.values.value import Value

_PLUS = r"\s*[\\+]?\s*"
_FOLD = re2.compile(
    rf"'{_PLUS}(?:\r?\n|\\+n)\s*'"  # a string that is continued on the next line
    rf"|\"{_PLUS}\r?\n\s*\""
    rf"|\\+\"{_PLUS}\\+n\s*\\+\""
    r"|'[ \t]*\+[ \t]*'|\"[ \t]*\+[ \t]*\""  # two strings put together
    r"|\\+\r?\n[ \t]*"  # a continued line
    r"|\\+[nrt][ \t]*"
    r"|\\+[\"'`/]"
)
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_GOES_ON = (3, 6)
"""Numbers of backslashes before an n that mean a continued line: in a string, and in a string in a string."""


class Unfolded(Value, frozen=True, kw_only=True):
    """A text without escapes and line breaks of quoting, with the place of each part of it in the original."""

    text: str
    starts: tuple[int, ...]
    """Offsets in *text* at which parts begin, ascending; the first is 0."""
    origins: tuple[int, ...]
    """Offsets in the original at which the same parts begin."""

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return start and end in the original of the part from *start* to *end* of the text."""
        return self._origin(start), self._origin(end - 1) + 1

    def _origin(self, at: int) -> int:
        number = bisect_right(self.starts, at) - 1
        return self.origins[number] + at - self.starts[number]


def unfold(text: str) -> Unfolded | None:
    """Return *text* without escapes and line breaks of quoting; None if it has none."""
    if "\\" not in text and "\n" not in text and "+" not in text:
        return None
    parts: list[str] = []
    starts, origins = [0], [0]
    at = size = 0
    coded = Searchable(text)
    offset = coded.offsets()
    for match in _FOLD.finditer(coded.data):
        start, end = map(offset, match.span())
        stands_for = _meaning(text[start:end])
        parts += [text[at:start], stands_for]
        size += start - at + len(stands_for)
        at = end
        starts += [size - len(stands_for), size]
        origins += [at - len(stands_for), at]
    if at == 0:
        return None
    return Unfolded(text="".join([*parts, text[at:]]), starts=tuple(starts), origins=tuple(origins))


def _meaning(fold: str) -> str:
    """Return the character that *fold* stands for; empty if *fold* joins two lines or strings."""
    depth = _slashes(fold)
    bare = fold.lstrip("\\").rstrip(" \t")
    if len(bare) == 1 and bare in "nrt\"'`/":
        goes_on = bare == "n" and depth in _GOES_ON
        return "" if goes_on else _CONTROLS.get(bare, bare)
    is_one_string = depth and bare[0] == '"' and depth != _slashes(fold[:-1][::-1])
    return '"' if is_one_string else ""


def _slashes(text: str) -> int:
    """Return the number of backslashes at the beginning of *text*, which shows how deeply it is quoted."""
    return len(text) - len(text.lstrip("\\"))
