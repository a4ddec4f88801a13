"""Make untrusted text safe for a terminal, a page or a skill: no invisible characters, no control sequences."""

import re
import unicodedata

_CONTROL_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS, SOS, PM, APC with their payload
    r"|\x1b[ -/]*[0-~]"  # two-character escapes
    r"|\x9b[0-?]*[ -/]*[@-~]"  # C1 CSI
    r"|\x9d[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # C1 OSC
)
_UNSEEN = re.compile(
    "[\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180d\\u180f\\u2800\\u3164\\ufe00-\\ufe0f\\uffa0\\U000e0100-\\U000e01ef]"
)
"""Invisible letters and marks, which can carry hidden text: fillers, joiners, variation selectors."""
_WRITTEN_OUT = {ord("\n"): "\\n", ord("\t"): "\\t", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_SHOWN = bytes((9, 10, *range(32, 127)))
_PLAIN = re.compile(r"[\n\t\x20-\x7e]+")


class _Kept(dict[int, int | None]):
    """Map a character code to itself, or to None if the character is removed; computed once for each character."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        is_gone = character not in "\n\t" and (_is_control(character) or _UNSEEN.match(character))
        self[code] = kept = None if is_gone else code
        return kept


_KEPT = _Kept()


def safe(text: str) -> str:
    r"""Make *text* inert: NFC, no escape sequences, and no invisible or direction-changing characters.

    Keeps ``\n``, ``\t`` and all visible characters. Removes terminal control sequences with their payload, all other
    control characters (Unicode category Cc), format characters (Cf: bidirectional controls, zero-width characters, tag
    characters, the byte order mark), private-use and unassigned characters, lone surrogates, and invisible letters and
    marks (fillers, variation selectors).
    ``\r\n`` and ``\r`` become ``\n``. The function is idempotent.
    """
    if text.isascii() and (text.isprintable() or not text.encode().translate(None, _SHOWN)):
        return text
    odd = _PLAIN.sub("", text)
    if not odd:
        return text
    if not all(_KEPT[ord(character)] for character in set(odd)):
        text = _CONTROL_SEQUENCE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_KEPT)
    return unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    r"""Make *text* inert and a single line: line ends and tabs are written as escapes such as ``\n`` and ``\t``.

    For names of files, members and records, and texts with such names: a line end in a name cannot forge a line.
    """
    return safe(text).translate(_WRITTEN_OUT)


def unseen(text: str) -> tuple[str, ...]:
    """Return the characters of *text* that :func:`safe` removes as invisible or as controls, sorted."""
    return tuple(sorted(one for one in set(_PLAIN.sub("", text)) if _KEPT[ord(one)] is None))


def _is_control(character: str) -> bool:
    return unicodedata.category(character).startswith("C")
