"""Find queries that empty a database, in the text that a client of a database or a program gets."""

import re
from collections.abc import Iterator

import re2

_NAME = r"[\w.\"`\[\]$*-]+"
_WHOLE = re2.compile(
    r"(?i)\bdrop\s+(?:database|schema|keyspace|tablespace|owned)\s+[^;]{0,80}|\bdropdatabase\s*\(|\bflush(?:all|db)\b"
)
"""Queries that delete whole databases."""
_PART = re2.compile(
    rf"(?im)\bdrop\s+(?:table|collection)\s+(?:if\s+exists\s+)?{_NAME}|\btruncate\s+(?:table\s+)?{_NAME}"
    rf"|\bdelete\s+from\s+{_NAME}\s*(?:;|$|[\"'])|\.(?:deletemany|remove)\s*\(\s*(?:\{{\s*\}})?\s*[,)]|\.drop\s*\(\s*\)"
)
"""Queries that delete every row of a table."""
_CALL = re2.compile(
    r"(?is)\bexec\w*\s*\(\s*(?:[\w.]*text\s*\(\s*)?[rfb]?[\"']{1,3}(\s*(?:drop|truncate|delete)\b[^\"']{1,200})"
)
_MADE = re2.compile(rf"(?i)\bcreate\s+(?:temp(?:orary)?\s+)?table\s+(?:if\s+not\s+exists\s+)?({_NAME})")


def emptied(text: str) -> Iterator[str]:
    """Yield the queries in *text* that delete whole databases or every row of a table that *text* does not make."""
    yield from (found[0].strip() for found in _WHOLE.finditer(text))
    made = {name.strip('"`[]').lower() for name in _MADE.findall(text)}
    for found in _PART.finditer(text):
        name = re.split(r"\s+", found[0].strip(" ;\"'"))[-1].strip('"`[]').lower()
        if name not in made:
            yield found[0].strip()


def emptied_in_code(text: str) -> Iterator[str]:
    """Yield the queries that a program in Python, JavaScript or the like executes and that empty a database."""
    for call in _CALL.finditer(text):
        yield from emptied(call[1])
