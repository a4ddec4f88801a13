"""Sentences of recordings, found by their words: whether something that a skill tells was ever said."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from t2s_local.text.text import content
from t2s_local.values.trajectory import Trajectory

ENOUGH = 0.6
"""Share of the telling words of a statement that one recorded passage must have to be its source."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_LONGEST = 600
_MOST = 200_000
"""Passages that are kept, the first ones; what is beyond is no source."""
_SPEAKERS = frozenset({"user", "assistant", "thought", "tool_result", "system", "summary"})
_OUTPUT = 2_000
"""Characters of a tool's output in which rules are looked for: its start."""


class Sayings:
    """Passages of recordings by their telling words."""

    def __init__(self, runs: Iterable[Trajectory]) -> None:
        """Take the sentences of everybody who speaks in *runs*, and those before and after each in one passage."""
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
        """Return whether a recorded passage has most of the telling words of *text*."""
        words = content(text)
        hits = Counter(passage for word in words for passage in self._by_word.get(word, ()))
        return bool(hits) and max(hits.values()) >= ENOUGH * len(words)


def _passages(text: str) -> Iterable[str]:
    sentences = [part.strip()[:_LONGEST] for part in _SENTENCE.split(text) if part and part.strip()]
    for at in range(len(sentences)):
        yield " ".join(sentences[at : at + 2])
