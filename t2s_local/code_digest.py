"""Identify code by a digest of its sources, so that stored results of changed code are not used again.

A version number that is raised by hand can be forgotten; a digest cannot. The digest takes a few milliseconds and is
computed when a plug-in is loaded, not when the program starts.
"""

import os
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
    """Return the digest of the sources of *module* and of every module of this package it imports, with their data.

    The data are all TOML and text files in the folders of these modules. A changed comment changes the digest too: some
    work is repeated needlessly, but no outdated result is used.

    Args:
        module: Dotted name of the module.

    Raises:
        ValueError: there is no such module.
    """
    files = modules_behind(module)
    folders = {file.parent for file in files.values()}
    data = sorted(path for folder in folders for pattern in _DATA for path in folder.glob(pattern))
    texts = [f"{path.relative_to(_PACKAGE)}\n{path.read_text('utf-8')}" for path in (*files.values(), *data)]
    return digest(*texts)


@cache
def sources_stamp(*folders: str) -> str:
    """Return a digest of the sizes and times of the files in *folders* of this package, without reading the files.

    It changes with the code as :func:`sources_digest` does, and also if the same code is installed again; it takes a
    fiftieth of the time.
    """
    found = []
    for folder in folders:
        for top, _, names in sorted(os.walk(_PACKAGE / folder)):
            for name in sorted(names):
                if name.endswith((".py", ".toml", ".txt")):
                    about = os.stat(f"{top}/{name}")  # noqa: PTH116 - a path of every file would take three times as long
                    found.append(f"{top} {name} {about.st_size} {about.st_mtime_ns}")
    return digest(*found)


def modules_behind(module: str) -> dict[str, Path]:
    """Return *module* and every module of this package it imports, directly or not, with their files; sorted by name.

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
    """Return the dotted names that *source* imports; some of them are modules, others names in modules."""
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
