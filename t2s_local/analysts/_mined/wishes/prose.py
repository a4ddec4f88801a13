"""Sentences of a user's message, without the text pasted into it."""

import re
from collections.abc import Iterator

_FENCE = re.compile(r"^(`{3,}|~{3,}).*?(?:^\1|\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"\n[ \t]*\n")
_PASTED = re.compile(
    r"^\s{2,}\S|^\s*(?:[$❯%#>|+]|\d+\s*\||[-=]{3,}|at\s+\S+\()\s*"
    r"|[\w./\\-]+\.\w{1,5}[:(]\d+(?:[:,]\d+)?|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\bline \d+\b"
    r"|(?:\b(?i:error|warning|warn|fatal|panic|failed|traceback|exception)|Error|Exception|ERR!?)\b\s?[\[:!(]"
    r"|^(?:FAILED|ERROR|PASSED|E)\s|\b\d+ (?:passed|failed)\b|^<\w[\w-]*>|^@\S+$"
)
"""Patterns of lines of a log, a listing or a program, which no sentence contains."""
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”)]*\s+|\s+[-–—]+\s+|(?<=[。！？])|\n+")
_LIST_MARK = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
LONGEST = 600
"""Most characters of a user's own words: a longer message is a specification, not a remark."""


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of *text*, verbatim, without pasted blocks and without list marks.

    Yield nothing if they have more than 600 characters together: the message is then a plan or a document.
    """
    said = [block for block in _BLOCK.split(_FENCE.sub("\n\n", text)) if block.strip() and not is_pasted(block)]
    if sum(map(len, said)) > LONGEST:
        return
    for block in said:
        for sentence in _SENTENCE.split(block):
            plain = _LIST_MARK.sub("", sentence).strip()
            if plain:
                yield plain


def is_pasted(block: str) -> bool:
    """Return whether *block* was copied from a screen or a file: its first line or half of its lines look like it."""
    lines = [line for line in block.splitlines() if line.strip()]
    found = [bool(_PASTED.search(line)) for line in lines]
    return bool(found) and (found[0] or 2 * sum(found) >= len(found))
