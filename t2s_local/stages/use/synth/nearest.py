"""Find the recorded runs whose tasks are most similar to a given task, without runs of that task itself."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from t2s_local.text.text import normalise
from t2s_local.values.value import Value

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

_NUMBERED = re.compile(r"<([a-z_]+)_\d+>")
"""Placeholder of a redacted value, in lower case; its number depends on the other contents of a recording."""
_PIECE = re.compile(r"[^\W_]+")
_LEAST_WORDS = 8
"""Least number of words of a task text that, if another task contains the text, shows that both are the same task."""


class Target(Value, frozen=True, kw_only=True):
    """The task for which a skill is written."""

    text: str
    task_id: str | None = None
    """Id of the task; None if unknown."""
    runs: tuple[str, ...] = ()
    """Ids of recorded runs of the task; empty if none are known."""
    conversations: tuple[str, ...] = ()
    """Conversations of the runs in *runs*."""


class PastRun(Value, frozen=True, kw_only=True):
    """A recorded run that may be used for a skill."""

    id: str
    task: str
    """Text of the run's task; empty if the recording has none."""
    task_id: str | None = None
    conversations: tuple[str, ...] = ()
    """Sessions that the run belongs to: its own session, and the session of the run that started it."""


class NearRun(Value, frozen=True, kw_only=True):
    """A chosen run, with the similarity of its task."""

    id: str
    similarity: float
    """Cosine of the two tasks, in [-1, 1]."""


def own_runs(target: Target, pool: Sequence[PastRun]) -> frozenset[str]:
    """Return the ids of the runs in *pool* that are runs of the target's own task, or copies of such runs.

    A run is the target's own if its id, its conversation or its task text is the target's, or if its task id is nearly
    the target's: ``shop-7`` and ``Shop_7`` and ``shop-7-trial-2`` name one task, ``shop-72`` names another. The task
    ids and the conversations of such runs then count as the target's too.
    """
    ids = {target.task_id} if target.task_id else set()
    conversations = set(target.conversations)
    text = _plain(target.text)
    found: set[str] = set()
    is_growing = True
    while is_growing:
        is_growing = False
        for run in pool:
            if run.id not in found and (
                run.id in target.runs
                or not conversations.isdisjoint(run.conversations)
                or (run.task_id is not None and any(is_same_id(run.task_id, one) for one in ids))
                or _is_same_text(text, _plain(run.task))
            ):
                found.add(run.id)
                ids.update([run.task_id] if run.task_id else [])
                conversations.update(run.conversations)
                is_growing = True
    return frozenset(found)


def is_same_id(one: str, other: str) -> bool:
    """Return whether two ids name one task: equal up to case and punctuation, or one begins or ends with the other.

    Only whole words and numbers are compared. An id of digits alone is never a part of a longer id.
    """
    short, long = sorted((_PIECE.findall(one.casefold()), _PIECE.findall(other.casefold())), key=len)
    if short == long:
        return True
    is_named = any(not piece.isdigit() for piece in short) and any(piece.isdigit() for piece in short)
    return is_named and short in (long[: len(short)], long[-len(short) :])


def _plain(task: str) -> str:
    return _NUMBERED.sub(r"<\1>", normalise(task))


def _is_same_text(text: str, other: str) -> bool:
    if text == other:
        return bool(text)
    short, long = sorted((text, other), key=len)
    return len(short.split()) >= _LEAST_WORDS and short in long


def nearest(pool: Sequence[PastRun], target: "FloatMatrix", vectors: "FloatMatrix", *, k: int) -> tuple[NearRun, ...]:
    """Return up to *k* runs of *pool*, the most similar first; equally similar runs are sorted by id.

    Args:
        pool: Runs that may be used; the order does not matter.
        target: Unit vector of the task, shape ``(d,)``.
        vectors: Unit vectors of the tasks of *pool*, shape ``(n, d)``.
        k: Largest number of runs, at least 1.

    Raises:
        ValueError: there are not as many vectors as runs.
    """
    if len(pool) != len(vectors):
        message = f"{len(pool)} runs, but {len(vectors)} vectors"
        raise ValueError(message)
    found = [
        NearRun(id=run.id, similarity=round(float(row @ target), 6)) for run, row in zip(pool, vectors, strict=True)
    ]
    return tuple(sorted(found, key=lambda run: (-run.similarity, run.id))[:k])
