"""Find the here-documents of a command, to compare commands without them."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

_MARK = re.compile(r"<<-?[ \t]*['\"]?(\w+)['\"]?")
_WRITER = re.compile(r"\b(?:cat|tee)\b")
"""Programs that write a here-document to a file."""


class _Given(NamedTuple):
    """A here-document, by places in the command."""

    start: int
    """Place of its mark, such as ``<<EOF``."""
    after_mark: int
    """Place behind the mark, where the rest of the command's own line begins."""
    line_end: int
    """End of the command's own line."""
    stop: int
    """End of the line that closes it."""


def without_given(command: str) -> str:
    """Return *command* without its here-documents and what writes them to a file."""
    kept, at = list[str](), 0
    for given in _found(command):
        begin = max(at, command.rfind("\n", at, given.start) + 1, command.rfind("|", at, given.start) + 1)
        writer = _WRITER.search(command, begin, given.start)
        kept.append(command[at : given.start if writer is None else writer.start()])
        if writer is None:
            kept.append(command[given.after_mark : given.line_end])
        at = given.stop
    return "".join((*kept, command[at:]))


def given_in(command: str) -> list[str]:
    """Return the here-documents of *command*, each from its mark to the line that closes it."""
    return [command[given.start : given.stop] for given in _found(command)]


def _found(command: str) -> Iterator[_Given]:
    """Yield the here-documents in order, in time proportional to the length of *command*."""
    mark = _MARK.search(command)
    if mark is None:
        return
    closing = _lines(command)
    line_end = -1
    while mark is not None:
        if line_end < mark.end():
            line_end = command.find("\n", mark.end())
        if line_end < 0:
            return
        starts, stops = closing.get(mark[1], ((), ()))
        number = bisect_left(starts, line_end)
        if number < len(starts):
            yield _Given(mark.start(), mark.end(), line_end, stops[number])
        mark = _MARK.search(command, stops[number] if number < len(starts) else mark.start() + 2)


def _lines(command: str) -> dict[str, tuple[list[int], list[int]]]:
    """Return the lines of a single word: by word, the places before them and their ends."""
    found: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    at = 0
    for line in command.split("\n"):
        word = line.strip()
        if word and " " not in word:
            starts, stops = found[word]
            starts.append(at - 1)
            stops.append(at + len(line))
        at += len(line) + 1
    return found
