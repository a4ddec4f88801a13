"""Descriptions in words of the change between two commands or texts; a remedy shows the change, not both texts."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from t2s_local.analysts._lessons import code
from t2s_local.text.commands import head_of, segments
from t2s_local.text.text import join_words, squeeze
from t2s_local.values.value import Value

_MAX_EDIT_TOKENS = 12
_MAX_EDITS = 2
_LONGEST = 8000
_TOKEN = re.compile(r"\s+|[^\s\w]|\w+")
_SAID = re.compile(r"[A-Za-z]{2}")
_SED = re.compile(
    r"sed\s+-i(?:\.\w+)?\s+(?:-[Ee]\s+)*(?P<quote>['\"])s(?P<mark>[/|#,@!%])"
    r"(?P<old>(?:\\.|(?!(?P=mark)).)+)(?P=mark)(?P<new>(?:\\.|(?!(?P=mark)).)*)(?P=mark)g?(?P=quote)\s+(?P<file>\S+)"
)
_ESCAPED = re.compile(r"\\([^\w\s])")
_CLOSING = {")": "(", "]": "[", "}": "{"}
_QUOTES = frozenset("\"'`")
_NEAR = 3
"""Most tokens between two edits that are joined."""


class ChainChange(Value, frozen=True, kw_only=True):
    """Change of a chain of commands joined by ``&&``, without the commands at both ends that are the same."""

    removed: str
    """Commands that the new chain lacks; empty for none."""
    added: str
    """Commands that the old chain lacks; empty for none."""
    again: str
    """Commands that both chains end with; empty for none."""


def chain_change(old: str, new: str) -> ChainChange | None:
    """Return the change between two ``&&`` chains; None if a text is no such chain, or their ends share no command."""
    before, after = _links(old), _links(new)
    if before is None or after is None:
        return None
    first = _common(before, after)
    last = _common(before[first:][::-1], after[first:][::-1])
    added = after[first : len(after) - last]
    if not (first or last):
        return None
    removed = before[first : len(before) - last]
    return ChainChange(
        removed=" && ".join(removed), added=" && ".join(added), again=" && ".join(after[len(after) - last :])
    )


def is_replaced(tool: str, change: ChainChange) -> bool:
    """Return whether the added commands replace the removed ones, such as the same program with other arguments."""
    if not change.removed or not change.added:
        return False
    return not change.again or head_of(tool, change.removed) == head_of(tool, change.added)


def _links(chain: str) -> list[str] | None:
    found = list(segments(chain))
    return found if found and " && ".join(found) == squeeze(chain) else None


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the number of items at the start that are equal."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))


def edit_of(command: str) -> str | None:
    """Return an edit by ``sed`` in words: “In `save.py`, add `default=str`”; None if the command is no such edit."""
    found = _SED.fullmatch(squeeze(command))
    if found is None:
        return None
    old, new = _ESCAPED.sub(r"\1", found["old"]), _ESCAPED.sub(r"\1", found["new"])
    change = small_change(old, new)
    if change is None and max(len(old), len(new)) <= _MAX_EDIT_TOKENS * 8 and new:
        change = f"replace {code(old)} by {code(new)}"
    return None if change is None else f"In {code(found['file'].rsplit('/', 1)[-1])}, {change}"


def small_change(old: str, new: str) -> str | None:
    """Return in words the edits that turn *old* into *new*; None if they are many or long."""
    if max(len(old), len(new)) > _LONGEST:
        return None
    if squeeze(old) == squeeze(new):
        return "correct the indentation of the lines given"
    if mask_numbers(old) == mask_numbers(new):
        return "correct the line numbers"
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    blocks = [
        block[1:] for block in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes() if block[0] != "equal"
    ]
    if not blocks or len(blocks) > _MAX_EDITS * 2:
        return None
    blocks = _readable(before, after, blocks)
    if len(blocks) > _MAX_EDITS:
        return None
    edits = [_edit_words(before[a:b], after[c:d]) for a, b, c, d in blocks]
    return None if None in edits else join_words(edit for edit in edits if edit is not None)


Block = tuple[int, int, int, int]


def _readable(before: Sequence[str], after: Sequence[str], blocks: Sequence[Block]) -> list[Block]:
    """Join edits without letters with near edits, and widen each edit until it is readable without its context."""
    near: list[Block] = []
    for a, b, c, d in blocks:
        if near and a - near[-1][1] <= _NEAR and not _SAID.search("".join((*before[a:b], *after[c:d]))):
            a, c = near[-1][0], near[-1][2]
            near.pop()
        near.append((a, b, c, d))
    found: list[Block] = []
    for block in near:
        a, b, c, d = _widened(before, after, _turned(before, after, block))
        if found and (a < found[-1][1] or c < found[-1][3]):
            a, c = min(a, found[-1][0]), min(c, found[-1][2])
            b, d = max(b, found[-1][1]), max(d, found[-1][3])
            found.pop()
        found.append((a, b, c, d))
    return found


def _turned(before: Sequence[str], after: Sequence[str], block: Block) -> Block:
    """Shift a pure insertion or deletion by up to three tokens, so that it closes its quotes and brackets.

    For example ``', b='c`` becomes ``, b='c'``. The edit is unchanged if no shift closes its quotes and brackets.
    """
    a, b, c, d = block
    if (a == b) == (c == d):
        return block
    text, start, stop = (after, c, d) if a == b else (before, a, b)
    for move in (0, 1, 2, 3, -1, -2, -3):
        first, last = start + move, stop + move
        is_same = text[start:first] == text[stop:last] if move > 0 else text[first:start] == text[last:stop]
        if first >= 0 and last <= len(text) and is_same and _is_closed(text[first:last]):
            return a + move, b + move, c + move, d + move
    return block


def _widened(before: Sequence[str], after: Sequence[str], block: Block) -> Block:
    """Widen an edit token by token until it contains a word and closes its quotes and brackets."""
    a, b, c, d = block
    for _ in range(_MAX_EDIT_TOKENS):
        old, new = before[a:b], after[c:d]
        is_loose = bool(old) and bool(new) and "," in (new[0], new[-1], old[0], old[-1])
        if _SAID.search("".join((*old, *new))) and _is_closed(old) and _is_closed(new) and not is_loose:
            return a, b, c, d
        can_left = a > 0 and c > 0 and before[a - 1] == after[c - 1] and not before[a - 1].isspace()
        can_right = b < len(before) and d < len(after) and before[b] == after[d] and not before[b].isspace()
        if can_left and not (can_right and _is_closed((*new, after[d]))):
            a, c = a - 1, c - 1
        elif can_right:
            b, d = b + 1, d + 1
        else:
            break
    return a, b, c, d


def _is_closed(tokens: Sequence[str]) -> bool:
    """Return whether *tokens* open and close the same quotes and brackets, in order."""
    opened: list[str] = []
    for token in tokens:
        if token in _QUOTES and opened[-1:] == [token]:
            opened.pop()
        elif token in _QUOTES or token in _CLOSING.values():
            opened.append(token)
        elif token in _CLOSING and (not opened or opened.pop() != _CLOSING[token]):
            return False
    return not opened


def _ends_too_late(tokens: Sequence[str]) -> bool:
    """Return whether the last of *tokens* closes a quote or bracket that none of them opened."""
    last = tokens[-1]
    if last in _QUOTES:
        return tokens.count(last) % 2 == 1
    opening = _CLOSING.get(last)
    return opening is not None and tokens.count(last) > tokens.count(opening)


def _edit_words(removed: Sequence[str], added: Sequence[str]) -> str | None:
    """Return one edit in words; None if it is too long, or contains too few letters to be understood."""
    old, new = squeeze("".join(removed)), squeeze("".join(added))
    if max(len(removed), len(added)) > _MAX_EDIT_TOKENS * 2 or not _SAID.search(old + new):
        return None
    if old and new:
        return f"replace {code(old, limit=80)} by {code(new, limit=80)}"
    return f"add {code(_alone(new), limit=80)}" if new else f"leave out {code(_alone(old), limit=80)}"


def _alone(text: str) -> str:
    """Return *text* without the signs that join it to its neighbours: ``), default=str`` -> ``default=str``."""
    trimmed = text.strip(",; ")
    while trimmed and _ends_too_late(list(trimmed)):
        trimmed = trimmed[:-1].rstrip(",; ")
    while trimmed[:1] in _CLOSING and trimmed.count(trimmed[0]) > trimmed.count(_CLOSING[trimmed[0]]):
        trimmed = trimmed[1:].lstrip(",; ")
    return trimmed if _SAID.search(trimmed) else text


def mask_numbers(text: str) -> str:
    """Return *text* on one line with every number replaced by 0."""
    return re.sub(r"\d+", "0", squeeze(text))
