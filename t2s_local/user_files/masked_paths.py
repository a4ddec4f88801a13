"""Find the files that stored paths refer to: names of persons and homes in stored paths are placeholders."""

import glob
import re
from collections.abc import Iterable
from pathlib import Path

_MASK = re.compile(r"^~[0-9a-f]{0,6}(?=/|$)|~|<[A-Z][A-Z_]*(?:_\d+)?>")


def matching(stored: str, paths: Iterable[str]) -> tuple[str, ...]:
    """Return those of *paths* that *stored* may refer to: it, or a folder above it, with any names for placeholders."""
    if _MASK.search(stored) is None:
        return ()
    above = (str(folder) for folder in Path(stored).parents)
    places = [place for place in (stored, *above) if "/" in place and _MASK.search(place)]
    ends = [(_MASK.split(place)[-1], re.compile(_pattern(place))) for place in places]
    return tuple(path for path in paths if any(path.endswith(end) and pattern.fullmatch(path) for end, pattern in ends))


def unmasked(stored: str) -> str:
    """Return the path of the only existing file that *stored* may refer to; *stored* if there is none, or several."""
    place = str(Path.home()) + stored[1:] if stored.startswith("~/") else stored
    if not place.startswith("/") or _MASK.search(place) is None:
        return place if place != stored and Path(place).exists() else stored
    texts = (glob.escape(text) for text in _MASK.split(place))
    found = list(Path("/").glob("*".join(texts).lstrip("/")))
    return str(found[0]) if len(found) == 1 else stored


def _pattern(stored: str) -> str:
    begins = _MASK.match(stored)
    texts = [re.escape(text) for text in _MASK.split(stored)]
    return texts[0] + ((".+" if begins else "[^/]+") + "[^/]+".join(texts[1:]) if len(texts) > 1 else "")
