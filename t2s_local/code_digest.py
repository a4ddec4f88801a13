"""Identifies code by its sources, so that what other code worked out is never taken for its results.

A number that is raised by hand is forgotten; a digest is not. It costs a few milliseconds and is taken when a plug-in
is loaded, not when the program starts.
"""

import re
from functools import cache
from pathlib import Path

from t2s_local.values.value import digest

_PACKAGE = Path(__file__).parent
_DATA = ("*.toml", "*.txt")
_FROM = re.compile(r"^[ \t]*from (t2s_local[\w.]*) import (?:\(([^)]*)\)|(.+))", re.MULTILINE)
_IMPORT = re.compile(r"^[ \t]*import (t2s_local[\w.]*)", re.MULTILINE)
_NAME = re.compile(r"(\w+)(?: as \w+)?")


@cache
def sources_digest(module: str) -> str:
    """Digest of the source of *module*, of every module of this package it imports, and of the data beside them.

    Data is every TOML and text file in a folder one of the modules lies in. A comment counts as much as a rule: work is
    done again now and then where it need not be, and never kept where it must not be.

    Args:
        module: Its dotted name.

    Raises:
        ValueError: there is no such module.
    """
    files = modules_behind(module)
    folders = {file.parent for file in files.values()}
    data = sorted(path for folder in folders for pattern in _DATA for path in folder.glob(pattern))
    texts = [f"{path.relative_to(_PACKAGE)}\n{path.read_text('utf-8')}" for path in (*files.values(), *data)]
    return digest(*texts)


def modules_behind(module: str) -> dict[str, Path]:
    """*module* and every module of this package it imports, directly or through others, with its file; sorted by name.

    Raises:
        ValueError: there is no such module.
    """
    first = _file_of(module)
    if first is None:
        message = f"there is no module {module}"
        raise ValueError(message)
    found = {module: first}
    waiting = [first]
    while waiting:
        for name in sorted(_imported(waiting.pop().read_text("utf-8"))):
            file = _file_of(name)
            if file is not None and name not in found:
                found[name] = file
                waiting.append(file)
    return dict(sorted(found.items()))


def _imported(source: str) -> set[str]:
    """Dotted names *source* imports, some of which are modules."""
    found = set(_IMPORT.findall(source))
    for package, several, one in _FROM.findall(source):
        found.add(package)
        found |= {f"{package}.{name}" for name in _NAME.findall(several or one)}
    return found


def _file_of(module: str) -> Path | None:
    path = _PACKAGE.joinpath(*module.split(".")[1:])
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return file
    return None
