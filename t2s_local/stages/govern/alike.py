"""Find skills that say nearly the same, by the vectors of their texts."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from t2s_local.skills.source import MAIN, SkillSource
from t2s_local.text.mentions import mentions
from t2s_local.vectors.neighbours import neighbours

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

SAME = 0.85
"""Least cosine of two skills that count as duplicates (Ratchet's guard)."""
IN_COMMON = 0.5
"""Share of common names below which two skills differ, relative to the skill with fewer names.

Relative to the smaller skill, since a general skill may contain a narrower skill.
"""
_NEAREST = 20
_LONGEST = 20_000
_FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_DESCRIPTION = re.compile(r"^description:\s*(.*)$", re.MULTILINE)
_EMPTY = re.compile(r"#|Learned from \d|\s*(?:[-*]|\d+\.)?\s*\[[^\]]*\]\([^)]*\)|\W*$")
"""Lines without content about a skill's work: headings, the number of runs behind the skill, links."""


def told(source: SkillSource) -> str:
    """Return the text by which skills are compared: the description, and the body without headings and links."""
    text = source.texts.get(MAIN, "")[:_LONGEST]
    front = _FRONT.match(text)
    said = _DESCRIPTION.search(front.group() if front else "")
    lines = [line for line in text[front.end() if front else 0 :].splitlines() if not _EMPTY.match(line)]
    return "\n".join((said[1] if said else "", *lines))


def named(source: SkillSource) -> frozenset[str]:
    """Return the commands, paths and names that a skill mentions."""
    return frozenset(mention.text for mention in mentions(told(source)))


def is_other_way(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether two skills mention different names, and so describe different ways to do similar work.

    Args:
        one: Names that the first skill mentions.
        other: Names that the second skill mentions.
    """
    fewest = min(len(one), len(other))
    return fewest > 0 and len(one & other) < IN_COMMON * fewest


def pairs(vectors: "FloatMatrix", least: float) -> list[tuple[int, int, float]]:
    """Return the pairs of rows whose cosine is at least *least*, as (lower row, higher row, cosine), sorted.

    Args:
        vectors: Shape ``(n, d)``, unit rows.
        least: Cosine in [-1, 1]; only the 20 nearest neighbours of each row are compared.
    """
    rows, cosines = neighbours(vectors, _NEAREST)
    found = {
        (min(one, int(other)), max(one, int(other))): float(cosine)
        for one, (near, far) in enumerate(zip(rows, cosines, strict=True))
        for other, cosine in zip(near, far, strict=True)
        if cosine >= least - 1e-6
    }
    return [(one, other, cosine) for (one, other), cosine in sorted(found.items())]


def groups(n: int, joined: Sequence[tuple[int, int, float]]) -> list[tuple[int, ...]]:
    """Return the groups of two or more rows that the pairs *joined* connect, by union-find.

    Args:
        n: Number of rows.
        joined: Pairs of rows with their cosine; a chain of pairs puts all its rows into one group.
    """
    parent = list(range(n))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for one, other, _ in joined:
        parent[max(root(one), root(other))] = min(root(one), root(other))
    found: dict[int, list[int]] = {}
    for row in range(n):
        found.setdefault(root(row), []).append(row)
    return [tuple(rows) for rows in found.values() if len(rows) > 1]
