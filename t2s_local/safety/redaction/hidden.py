"""Find secrets in base64 and percent-encoded text."""

import binascii
from base64 import b64decode
from collections.abc import Callable, Iterator
from urllib.parse import unquote

import re2

from t2s_local.text.text import Searchable

_BASE64 = re2.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_FIRST = frozenset("CDIJKLMNOPQRSTUVWXYZabcdef")
"""First characters of base64 whose first byte is a line break, a tab or a printable character of ASCII."""
_PERCENT = re2.compile(r"[\w.~%+&=/:?@!,;-]*%[0-9A-Fa-f]{2}[\w.~%+&=/:?@!,;-]*")
_LONGEST = 20_000
_SHORTEST = 24
"""Least number of characters of encoded text, as in the expression for base64."""


def hidden(text: str, has_secret: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Yield start and end of each encoded part of *text* whose decoded form contains a secret.

    Args:
        text: The text to search.
        has_secret: Returns whether a decoded part contains a secret.
    """
    coded = Searchable(text)
    offset = coded.offsets()
    for match in _BASE64.finditer(coded.data) if len(text) >= _SHORTEST else ():
        start, end = map(offset, match.span())
        plain = _decoded(text[start:end]) if text[start] in _FIRST else None
        if plain is not None and has_secret(plain):
            yield start, end
    if "%" in text:
        for match in _PERCENT.finditer(text):
            if has_secret(unquote(match.group()[:_LONGEST])):
                yield match.span()


def _decoded(encoded: str) -> str | None:
    """Return the text that base64 *encoded* stands for; None if it is no printable text."""
    standard = encoded[:_LONGEST].rstrip("=").replace("-", "+").replace("_", "/")
    if not _starts_as_text(standard):
        return None
    whole = standard[: len(standard) - (len(standard) % 4 == 1)]
    try:
        plain = b64decode(whole + "=" * (-len(whole) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return plain if all(character.isprintable() or character in "\n\r\t" for character in plain) else None


def _starts_as_text(standard: str) -> bool:
    head = b64decode(standard[:24])
    return all(32 <= byte < 127 or byte in b"\n\r\t" for byte in head)
