"""Substitute the variables of a shell line, so that a command that is assembled from pieces is seen whole."""

import re

_IFS = re.compile(r"\$IFS(?:\$\d)?\b|\$\{IFS[^}]*\}")
_NAME = re.compile(
    r"(?:(?<![^\s;&|({])([A-Za-z_]\w*)=(?!=)(?=(\S))|\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*)))", re.MULTILINE
)
"""An assignment with the first character of its value, or the use of a variable."""
_BARE = re.compile(r"[^\s;&|()<>]*")
_LONGEST = 1000
"""Largest number of characters of a value that is substituted."""
_GROWTH = 4000
"""Largest number of characters by which all substitutions make a line longer."""


def expanded(text: str) -> str:
    """Return *text* with the variables it assigns replaced by their values, and ``$IFS`` by a space."""
    text = _IFS.sub(" ", text)
    if "$" not in text or "=" not in text:
        return text
    known: dict[str, str] = {}
    parts, at, room = list[str](), 0, _GROWTH
    for found in _NAME.finditer(text):
        if found[1]:
            value = _value(text, found.end())
            known[found[1]] = "" if value is None else _with(known, value)[:_LONGEST]
            continue
        value = known.get(found[3] or found[4] or "")
        if value and len(value) <= room:
            parts += [text[at : found.start()], value]
            room -= len(value)
            at = found.end()
    return "".join([*parts, text[at:]])


def closing(text: str, start: int, opening: str) -> int:
    """Return the index of the sign that closes the substitution opened before *start*; without one, the text's end."""
    if opening == "`":
        end = text.find("`", start)
        return end if end >= 0 else len(text)
    depth = 1
    for place in range(start, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place
    return len(text)


def _value(text: str, start: int) -> str | None:
    """Return the value that is assigned at *start*, without its quotes; None if it cannot be substituted in a word."""
    quote = text[start]
    if quote in "'\"":
        end = text.find(quote, start + 1)
        inside = text[start + 1 : end] if end > 0 else ""
        return inside if len(inside) <= _LONGEST and (quote == "'" or "$(" in inside or '"' not in inside) else None
    if text.startswith("$(", start):
        end = closing(text[: start + _LONGEST], start + 2, "$(")
        return text[start : end + 1]
    if quote == "`":
        return text[start : closing(text, start + 1, "`") + 1]
    found = _BARE.match(text, start)
    return found[0] if found and len(found[0]) <= _LONGEST else None


def _with(known: dict[str, str], value: str) -> str:
    """Return *value* with the *known* variables replaced by their values."""
    if "$" not in value:
        return value
    return _NAME.sub(lambda found: known.get(found[3] or found[4] or "", found[0]) if not found[1] else found[0], value)
