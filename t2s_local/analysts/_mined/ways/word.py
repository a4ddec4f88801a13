"""Words that can identify an action."""

import re

from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.text.commands import changes_files, is_handling, is_idle

_WORD = re.compile(r"[A-Za-z]{2}")
_MASKED = re.compile(r"<\w+>")


def is_telling(word: str, *, is_program: bool) -> bool:
    """Return whether *word* can identify an action.

    A mask, an argument of a tool, a short option or a program that only handles files cannot.
    """
    if not _WORD.search(word) or _MASKED.fullmatch(word) or len(word) > 80:
        return False
    if "=" in word and not word[0].isupper() and not word.startswith("-"):
        return False
    if is_program and (is_handling(word) or is_idle(word)):
        return False
    return not word.startswith("-") or word.startswith("--")


def wrote(run: Run, word: str) -> bool:
    """Return whether *run* itself wrote the file that *word* names, at any time."""
    name = word.rsplit("/", 1)[-1]
    if "." not in name:
        return False
    for event in run.events:
        writes = changes_files(event.tool, event.head) or event.head in {"cat > <file>", "create"}
        if name in event.action and (writes or _writes_to(event.action, name)):
            return True
    return False


def _writes_to(action: str, name: str) -> bool:
    return re.search(rf"(?:>|\btee\b|\btouch\b)[^\n|;&]*{re.escape(name)}", action) is not None


def was_given(run: Run, word: str) -> bool:
    """Return whether the request contains *word*, unless it consists of letters only."""
    return not word.isalpha() and word in (run.piece.request or "")
