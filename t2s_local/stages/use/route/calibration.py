"""Set the score below which no skill fits a task, from the tasks that the skills of a library were learned from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.skills.library.index.entries import IndexEntry
from t2s_local.skills.library.index.index import LibraryIndex, rows_of
from t2s_local.skills.library.index.surface import merged_terms
from t2s_local.skills.library.index.terms import likeness, match_of, task_postings
from t2s_local.stages.use.route.scoring import NEAREST, score_skills, with_tasks

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

QUANTILE = 0.05
FEWEST = 5
"""Number of known tasks from which on a quantile of their scores is used."""
MOST = 200
"""Number of tasks, over all skills, that are scored."""
UNKNOWN = 0.12
"""Least score for a library whose tasks are unknown: 5 % quantile of hand-written skills for tasks in other words."""


def calibrated(entries: Sequence[IndexEntry], index: LibraryIndex) -> tuple[float, "FloatMatrix"]:
    """Return the least score of a library, and that of each of its skills, shape ``(n,)``.

    The least score of the library is the 5 % quantile of the best scores of the tasks its skills were learned from. A
    skill scores each of its tasks as if it had not been learned from that task, because no task comes twice. The least
    score of a skill is the quantile of its own tasks, as far as these are enough for a quantile of 5 %, and otherwise
    that of the library.

    Args:
        entries: Entries of the skills.
        index: Index with these entries.
    """
    known = [at for at, entry in enumerate(entries) if entry.skill.n_tasks]
    most = max(1, MOST // max(1, len(known)))
    found = {at: _best_scores(entries[at], index, at, most) for at in known[:MOST]}
    every = [score for scores in found.values() for score in scores]
    whole = UNKNOWN if len(every) < FEWEST else float(np.quantile(np.array(every), QUANTILE))
    least = np.full(len(entries), whole, np.float32)
    for at, scores in found.items():
        trust = len(scores) / (len(scores) + 1 / QUANTILE)
        least[at] = trust * float(np.quantile(np.array(scores), QUANTILE)) + (1 - trust) * whole
    return whole, least


def _best_scores(entry: IndexEntry, index: LibraryIndex, skill: int, most: int) -> list[float]:
    """Return the best score in the library of each of at most *most* tasks of a skill."""
    vectors = rows_of(entry.task_rows, index.rows.shape[1])
    alike = np.maximum(vectors @ vectors.T, 0.0)
    by_words = task_postings(entry.task_terms, index.words)
    scores = []
    for at, vector in enumerate(vectors[:most]):
        terms = entry.task_terms[at]
        total = score_skills(index, vector, terms).total.copy()
        words = match_of(merged_terms(entry, without=at), index.words, terms)
        left = with_tasks(
            _nearest(alike[at], at),
            _nearest(likeness(by_words, index.words, terms), at),
            np.array([min(words, 1.0)], np.float32),
        )
        total[skill] = left[0]
        scores.append(float(total.max()))
    return scores


def _nearest(values: "FloatMatrix", left_out: int) -> "FloatMatrix":
    """Return the mean of the largest values, without that of the task *left_out*, shape ``(1,)``; 0 without others."""
    others = np.sort(np.delete(values, left_out))[::-1][:NEAREST]
    return np.array([others.mean() if len(others) else 0.0], np.float32)
