"""Skills that say nearly the same, by the vectors of what they tell."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from t2s_local.skills.source import MAIN, SkillSource
from t2s_local.text.mentions import mentions
from t2s_local.vectors.neighbours import neighbours

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

SAME = 0.85
"""Cosine from which on two skills are duplicates (Ratchet's guard)."""
IN_COMMON = 0.5
"""Share that two skills need of what the one that names less names: a general skill may hold a narrower one."""
_NEAREST = 20
_LONGEST = 20_000
_FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_DESCRIPTION = re.compile(r"^description:\s*(.*)$", re.MULTILINE)
_EMPTY = re.compile(r"#|Learned from \d|\s*(?:[-*]|\d+\.)?\s*\[[^\]]*\]\([^)]*\)|\W*$")
"""Lines that say nothing of a skill's work: headings, how many runs it comes from, links."""


def told(source: SkillSource) -> str:
    """Return the text by which skills are compared: the description and what the body says, without its frame."""
    text = source.texts.get(MAIN, "")[:_LONGEST]
    front = _FRONT.match(text)
    said = _DESCRIPTION.search(front.group() if front else "")
    lines = [line for line in text[front.end() if front else 0 :].splitlines() if not _EMPTY.match(line)]
    return "\n".join((said[1] if said else "", *lines))


def named(source: SkillSource) -> frozenset[str]:
    """Return the commands, paths and names that a skill tells of."""
    return frozenset(mention.text for mention in mentions(told(source)))


def is_other_way(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether two skills name different things: alike by their subject, they tell different ways to do it."""
    fewest = min(len(one), len(other))
    return fewest > 0 and len(one & other) < IN_COMMON * fewest


def pairs(vectors: "FloatMatrix", least: float) -> list[tuple[int, int, float]]:
    """Return the pairs of rows with a cosine of *least* or more, the first row lower, in order.

    Args:
        vectors: Shape ``(n, d)``, unit rows.
        least: Cosine; of a row with more than 20 such neighbours the nearest 20 count.
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
    """Return the groups that pairs make of *n* rows, by union-find: a row that is alike to one of a group is in it."""
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
