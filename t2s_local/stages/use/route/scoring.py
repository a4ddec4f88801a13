"""Score the skills of a library for a task: by vectors, and by the words that task and skill share."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from t2s_local.skills.library.index.index import DESCRIPTION, SITUATION, TASK, LibraryIndex
from t2s_local.skills.library.index.terms import matches

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

NEAREST = 3
"""Number of nearest tasks whose mean similarity counts."""


class SkillScores(msgspec.Struct, frozen=True, kw_only=True):
    """Scores of all skills for one task; each array has shape ``(n,)``."""

    description: "FloatMatrix"
    """Cosine of the task and the description, at least 0."""
    situation: "FloatMatrix"
    """Largest cosine of the task and the situation of a rule, at least 0; 0 for a skill without rules."""
    tasks: "FloatMatrix"
    """Mean cosine of the task and the three nearest tasks behind the skill, at least 0; 0 if none are known."""
    words: "FloatMatrix"
    """Share of the task's information that the words of the skill contain."""
    total: "FloatMatrix"


def score_skills(index: LibraryIndex, vector: "FloatMatrix", terms: Iterable[int]) -> SkillScores:
    """Score every skill.

    Args:
        index: Index of the library.
        vector: Vector of the task, shape ``(d,)``, unit length.
        terms: Hashed words of the task.
    """
    cosines = np.maximum(index.rows @ vector, 0.0)
    n = len(index.skills)
    parts = [_best(cosines, index, kind, n) for kind in (DESCRIPTION, SITUATION)]
    tasks = _nearest(cosines, index, n)
    words = np.minimum(matches(index.postings, terms), 1.0)
    return SkillScores(
        description=parts[0],
        situation=parts[1],
        tasks=tasks,
        words=words,
        total=blend(parts[0], parts[1], tasks, words),
    )


def blend(
    description: "FloatMatrix", situation: "FloatMatrix", tasks: "FloatMatrix", words: "FloatMatrix"
) -> "FloatMatrix":
    """Return the total scores, from 0 to 1."""
    meant = np.maximum(np.maximum(description, 0.9 * situation), tasks)
    total: FloatMatrix = 0.6 * meant + 0.4 * words
    return total


def _best(cosines: "FloatMatrix", index: LibraryIndex, kind: int, n: int) -> "FloatMatrix":
    found = np.zeros(n, np.float32)
    of_kind = index.kinds == kind
    np.maximum.at(found, index.owners[of_kind], cosines[of_kind])
    return found


def _nearest(cosines: "FloatMatrix", index: LibraryIndex, n: int) -> "FloatMatrix":
    """Return for each skill the mean of the largest cosines of its tasks."""
    of_kind = np.flatnonzero(index.kinds == TASK)
    order = of_kind[np.lexsort((-cosines[of_kind], index.owners[of_kind]))]
    owners = index.owners[order]
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    kept = place < NEAREST
    sums = np.bincount(owners[kept], cosines[order][kept], minlength=n)
    counts = np.bincount(owners[kept], minlength=n)
    means: FloatMatrix = (sums / np.maximum(counts, 1)).astype(np.float32)
    return means
