"""Score the skills of a library for a task: by vectors, and by the words that task and skill share."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from t2s_local.skills.library.index.index import DESCRIPTION, SITUATION, TASK, LibraryIndex
from t2s_local.skills.library.index.terms import likeness, matches

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix

NEAREST = 2
"""Number of nearest tasks whose mean similarity is used."""
_WITH = (0.05, 0.4, 0.15, 0.4)
"""Weights of description, tasks by vectors, tasks by words, and words, for a skill whose tasks are known."""
_WITHOUT = (0.44, 0.24, 0.12)
"""Weights of description, situation and words for a skill whose tasks are unknown.

Their sum is .8: descriptions of foreign skills are nearer to a task than tasks of foreign skills are.
"""


class SkillScores(msgspec.Struct, frozen=True, kw_only=True):
    """Scores of all skills for one task; each array has shape ``(n,)`` and values from 0 to 1."""

    description: "FloatMatrix"
    """Cosine of the task and the description."""
    situation: "FloatMatrix"
    """Largest cosine of the task and the situation of a rule; 0 for a skill without rules."""
    tasks: "FloatMatrix"
    """Mean cosine of the task and the two nearest tasks behind the skill by vectors; 0 if none are known."""
    task_words: "FloatMatrix"
    """Mean cosine of the task and the two nearest tasks behind the skill by words; 0 if none are known."""
    words: "FloatMatrix"
    """Share of the task's information that the words of the skill contain."""
    total: "FloatMatrix"
    """Weighted sum of the other scores; lowered for a skill with known tasks that does not reach its least score."""


def score_skills(index: LibraryIndex, vector: "FloatMatrix", terms: Iterable[int]) -> SkillScores:
    """Score every skill.

    Args:
        index: Index of the library.
        vector: Vector of the task, shape ``(d,)``, unit length.
        terms: Hashed words of the task.
    """
    query = sorted(terms)
    cosines = np.maximum(index.rows.cosines(vector), 0.0)
    n = len(index.skills)
    description, situation = (_best(cosines, index, kind, n) for kind in (DESCRIPTION, SITUATION))
    is_task = index.kinds == TASK
    owners = index.owners[is_task]
    tasks = _nearest(cosines[is_task], owners, n)
    task_words = _nearest(likeness(index.task_words, index.words, query), owners, n)
    words = np.minimum(matches(index.words, query), 1.0)
    has_tasks = np.bincount(owners, minlength=n) > 0
    total: FloatMatrix = np.where(
        has_tasks,
        _lowered(with_tasks(description, tasks, task_words, words), index.least),
        without_tasks(description, situation, words),
    )
    return SkillScores(
        description=description, situation=situation, tasks=tasks, task_words=task_words, words=words, total=total
    )


def with_tasks(
    description: "FloatMatrix", tasks: "FloatMatrix", task_words: "FloatMatrix", words: "FloatMatrix"
) -> "FloatMatrix":
    """Return the total scores of skills whose tasks are known: tasks predict the next task best."""
    parts = zip(_WITH, (description, tasks, task_words, words), strict=True)
    total: FloatMatrix = np.sum([weight * part for weight, part in parts], axis=0, dtype=np.float32)
    return total


def without_tasks(description: "FloatMatrix", situation: "FloatMatrix", words: "FloatMatrix") -> "FloatMatrix":
    """Return the total scores of skills whose tasks are unknown."""
    total: FloatMatrix = _WITHOUT[0] * description + _WITHOUT[1] * situation + _WITHOUT[2] * words
    return total


def _lowered(total: "FloatMatrix", least: "FloatMatrix") -> "FloatMatrix":
    """Return the scores; a score below the *least* score of its skill is multiplied by √(score ÷ least score).

    Of many known tasks some are always a little like a foreign task, and would rank their skill above a skill whose
    description is near.
    """
    share = np.divide(total, least, out=np.ones_like(total), where=least > 0)
    lowered: FloatMatrix = total * np.sqrt(np.clip(share, 0.0, 1.0))
    return lowered


def _best(cosines: "FloatMatrix", index: LibraryIndex, kind: int, n: int) -> "FloatMatrix":
    found = np.zeros(n, np.float32)
    of_kind = index.kinds == kind
    np.maximum.at(found, index.owners[of_kind], cosines[of_kind])
    return found


def _nearest(values: "FloatMatrix", owners: "IntMatrix", n: int) -> "FloatMatrix":
    """Return for each skill the mean of the two largest *values* of its tasks; *owners* is the skill of each task."""
    order = np.lexsort((-values, owners))
    starts = np.searchsorted(owners, np.arange(n))
    kept = np.arange(len(order)) - starts[owners] < NEAREST
    sums = np.bincount(owners[kept], values[order][kept], minlength=n)
    counts = np.bincount(owners[kept], minlength=n)
    means: FloatMatrix = (sums / np.maximum(counts, 1)).astype(np.float32)
    return means
