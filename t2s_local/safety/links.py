"""Find the addresses in a text, and write an address so that it is not a link."""

import re2

_URL = re2.compile(r"(?i)\bhttps?://[^\s\"'<>`)\]}\\|]+")
_DEFANGED = re2.compile(r"(?i)\bhxxp(s?)://")
_OURS = re2.compile(r"(?i)^https?://(?:localhost|127\.|0\.0\.0\.0|\[::1\])")
"""Addresses of the machine itself, which lead to no other machine and are not defanged."""
_END = ".,;:!?*_"


def urls(text: str) -> list[str]:
    """Return the addresses in *text*, in order, without the punctuation of the sentence."""
    return [match.group().rstrip(_END) for match in _URL.finditer(text)]


def defang(text: str, known: frozenset[str]) -> str:
    """Return *text* with ``hxxp`` for ``http`` in every address that is not in *known*, so that it is no link."""
    parts, at = [], 0
    for match in _URL.finditer(text):
        if match.group().rstrip(_END) not in known and not _OURS.match(match.group()):
            parts += [text[at : match.start()], "hxxp", text[match.start() + 4 : match.end()]]
            at = match.end()
    return "".join([*parts, text[at:]])


def refang(text: str) -> str:
    """Undo :func:`defang`, to compare with what was recorded."""
    return str(_DEFANGED.sub(r"http\1://", text))
