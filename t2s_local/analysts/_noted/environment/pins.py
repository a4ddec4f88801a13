"""Packages that runs installed, and versions below which those that break the code are kept."""

import re
from collections.abc import Iterator, Mapping, Sequence

from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, runs_of
from t2s_local.text.commands import segments

BROKE = "package_broke"
"""Kind of notes on packages whose code raised an error of a library that is newer than the code."""
VERSION = "package_version"
LEAST_RUNS = 2
_INSTALL = re.compile(
    r"^(?:sudo\s+)?(?P<manager>(?:python3?\s+-m\s+)?pip3?|uv pip|npm|yarn|pnpm|gem|conda|mamba|apt-get|apt|apk|brew)\s+"
    r"(?:install|i|add)\s+(?P<rest>.+)$"
)
_PACKAGE = re.compile(r"[A-Za-z@][\w.@/-]*(?:\[[\w,-]+\])?(?:[<>=!~]=?[\w.*]+)?")
_INSTALLED = re.compile(r"Successfully installed (?P<all>[^\n]+)")
_VERSION = re.compile(r"(?P<name>[A-Za-z][\w.-]*?)-(?P<version>\d[\w.]*)$")
_RAISED = re.compile(
    r"(?:site-packages/|(?:^|[\s\"])(?=\w+/[\w/]+\.pyx:))_?(?P<package>\w+)/[\w/.]+\.pyx?\b", re.MULTILINE
)
_RELEASE = re.compile(r"\b(?P<name>[A-Za-z][\w-]+) v?(?P<version>\d+(?:\.\d+)*) release\b")


def installs(action: str) -> Iterator[tuple[str, str]]:
    """Yield the packages that a shell line installs, each with its installer; the project itself is `-e .` or `.`.

    Words that are no package names, such as options, are left out.
    """
    for segment in segments(action):
        found = _INSTALL.match(segment.strip())
        if found is None:
            continue
        rest = found["rest"].split("|")[0].split(">")[0] if "<" not in found["rest"] else found["rest"]
        given = [word.strip("'\"") for word in rest.split()]
        if "." in given or any(word.startswith(".[") for word in given):
            yield found["manager"], "-e ." if "-e" in given or "--editable" in given else "."
        yield from ((found["manager"], word) for word in given if _PACKAGE.fullmatch(word))


def raised_in(output: str) -> str | None:
    """Return the package whose file is the last in a traceback in *output*; None if *output* names no such file."""
    found = _RAISED.findall(output)
    return found[-1].lower() if found else None


def versions(output: str) -> Iterator[tuple[str, str]]:
    """Yield the packages that an installer reports as installed, with their versions."""
    for found in _INSTALLED.finditer(output) if "Successfully" in output else ():
        for word in found["all"].split():
            if part := _VERSION.match(word):
                yield part["name"].lower(), part["version"]


def pins_of(runs: Sequence[Run]) -> Mapping[str, Mapping[str, str]]:
    """Return for each project the packages that broke it in several runs, with the version to stay below.

    The version is the release that the error names, otherwise the only major version that any run installed.
    """
    installed: dict[str, list[str]] = {}
    for name, pairs in noted(runs, VERSION).items():
        installed[name] = [note.detail for _, note in pairs]
    found: dict[str, dict[str, str]] = {}
    for key, pairs in noted(runs, BROKE).items():
        project, _, name = key.partition("\n")
        release = next((_RELEASE.search(note.detail) for _, note in pairs if _RELEASE.search(note.detail)), None)
        named = release["version"] if release is not None and release["name"].lower() == name else None
        majors = sorted({_major(version) for version in installed.get(name, ())})
        below = named.removesuffix(".0") if named else str(majors[0]) if len(majors) == 1 and majors[0] > 0 else None
        if below is not None and len(runs_of(pairs)) >= LEAST_RUNS:
            found.setdefault(project, {})[name] = below
    return found


def _major(version: str) -> int:
    """Return the first number of a version, which begins with a digit: 2024 of ``2024a``."""
    digits = re.match(r"[0-9]{1,9}", version)
    return int(digits[0]) if digits else 0
