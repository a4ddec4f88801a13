"""Compute the score below which no skill suits a task, from the tasks that a library's skills were learned from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.skills.library.index.entries import IndexEntry
from t2s_local.skills.library.index.index import LibraryIndex
from t2s_local.skills.library.index.packed_rows import rows_of
from t2s_local.skills.library.index.surface import merged_terms
from t2s_local.skills.library.index.terms import likeness, match_of, task_postings
from t2s_local.stages.use.route.scoring import NEAREST, score_skills, with_tasks

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

QUANTILE = 0.1
"""Quantile of the scores of known tasks from which the least scores of skills are computed."""
_OWN = 0.35
"""Weight of a skill's own tasks in its least score; all skills have the rest, since few tasks make no quantile."""
ENOUGH = 0.25
"""Score that is enough for any skill with known tasks: in a library of one subject 4 % of other tasks reach it.

Tasks behind a skill are often variants of each other, whose scores predict little about the next task.
"""
_NEAR = 0.95
"""Quantile of the best scores of skills without known tasks, for tasks of other skills; used as a least score."""
FEWEST = 5
"""Least number of known tasks for a quantile of their scores to be used."""
MOST = 200
"""Largest number of tasks, over all skills, that are scored against the skills without known tasks."""
_MOST_OWN = 2_000
"""Largest number of tasks, over all skills, that are scored against their own skills."""
UNKNOWN = 0.16
"""Least score of skills in a library without known tasks; one of six hand-written skills scores less for its task."""


def calibrated(entries: Sequence[IndexEntry], index: LibraryIndex) -> tuple[float, "FloatMatrix"]:
    """Return the least score of skills without known tasks, and the least score of each skill, shape ``(n,)``.

    A skill scores each of the tasks behind it as if it had not been learned from that task, since no task occurs twice.
    Its least score is a weighted mean of two quantiles, at most :data:`ENOUGH`: the quantile of its own scores, and the
    quantile of the scores of all skills, in which each skill has the same weight. The least score of skills without
    known tasks is so high that almost no task of another skill reaches it.

    Args:
        entries: Entries of the skills.
        index: Index with these entries.
    """
    known = [at for at, entry in enumerate(entries) if entry.skill.n_tasks]
    own = {at: _own_scores(entries[at], index, at, _share(_MOST_OWN, known)) for at in known[:_MOST_OWN]}
    if sum(map(len, own.values())) < FEWEST:
        return UNKNOWN, np.full(len(entries), UNKNOWN, np.float32)
    whole = min(ENOUGH, _quantile_of_groups(list(own.values())))
    unknown = max(UNKNOWN, float(np.quantile(_foreign_scores(entries, index, known), _NEAR)))
    least = np.full(len(entries), unknown, np.float32)
    for at in known:
        scores = own.get(at, [])
        quantile = float(np.quantile(scores, QUANTILE)) if len(scores) >= FEWEST else whole
        least[at] = min(ENOUGH, _OWN * quantile + (1 - _OWN) * whole)
    return unknown, least


def _share(most: int, skills: Sequence[int]) -> int:
    return max(1, most // max(1, len(skills)))


def _own_scores(entry: IndexEntry, index: LibraryIndex, skill: int, most: int) -> list[float]:
    """Return the score of a skill for each of at most *most* of its tasks, as if it did not know the task."""
    vectors = rows_of(entry.task_rows, index.dimensions)
    described = np.maximum(vectors @ index.skill_vectors[skill], 0.0)
    alike = np.maximum(vectors @ vectors.T, 0.0)
    by_words = task_postings(entry.task_terms, index.words)
    scores = []
    for at, terms in enumerate(entry.task_terms[:most]):
        words = match_of(merged_terms(entry, without=at), index.words, terms)
        total = with_tasks(
            described[at : at + 1],
            _nearest(alike[at], at),
            _nearest(likeness(by_words, index.words, terms), at),
            np.array([min(words, 1.0)], np.float32),
        )
        scores.append(float(total[0]))
    return scores


def _foreign_scores(entries: Sequence[IndexEntry], index: LibraryIndex, known: Sequence[int]) -> list[float]:
    """Return, for tasks of *known* skills, the best score of the skills without known tasks; 0 without such skills."""
    is_unknown = np.array([one.n_tasks == 0 for one in index.skills])
    if not is_unknown.any():
        return [0.0]
    most = _share(MOST, known)
    tasks = (
        task
        for at in known[:MOST]
        for task in zip(
            rows_of(entries[at].task_rows, index.dimensions)[:most], entries[at].task_terms[:most], strict=True
        )
    )
    return [float(score_skills(index, vector, terms).total[is_unknown].max()) for vector, terms in tasks]


def _quantile_of_groups(groups: Sequence[Sequence[float]]) -> float:
    """Return the quantile of the values of all groups; each group has the same weight."""
    values = np.concatenate([np.asarray(group, np.float64) for group in groups])
    weights = np.concatenate([np.full(len(group), 1 / len(group)) for group in groups])
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][np.searchsorted(reached, QUANTILE)])


def _nearest(values: "FloatMatrix", left_out: int) -> "FloatMatrix":
    """Return the mean of the largest values, without that of the task *left_out*, shape ``(1,)``; 0 if none is left."""
    others = np.sort(np.delete(values, left_out))[::-1][:NEAREST]
    return np.array([others.mean() if len(others) else 0.0], np.float32)
