"""Find out by common words if anybody in the recordings said a sentence of a skill."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from t2s_local.text.text import content
from t2s_local.values.trajectory import Trajectory

ENOUGH = 0.6
"""Least share of the content words of a statement in a recorded passage that is the source of the statement."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_LONGEST = 600
_MOST = 200_000
"""Largest number of passages that are indexed; later passages are not."""
_SPEAKERS = frozenset({"user", "assistant", "thought", "tool_result", "system", "summary"})
_OUTPUT = 2_000
"""Number of characters at the start of a tool's output that are indexed."""


class Sayings:
    """Index of the passages of recordings by their content words."""

    def __init__(self, runs: Iterable[Trajectory]) -> None:
        """Index the messages and results in *runs*; each pair of consecutive sentences is a passage."""
        self._by_word: dict[str, list[int]] = defaultdict(list)
        seen: set[frozenset[str]] = set()
        for run in runs:
            for step in run.steps:
                if step.kind in _SPEAKERS and len(seen) < _MOST:
                    text = step.text[:_OUTPUT] if step.kind == "tool_result" else step.text[: 5 * _OUTPUT]
                    for passage in _passages(text):
                        words = content(passage)
                        if words and words not in seen:
                            for word in words:
                                self._by_word[word].append(len(seen))
                            seen.add(words)

    def has(self, text: str) -> bool:
        """Return whether a recorded passage contains at least 60 percent of the content words of *text*."""
        words = content(text)
        hits = Counter(passage for word in words for passage in self._by_word.get(word, ()))
        return bool(hits) and max(hits.values()) >= ENOUGH * len(words)


def _passages(text: str) -> Iterable[str]:
    sentences = [part.strip()[:_LONGEST] for part in _SENTENCE.split(text) if part and part.strip()]
    for at in range(len(sentences)):
        yield " ".join(sentences[at : at + 2])
