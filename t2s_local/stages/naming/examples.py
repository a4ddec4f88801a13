"""Short tasks as examples of a skill's tasks: together they resemble as many of these tasks as possible."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.safety.signs import spot
from t2s_local.stages.naming.stopwords import STOP
from t2s_local.stages.naming.verbs import singular
from t2s_local.text.text import words

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

MOST = 3
_LONGEST = 90
_SHORTEST = 15
_MOST_READ = 400
"""Most tasks that are compared with each other, evenly spaced in their order."""
_LEAST_GAIN = 0.02
"""Least similarity, as a mean over the tasks, that a further example must add."""
_OF_ONE = re.compile(r"[\d<>@`$#{}\[\]\\_|*]|://|[^.!?] [A-Z](?![ '’])|[A-Z]{2}|[^\x00-\x7f’‘–—]")
"""Numbers, marks and names: texts with them are specific to one task."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def examples_of(tasks: Sequence[str]) -> tuple[str, ...]:
    """Return up to 3 short tasks without personal details, each of which adds most likeness to the tasks.

    A task is as similar to the examples as to the nearest of them: the share of its words that the example contains,
    each weighted by how few tasks contain it. Words of a single task do not count.

    Args:
        tasks: Starts of different tasks, sorted; sentences that only greet or ask for help are left out of them.
    """
    read = [_request(task) for task in tasks[:: -(-len(tasks) // _MOST_READ)]] if tasks else []
    fit = [at for at, task in enumerate(read) if is_example(task)]
    if not fit:
        return ()
    rows = _rows(read)
    likeness = (rows[fit] > 0).astype(np.float32) @ np.square(rows).T
    nearest = np.zeros(len(read), np.float32)
    chosen: list[int] = []
    while len(chosen) < min(MOST, len(fit)):
        gains = np.maximum(likeness - nearest, 0.0).mean(axis=1)
        best = min(range(len(fit)), key=lambda at: (-round(float(gains[at]), 6), len(read[fit[at]]), read[fit[at]]))
        if chosen and gains[best] < _LEAST_GAIN:
            break
        chosen.append(fit[best])
        nearest = np.maximum(nearest, likeness[best])
    return tuple(read[at] for at in chosen)


def is_example(task: str) -> bool:
    """Return whether *task* is short, names nothing peculiar to itself, and gives an agent no orders about itself."""
    is_fit = _SHORTEST <= len(task) <= _LONGEST and not _OF_ONE.search(task)
    return is_fit and not any(spot(task, "phrase")) and not any(spot(task, "command"))


def _request(task: str) -> str:
    """Return *task* without sentences such as *Hello!* and *Can you help me with that?*."""
    return " ".join(sentence for sentence in _SENTENCE.split(task) if not STOP.issuperset(words(sentence)))


def _rows(tasks: Sequence[str]) -> "FloatMatrix":
    """Return unit rows of the weights of words; the row of a task without words of other tasks is zero."""
    stems = [sorted({singular(word) for word in words(task)}) for task in tasks]
    counts = Counter(word for found in stems for word in found)
    places = {word: at for at, word in enumerate(sorted(word for word, count in counts.items() if count > 1))}
    rows = np.zeros((len(tasks), len(places)), np.float32)
    for at, found in enumerate(stems):
        for word in found:
            if word in places:
                rows[at, places[word]] = math.log(1 + len(tasks) / counts[word])
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    lengths[lengths == 0] = 1.0
    rows /= lengths
    return rows
