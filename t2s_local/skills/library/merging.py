"""Merge a new version of a skill with the user's edits in a three-way merge, if there is no conflict."""

from collections.abc import Mapping
from typing import NamedTuple

_BOM = "\ufeff"
Files = Mapping[str, bytes | None]
"""Content of files by path; None if the content is not known."""


class _Style(NamedTuple):
    """Line ends and byte order mark of a text."""

    has_bom: bool
    has_crlf: bool


class Conflict(NamedTuple):
    """A file that both sides changed in the same place."""

    path: str


def merge_files(base: Files, mine: Files, new: Files) -> dict[str, bytes | None] | Conflict:
    """Merge two versions of a skill that came from *base*.

    Args:
        base: The version that both are derived from.
        mine: The user's version.
        new: The new version.

    Returns:
        New content of the changed files of the user's version, by path, None for files to remove; or the first file,
        by path, that cannot be merged.
    """
    changes: dict[str, bytes | None] = {}
    for path in sorted(base.keys() | mine.keys() | new.keys()):
        before, ours, theirs = (side.get(path, _ABSENT) for side in (base, mine, new))
        if _is_same(before, theirs) or _is_same(ours, theirs):
            continue
        if _is_same(before, ours):
            changes[path] = None if theirs is _ABSENT else theirs
            continue
        merged = _merged(before, ours, theirs)
        if merged is None:
            return Conflict(path)
        changes[path] = merged
    return changes


def marked_conflicts(base: Files, mine: Files, new: Files) -> dict[str, str] | Conflict:
    """Return each file that cannot be merged as a text with both versions between conflict marks like those of git.

    Args:
        base: The version that both are derived from.
        mine: The user's version.
        new: The new version.

    Returns:
        Texts by path; or the first file, by path, that is no text in one of the versions.
    """
    from merge3 import Merge3

    marked: dict[str, str] = {}
    for path in sorted(base.keys() | mine.keys() | new.keys()):
        before, ours, theirs = (side.get(path, _ABSENT) for side in (base, mine, new))
        if _is_same(before, theirs) or _is_same(ours, theirs) or _is_same(before, ours):
            continue
        if _merged(before, ours, theirs) is not None:
            continue
        texts = [_plain(text) for text in (_text(before) or "", _text(ours), _text(theirs)) if text is not None]
        if len(texts) < len((before, ours, theirs)):
            return Conflict(path)
        first, second, third = (text.splitlines(keepends=True) for text in texts)
        both = Merge3(first, second, third)
        marked[path] = "".join(both.merge_lines(name_a="yours", name_b="new"))
    return marked


def has_marks(text: str) -> bool:
    """Return whether a text contains conflict marks of :func:`marked_conflicts`."""
    return any(line.startswith(("<<<<<<< ", ">>>>>>> ")) for line in text.splitlines())


_ABSENT = b"\0absent"
"""Placeholder for a file that does not exist; no text of a skill can begin with these bytes."""


def _is_same(one: bytes | None, other: bytes | None) -> bool:
    return one is not None and one == other


def _merged(before: bytes | None, ours: bytes | None, theirs: bytes | None) -> bytes | None:
    """Merge a file that both versions changed; None if there is a conflict."""
    from merge3 import Merge3

    texts = [_text(side) for side in (before, ours, theirs)]
    plain = [_plain(text) for text in texts if text is not None]
    if len(plain) < len(texts):
        return None
    base, mine, new = (text.splitlines(keepends=True) for text in plain)
    groups = list(Merge3(base, mine, new).merge_groups())
    if any(group[0] == "conflict" for group in groups):
        return None
    whole = "".join(line for group in groups for line in group[1])
    return _styled(whole, _style(texts[1] or "")).encode()


def _text(data: bytes | None) -> str | None:
    if data is None or data is _ABSENT:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _style(text: str) -> _Style:
    n_ends = text.count("\n")
    return _Style(has_bom=text.startswith(_BOM), has_crlf=n_ends > 0 and text.count("\r\n") == n_ends)


def _plain(text: str) -> str:
    """Return *text* without a byte order mark, and with LF line ends if all of its line ends are CRLF."""
    style = _style(text)
    plain = text.removeprefix(_BOM)
    return plain.replace("\r\n", "\n") if style.has_crlf else plain


def _styled(text: str, style: _Style) -> str:
    ended = text.replace("\n", "\r\n") if style.has_crlf else text
    return _BOM + ended if style.has_bom else ended
