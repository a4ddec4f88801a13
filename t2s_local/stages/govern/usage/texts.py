"""The text of a skill found again in a recording, by the lines that both have."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from t2s_local.errors import InputError
from t2s_local.skills.members.members import Member
from t2s_local.skills.source import MAIN, SkillSource

ENOUGH = 0.5
"""Share of lines in common from which on a text is a version of a skill: tools cut long files, and users edit them."""
_FEWEST = 3
"""Lines a text must have before it can be told from the text of another skill."""
_NUMBER = re.compile(r"^\s*\d+(?:→|\t|\|)\s?")
"""Number of a line, as tools print it before the line."""


class Found(NamedTuple):
    """Comparison of a text with every version of a skill."""

    digest: str | None
    """The version that it holds whole; None where it is cut, or was edited."""
    share: float
    """Share of lines in common with the nearest version: of the lines of the text, or of those of the version."""
    is_other: bool
    """Whether it is long enough to be told apart and is no version of the skill."""


def lines_in(text: str) -> frozenset[str]:
    """Return the lines of *text* without white space around them and without their numbers; none that is empty."""
    lines = (_NUMBER.sub("", line).strip() for line in text.splitlines())
    return frozenset(line for line in lines if line)


class SkillTexts:
    """Versions of the skills of a library, as sets of lines, each taken apart once."""

    def __init__(self, members: Iterable[Member]) -> None:
        """Know *members*; none is looked at before a text is compared with it."""
        self._members: Mapping[str, Member] = {member.name: member for member in members}
        self._versions = cache(self._lines_of)

    def __contains__(self, name: object) -> bool:
        """Return whether there is a skill of that name."""
        return name in self._members

    def source(self, name: str, digest: str | None) -> SkillSource:
        """Return a version of a skill; what lies there where that version is not known."""
        member = self._members[name]
        return member.source if digest is None else member.versions.get(digest, member.source)

    def versions(self, name: str) -> frozenset[str]:
        """Return the digests of the versions of a skill whose texts are kept."""
        return frozenset(self._members[name].versions)

    def present(self, name: str) -> str:
        """Return the digest of the version that lies in a skill's folder."""
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
