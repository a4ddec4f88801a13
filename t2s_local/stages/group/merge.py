"""Joining of groups that say the same: a clusterer compares vectors, not recommendations."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.stages.group.claims import is_one
from t2s_local.stages.group.statements import Statement
from t2s_local.values.value import Value
from t2s_local.vectors.centroids import centroids
from t2s_local.vectors.matrix import unit
from t2s_local.vectors.neighbours import neighbours

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

SAME_ACTION = 0.25
"""Least cosine of the centres of two groups with the same advice, the mean of all rows subtracted (decision 0204)."""
SAME_SITUATION = 0.35
"""Least cosine of the centres of two groups with the same situation."""
_SHARED = 0.3
"""Least share of the smaller group's texts that must have a counterpart in the larger group."""
_SAME_WORDS = 0.8
"""Least share of the longer text's words that two actions or situations share if they say the same in other words."""
_NEAREST = 8
_COMPARED = 24
"""Largest number of different actions, or situations, of a group that are compared, the most frequent first."""
_MEAN_PRIOR = 40
"""Number of rows at which half of the mean is subtracted."""
_LARGEST = 50
_LARGEST_SHARE = 0.15

WordSet = frozenset[str]
Rows = tuple[int, ...]


class GroupStatements(Value, frozen=True, kw_only=True):
    """Statements of the lessons of a group, each with its number of lessons."""

    affirmed: tuple[tuple[WordSet, int], ...]
    forbidden: tuple[tuple[WordSet, int], ...]
    situations: tuple[tuple[WordSet, int], ...]
    n: int


def joined(
    groups: Sequence[Rows],
    statements: Sequence[Statement],
    vectors: "FloatMatrix",
    against: Mapping[int, Mapping[int, float]],
) -> list[Rows]:
    """Join near groups with the same advice or the same situation.

    Groups are never joined if one forbids what the other recommends, if their lessons make different claims, or if the
    result would be larger than a clusterer allows.

    Args:
        groups: Rows of each group, the most typical first; rows in no group are left out.
        statements: Statements of the lessons, in the order of the rows.
        vectors: Unit rows.
        against: For each row that forbids an action, the rows that recommend it.
    """
    while len(groups) > 1:
        fewer = _once(groups, statements, vectors, against)
        if len(fewer) == len(groups):
            break
        groups = fewer
    return list(groups)


def _once(
    groups: Sequence[Rows],
    statements: Sequence[Statement],
    vectors: "FloatMatrix",
    against: Mapping[int, Mapping[int, float]],
) -> list[Rows]:
    largest = max(_LARGEST, int(_LARGEST_SHARE * len(statements)))
    said = [_said([statements[row] for row in group]) for group in groups]
    claims = [statements[group[0]].claim for group in groups]
    home = list(range(len(groups)))
    members = [frozenset(group) for group in groups]
    for one, other, cosine in _near(groups, vectors):
        left, right = sorted((_root(home, one), _root(home, other)))
        if left == right or len(members[left]) + len(members[right]) > largest:
            continue
        is_same = is_one(claims[one], claims[other]) and _is_same(said[one], said[other], cosine)
        if is_same and not _oppose(members, left, right, against):
            home[right] = left
            members[left] |= members[right]
    whole: dict[int, list[int]] = {}
    for place, group in enumerate(groups):
        whole.setdefault(_root(home, place), []).extend(group)
    return [tuple(rows) for rows in whole.values()]


def _root(home: list[int], place: int) -> int:
    while home[place] != place:
        place = home[place]
    return place


def _near(groups: Sequence[Rows], vectors: "FloatMatrix") -> list[tuple[int, int, float]]:
    """Return pairs of groups with near centres, with their cosine, nearest first."""
    n = len(vectors)
    labels = np.full(n, -1, np.int64)
    for label, rows in enumerate(groups):
        labels[list(rows)] = label
    mean = vectors.mean(axis=0, dtype=np.float64) * (n / (n + _MEAN_PRIOR))
    near, cosines = neighbours(unit(centroids(vectors, labels) - mean.astype(np.float32)), _NEAREST)
    found = {
        (min(one, other), max(one, other)): float(cosine)
        for one, (others, values) in enumerate(zip(near.tolist(), cosines.tolist(), strict=True))
        for other, cosine in zip(others, values, strict=True)
        if cosine >= SAME_ACTION
    }
    return sorted(((*pair, cosine) for pair, cosine in found.items()), key=lambda item: (-round(item[2], 6), item[:2]))


def _said(members: Sequence[Statement]) -> GroupStatements:
    return GroupStatements(
        affirmed=_counted(action for said in members for action in said.stance.affirmed),
        forbidden=_counted(action for said in members for action in said.stance.forbidden),
        situations=_counted(said.situation for said in members),
        n=len(members),
    )


def _counted(found: Iterable[WordSet]) -> tuple[tuple[WordSet, int], ...]:
    counts = Counter(words for words in found if len(words) > 1)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], sorted(item[0])))
    return tuple(ranked[:_COMPARED])


def _is_same(one: GroupStatements, other: GroupStatements, cosine: float) -> bool:
    small, large = sorted((one, other), key=lambda said: said.n)
    done = max(_share(small.affirmed, large.affirmed), _share(small.forbidden, large.forbidden))
    return done >= _SHARED or (cosine >= SAME_SITUATION and _share(small.situations, large.situations) >= _SHARED)


def _share(small: Sequence[tuple[WordSet, int]], large: Sequence[tuple[WordSet, int]]) -> float:
    """Return the share of the smaller group's texts that the larger group contains in nearly the same words."""
    total = sum(count for _, count in small)
    found = sum(count for words, count in small if any(_alike(words, theirs) for theirs, _ in large))
    return found / total if total else 0.0


def _alike(one: WordSet, other: WordSet) -> bool:
    return len(one & other) >= _SAME_WORDS * max(len(one), len(other))


def _oppose(
    members: Sequence[frozenset[int]], left: int, right: int, against: Mapping[int, Mapping[int, float]]
) -> bool:
    return any(
        not against[row].keys().isdisjoint(members[there])
        for here, there in ((left, right), (right, left))
        for row in members[here] & against.keys()
    )
