"""Set the score below which no skill fits a task, from the tasks that the skills of a library were learned from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.skills.library.index.entries import IndexEntry, rows_of
from t2s_local.skills.library.index.index import LibraryIndex, merged_terms
from t2s_local.skills.library.index.terms import match_of
from t2s_local.stages.use.route.scoring import NEAREST, blend

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

QUANTILE = 0.05
FEWEST = 5
"""Number of known tasks from which on a quantile of their scores is used."""


def calibrated(entries: Sequence[IndexEntry], index: LibraryIndex) -> float | None:
    """Return the 5 % quantile of the scores that the skills give their own tasks; None with fewer than five tasks.

    A skill scores each task as if it had not been learned from that task, because new tasks are never known exactly.

    Args:
        entries: Entries of the skills.
        index: Index with these entries.
    """
    found = [score for entry in entries for score in own_scores(entry, index)]
    return None if len(found) < FEWEST else float(np.quantile(np.array(found), QUANTILE))


def own_scores(entry: IndexEntry, index: LibraryIndex) -> list[float]:
    """Return the score that a skill gives each of its tasks, leaving that task out of the skill."""
    d = index.rows.shape[1]
    own, tasks = rows_of(entry.own_rows, d), rows_of(entry.task_rows, d)
    cosines = np.maximum(tasks @ tasks.T, 0.0)
    scores = []
    for at, vector in enumerate(tasks):
        told = np.maximum(own @ vector, 0.0)
        others = np.sort(np.delete(cosines[at], at))[::-1][:NEAREST]
        words = match_of(merged_terms(entry, without=at), index.postings, entry.task_terms[at])
        total = blend(
            _one(told[0]),
            _one(told[1:].max() if len(told) > 1 else 0.0),
            _one(others.mean() if len(others) else 0.0),
            _one(min(words, 1.0)),
        )
        scores.append(float(total[0]))
    return scores


def _one(value: float) -> "FloatMatrix":
    return np.array([value], np.float32)
