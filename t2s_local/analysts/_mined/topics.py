"""Topics of a set of tasks: words that distinguish it from the other tasks of the corpus."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources

from t2s_local.text.text import join_words, mask, words

_OPENING = 300
"""Characters at the start of a task that are read: a task states its subject first."""
_ADDRESS = re.compile(r"<[a-z]+>|\bwww\.\S+|\b[\w-]+\.[a-z]{2,5}\b")
"""Masks, addresses without a scheme, and file names: `www`, `com` and `docx` are no topics."""
_QUALITY = re.compile(r"(?<!e)ed$|ly$|(?:rg|ll|ng|st|rt|gh|ow|at|dd|ew|ie)est$")
"""Endings of participles, adverbs and superlatives: such words describe a manner, not a topic."""


class Topics:
    """Document frequencies of words over the tasks of a corpus."""

    def __init__(self, tasks: Mapping[str, str | None]) -> None:
        """Count the words of *tasks*, task id to text."""
        self._words = {task_id: set(_content(text or "")) for task_id, text in tasks.items()}
        self._frequency = Counter(word for bag in self._words.values() for word in bag)

    def terms(self, task_ids: Iterable[str], *, limit: int = 3) -> Sequence[str]:
        """Return words that most of *task_ids* share and most other tasks lack, most distinctive first."""
        chosen = [self._words[task_id] for task_id in sorted(set(task_ids)) if task_id in self._words]
        if not chosen:
            return ()
        inside = Counter(word for bag in chosen for word in bag)
        total = len(self._words)
        scored = [
            (count / len(chosen) * math.log((1 + total) / (1 + self._frequency[word])), word)
            for word, count in inside.items()
            if count >= max(2, 0.6 * len(chosen)) or len(chosen) == 1
        ]
        scored = [(score, word) for score, word in scored if score > 0.15]
        return tuple(word for _, word in sorted(scored, key=lambda item: (-item[0], item[1]))[:limit])

    def phrase(self, task_ids: Iterable[str]) -> str | None:
        """Return ``the task is about a, b and c``; None if fewer than two words distinguish these tasks from others."""
        terms = self.terms(task_ids)
        return f"the task is about {join_words(terms)}" if len(terms) >= 2 else None


def _content(text: str) -> Iterable[str]:
    stop = _stop_words()
    return (
        word
        for word in words(_ADDRESS.sub(" ", mask(text[:_OPENING])))
        if len(word) > 2 and word not in stop and not _QUALITY.search(word)
    )


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(resources.files("t2s_local.analysts._mined").joinpath("stopwords.txt").read_text("utf-8").split())
