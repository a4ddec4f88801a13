"""Input checks that every clusterer makes, and groups made from labels."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.ports.grouping import Partition
from t2s_local.vectors.matrix import check

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix

LOOSE = -1
SAME = 0.999
"""Rows that are this close to each other say one thing; there is nothing to divide."""


def check_input(vectors: "FloatMatrix", weights: Sequence[int]) -> None:
    """Refuse what cannot be partitioned.

    Raises:
        ValueError: the matrix is unfit, or there are not as many weights as rows.
    """
    check(vectors)
    if len(weights) != len(vectors):
        message = f"{len(vectors)} rows, but {len(weights)} weights"
        raise ValueError(message)


def trivial(vectors: "FloatMatrix", weights: Sequence[int], *, min_size: int) -> Partition | None:
    """Answer for fewer than two rows, or for rows that are all the same; None where there is something to divide."""
    n = len(vectors)
    if n == 0:
        return Partition(groups=(), loose=(), algorithm="none: no lessons")
    if n == 1:
        return partition_of(np.full(1, LOOSE), weights, min_size=min_size, algorithm="none: one lesson")
    if float((vectors @ vectors[0]).min()) >= SAME:
        return Partition(groups=(tuple(range(n)),), loose=(), algorithm="none: all lessons are alike")
    return None


def partition_of(labels: "IntMatrix", weights: Sequence[int], *, min_size: int, algorithm: str) -> Partition:
    """Groups from one label a row, ``LOOSE`` for none; a loose row that stands for *min_size* lessons is a group."""
    groups: dict[int, list[int]] = {}
    loose: list[int] = []
    for row, label in enumerate(labels.tolist()):
        if label != LOOSE:
            groups.setdefault(label, []).append(row)
        elif weights[row] >= min_size:
            groups[-2 - row] = [row]
        else:
            loose.append(row)
    ordered = sorted(tuple(rows) for rows in groups.values())
    return Partition(groups=tuple(ordered), loose=tuple(loose), algorithm=algorithm)
