"""Find version numbers in texts, each with the name before it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from t2s_local.text.text import content

_VERSION = re.compile(
    r"(?<![\w.-])(?P<name>[A-Za-z][A-Za-z_+-]*[A-Za-z+])(?P<glued>\s*(?:==|>=|<=|~=|@|:)\s*v?|-v?|/|\s+(?:version\s+)?v?)?"
    r"(?P<version>\d+(?:\.\d+)+)(?![\w.]*\d)",
    re.IGNORECASE,
)


def versions_in(text: str) -> dict[str, str]:
    """Return the lower-case names in *text* that precede a version, each with the last such version."""
    found = ((match["name"].lower(), match["version"]) for match in _VERSION.finditer(text))
    return {name: version for name, version in found if content(name)}


def versions_of(texts: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Return the lower-case names in *texts* that precede a version, each with all its versions."""
    found: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for match in _VERSION.finditer(text):
            found[match["name"].lower()].add(match["version"])
    return {name: frozenset(versions) for name, versions in found.items()}


def is_among(version: str, shown: Iterable[str]) -> bool:
    """Return whether *version* agrees with a version in *shown* up to further parts: 1.2 agrees with 1.2.3."""
    return any(f"{one}.".startswith(f"{version}.") or f"{version}.".startswith(f"{one}.") for one in shown)
