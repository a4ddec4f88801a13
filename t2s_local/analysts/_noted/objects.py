"""Objects of tools, read from their names."""

import re

_LEAST_LETTERS = 3
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def objects_of(tool: str) -> dict[str, str]:
    """Return the words of a tool's name after the first, as spelt, by their singular in lower case."""
    parts = [part.lower() for part in _PART.findall(tool.rpartition("__")[2])][1:]
    return {part.removesuffix("s"): part for part in parts if len(part) >= _LEAST_LETTERS}
