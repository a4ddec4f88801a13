"""Find the files that stored paths refer to: names of persons and homes in stored paths are placeholders."""

import glob
import re
from collections.abc import Iterable, Sequence
from fnmatch import translate
from pathlib import Path

_MASK = re.compile(r"(?:~|<[A-Z][A-Z_]{0,30}(?:_\d{1,6})?>)+")
_HOME = re.compile(r"~[0-9a-f]{0,6}(?=/)")
"""Placeholder of a home folder at the beginning of a path: it stands for any number of folders."""
_MOST_MASKS = 8
"""Most placeholders in a path whose file is looked for: a real path has one or two."""


def matching(stored: str, paths: Iterable[str]) -> tuple[str, ...]:
    """Return those of *paths* that *stored* may refer to: it, or a folder above it, with any names for placeholders."""
    if not 0 < len(_MASK.findall(stored)) <= _MOST_MASKS:
        return ()
    above = (str(folder) for folder in Path(stored).parents)
    places = [place for place in (stored, *above) if "/" in place and _MASK.search(place)]
    forms = [(_MASK.split(place)[-1], _Form(place)) for place in places]
    return tuple(path for path in paths if any(path.endswith(end) and form.fits(path) for end, form in forms))


def unmasked(stored: str) -> str:
    """Return the path of the only existing file that *stored* may refer to; *stored* if there is none, or several."""
    place = str(Path.home()) + stored[1:] if stored.startswith("~/") else stored
    if not place.startswith("/") or len(_MASK.findall(place)) > _MOST_MASKS:
        return stored
    form = "*".join(glob.escape(text) for text in _MASK.split(place))
    try:
        found = list(Path("/").glob(form.lstrip("/")))
    except (OSError, ValueError):
        return stored
    return str(found[0]) if len(found) == 1 else stored


class _Form:
    """Form of the paths that a stored path may refer to, name by name."""

    def __init__(self, stored: str) -> None:
        self._is_in_home = _HOME.match(stored) is not None
        names = _HOME.sub("", stored, count=1).split("/")[1:] if self._is_in_home else stored.split("/")
        self._names = [re.compile(translate("*".join(map(glob.escape, _MASK.split(name))))) for name in names]

    def fits(self, path: str) -> bool:
        names: Sequence[str] = path.split("/")
        if self._is_in_home and len(names) > len(self._names):
            names = names[len(names) - len(self._names) :]
        return len(names) == len(self._names) and all(
            form.match(name) for form, name in zip(self._names, names, strict=True)
        )
