"""Find the rule or skill that a path refers to: a skill's folder, its SKILL.md, or a line of that file."""

import re
from collections.abc import Sequence
from pathlib import Path

from t2s_local.errors import InputError, UsageError
from t2s_local.files import open_regular, reason_of
from t2s_local.values.value import Value

_MAIN = "SKILL.md"
_LINE = re.compile(r"^(?P<path>.+):(?P<line>\d{1,7})(?::\d*)?$")
_RULE = re.compile(r"\((R\d+): ")
_LARGEST = 1_000_000
"""Largest number of bytes of a page that is read; t2s writes no larger page."""


class PageName(Value, frozen=True, kw_only=True):
    """Name of a skill or of a rule, with the library whose page numbers the rule."""

    name: str
    library: Path


def page_name(text: str) -> PageName | None:
    """Return the skill or rule that a path refers to; None if *text* is no path.

    A path names a folder with a ``SKILL.md``, or that file, optionally followed by ``:12`` for a line of the file or by
    ``#R2`` for a rule. A text with a path separator always counts as a path.

    Raises:
        InputError: there is no such skill, or its page cannot be read.
        UsageError: the line belongs to no rule.
    """
    place, _, rule = text.partition("#")
    found = _LINE.match(place)
    path, line = (Path(found["path"]), int(found["line"])) if found else (Path(place), None)
    folder = path.parent if path.name == _MAIN else path
    if not (folder / _MAIN).is_file():
        if "/" not in place and path.name != _MAIN:
            return None
        message = "no skill is there"
        raise InputError(message, path=path, hint="Name a skill's folder, its SKILL.md, or a line as SKILL.md:12.")
    whole = folder.resolve()
    if line is not None:
        rule = _rule_at(_lines(folder / _MAIN), line, folder / _MAIN)
    return PageName(name=f"{whole.name}#{rule}" if rule else whole.name, library=whole.parent)


def _lines(path: Path) -> Sequence[str]:
    try:
        with open_regular(path) as stream:
            return stream.read(_LARGEST).decode("utf-8", "replace").splitlines()
    except OSError as error:
        raise InputError(reason_of(error), path=path) from error


def _rule_at(lines: Sequence[str], number: int, path: Path) -> str:
    """Return the number of the rule on a line; without one, the number of the rule on the nearest line above."""
    for text in reversed(lines[:number] if number <= len(lines) else ()):
        if (found := _RULE.search(text)) is not None:
            return found[1]
        if text.startswith("#"):
            break
    message = f"{path}:{number} belongs to no rule"
    raise UsageError(message, hint="Lines of rules end with their number and support, as “(R1: 3 runs)”.")
