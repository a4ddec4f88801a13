"""Check the input of clusterers, and convert labels into partitions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.ports.grouping import Partition
from t2s_local.vectors.matrix import check

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix

LOOSE = -1
SAME = 0.999
"""Cosine to the first row from which on all rows count as equal, and are not divided."""


def check_input(vectors: "FloatMatrix", weights: Sequence[int]) -> None:
    """Refuse input that cannot be partitioned.

    Raises:
        ValueError: *vectors* are no finite unit rows, or the numbers of weights and rows differ.
    """
    check(vectors)
    if len(weights) != len(vectors):
        message = f"{len(vectors)} rows, but {len(weights)} weights"
        raise ValueError(message)


def trivial(vectors: "FloatMatrix", weights: Sequence[int], *, min_size: int) -> Partition | None:
    """Return the partition of fewer than two rows or of rows that are all equal; None for all other input."""
    n = len(vectors)
    if n == 0:
        return Partition(groups=(), loose=(), algorithm="none: no lessons")
    if n == 1:
        return partition_of(np.full(1, LOOSE), weights, min_size=min_size, algorithm="none: one lesson")
    if float((vectors @ vectors[0]).min()) >= SAME:
        return Partition(groups=(tuple(range(n)),), loose=(), algorithm="none: all lessons are alike")
    return None


def partition_of(labels: "IntMatrix", weights: Sequence[int], *, min_size: int, algorithm: str) -> Partition:
    """Return the partition for one label per row; a ``LOOSE`` row that represents *min_size* lessons is a group."""
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
