"""Recognise the text of a skill in a recording, by the lines that both have in common."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from t2s_local.errors import InputError
from t2s_local.skills.members.members import Member
from t2s_local.skills.source import MAIN, SkillSource

ENOUGH = 0.5
"""Least share of common lines from which on a text is a version of a skill: tools cut files, and users edit them."""
_FEWEST = 3
"""Least number of lines of a text that is recognised as the text of another skill."""
_NUMBER = re.compile(r"^\s*\d+(?:→|\t|\|)\s?")
"""Number of a line, as tools print it before the line."""


class Found(NamedTuple):
    """Comparison of a text with every version of a skill."""

    digest: str | None
    """Digest of the version that the text contains whole; None if the text is cut, or was edited."""
    share: float
    """Share of lines in common with the nearest version, in [0, 1]: of the text or of the version, the larger share."""
    is_other: bool
    """Whether the text has at least three lines and is no version of the skill."""


def lines_in(text: str) -> frozenset[str]:
    """Return the non-empty lines of *text*, without surrounding white space and without line numbers."""
    lines = (_NUMBER.sub("", line).strip() for line in text.splitlines())
    return frozenset(line for line in lines if line)


class SkillTexts:
    """Versions of the skills of a library, as sets of lines; each version is split into lines once."""

    def __init__(self, members: Iterable[Member]) -> None:
        """Prepare for *members*; the texts of a skill are read when a text is first compared with it."""
        self._members: Mapping[str, Member] = {member.name: member for member in members}
        self._versions = cache(self._lines_of)

    def __contains__(self, name: object) -> bool:
        """Return whether there is a skill of that name."""
        return name in self._members

    def source(self, name: str, digest: str | None) -> SkillSource:
        """Return the version of a skill with that digest; the present version if the digest is None or unknown."""
        member = self._members[name]
        return member.source if digest is None else member.versions.get(digest, member.source)

    def versions(self, name: str) -> frozenset[str]:
        """Return the digests of the versions of a skill whose texts are kept."""
        return frozenset(self._members[name].versions)

    def present(self, name: str) -> str:
        """Return the digest of the present version in a skill's folder."""
        return self._members[name].digest

    def compare(self, name: str, text: str) -> Found:
        """Compare *text* with every version of the skill called *name*."""
        said = lines_in(text)
        best = 0.0
        for digest, body, whole in self._versions(name):
            common = len(body & said)
            if body and common == len(body):
                return Found(digest, 1.0, is_other=False)
            shares = (common / len(body) if body else 0.0, len(whole & said) / len(said) if said else 0.0)
            best = max(best, *shares)
        return Found(None, best, is_other=len(said) >= _FEWEST and best < ENOUGH)

    def _lines_of(self, name: str) -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
        """Return the digest of every version with the lines of its body and of its whole file."""
        versions = self._members[name].versions
        return tuple(
            (digest, _body(source), lines_in(source.texts.get(MAIN, ""))) for digest, source in versions.items()
        )


def _body(source: SkillSource) -> frozenset[str]:
    document = source.document
    return frozenset() if isinstance(document, InputError) else lines_in(document.body)
