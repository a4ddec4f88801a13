"""Rank the skills of a library for a task."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.ports.grouping import Embedder
from t2s_local.skills.library.index.index import LibraryIndex
from t2s_local.skills.library.index.terms import read_task, shared_terms, terms
from t2s_local.stages.use.route.scoring import SkillScores, score_skills
from t2s_local.text.text import join_words, spoken
from t2s_local.values.routing.ranking import RankedSkill

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix, IntMatrix

ALL = 20
"""Largest number of skills in a library of which all are ranked, as in Ratchet (arXiv 2605.22148)."""
TOP = 10
"""Number of best skills by words, and of best skills by vectors, that are ranked in a larger library."""
_NEAR = 0.2
"""Least score at which a reason calls a skill near the task; tasks of other subjects seldom reach this score."""
_WORDS = 4
_DIGITS = 4
_WAYS = {
    "description": "its description is near the task",
    "situation": "the situation of a rule is near the task",
    "tasks": "tasks it was learned from are near the task",
}


def shortlist(words: "FloatMatrix", meaning: "FloatMatrix") -> "IntMatrix":
    """Return the numbers of the skills to rank, ascending: all up to 20, else the ten best by words and by vectors.

    Args:
        words: Score of each skill by words, shape ``(n,)``.
        meaning: Score of each skill by vectors, shape ``(n,)``.
    """
    if len(words) <= ALL:
        return np.arange(len(words))
    best = (np.argsort(-values, kind="stable")[:TOP] for values in (words, meaning))
    return np.array(sorted({int(row) for rows in best for row in rows}), np.int64)


def rank_skills(index: LibraryIndex, task: str, embedder: Embedder) -> tuple[RankedSkill, ...]:
    """Return the shortlisted skills with their scores for *task* and the reasons, the best first."""
    text = read_task(task)
    scores = score_skills(index, embedder.embed([text])[0], terms(text))
    meaning = np.maximum(np.maximum(scores.description, scores.situation), scores.tasks)
    rows = shortlist(np.maximum(scores.words, scores.task_words), meaning)
    order = sorted(map(int, rows), key=lambda row: (-float(scores.total[row]), row))
    words = {term: word for word in sorted(spoken(text), reverse=True) for term in terms(word)}
    return tuple(
        RankedSkill(
            skill=index.skills[row].name,
            score=_rounded(scores.total[row]),
            least=_rounded(index.least[row]),
            reason=_reason(scores, row, [words[term] for term in shared_terms(index.words, row, words)]),
            parts={
                name: _rounded(getattr(scores, name)[row])
                for name in ("description", "situation", "tasks", "task_words", "words")
            },
        )
        for row in order
    )


def _reason(scores: SkillScores, row: int, shared: Sequence[str]) -> str:
    """Return a clause that says which part of the skill matches the task."""
    near = {name: float(getattr(scores, name)[row]) for name in _WAYS}
    name = max(near, key=lambda one: near[one])
    said = [f"{_WAYS[name]} ({near[name]:.2f})"] if near[name] >= _NEAR else []
    if shared:
        said.append(f"shares {join_words(shared[:_WORDS])}")
    return "; ".join(said) or ("little in common" if near[name] >= _NEAR / 2 else "nothing in common")


def _rounded(value: "float | np.float32") -> float:
    return round(float(value), _DIGITS)
