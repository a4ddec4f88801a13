"""Lessons that runs were told before they began: by a system prompt, an opening that tasks share, or a file.

Whoever runs such an agent again has these instructions already. A refusal by a tool and a correction by a user show
that runs did otherwise all the same, and are worth telling.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from t2s_local.text.text import content, mask, squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Trajectory, TrajectoryId

_BROKEN = frozenset({"policy", "lint_rule", "correction", "asked_again", "contrast", "ending", "repeats", "answer"})
"""Patterns of lessons that runs learned by doing otherwise: refused by a tool, put right by a user, or failing."""
LEAST_OF_ADVICE = 0.75
"""Least share of the words of the advice that one passage of the instructions has."""
LEAST_OF_ALL = 0.6
"""The same of situation and advice together."""
_FEWEST = 3
"""Words of advice below which a passage has them by chance."""
_TASKS = 2
"""Tasks that must begin with the same passage for it to be no part of a task."""
_HEAD = 2_000
"""Characters of a message in which it says what file it holds."""
_LONGEST = 60
"""Words of a passage that is looked at: a longer one is a list or a listing, where any words stand together."""
_FILE = re.compile(
    r"\b(?:AGENTS|CLAUDE|GEMINI|CONVENTIONS)(?:\.local)?\.md\b|\.(?:cursor|windsurf|cline)rules\b"
    r"|\bcopilot-instructions\.md\b",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*#]|\d+[.)]))")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_QUOTED = re.compile(r"“[^”]*”|\([^()]*\)")
_SPAN = re.compile(r"`([^`\n]+)`")


Passage = tuple[frozenset[str], str]
"""Telling words of a passage, and the passage."""


class Instructions:
    """The instructions of runs, cut into passages, each text once."""

    def __init__(self, trajectories: Mapping[TrajectoryId, Trajectory]) -> None:
        """Look runs up in *trajectories*."""
        self._trajectories = trajectories
        self._passages: dict[str, tuple[Passage, ...]] = {}

    def say(self, lesson: Lesson) -> bool:
        """Return whether every run that *lesson* quotes was told what it says, in one passage of its instructions."""
        if lesson.pattern in _BROKEN:
            return False
        advice = content(mask(_QUOTED.sub(" ", lesson.do)))
        if len(advice) < _FEWEST:
            return False
        whole = advice | content(mask(_QUOTED.sub(" ", lesson.when)))
        names = [squeeze(name) for name in _SPAN.findall(_QUOTED.sub(" ", lesson.do))]
        quoted = {quote.trajectory_id for quote in lesson.evidence}
        runs = [run for identity in sorted(quoted) if (run := self._trajectories.get(identity)) is not None]
        shared = self._shared(runs)
        return bool(runs) and all(
            any(
                len(advice & found) >= LEAST_OF_ADVICE * len(advice)
                and len(whole & found) >= LEAST_OF_ALL * len(whole)
                and all(name in text for name in names)
                for found, text in (*shared, *(item for text in instructions_of(run) for item in self._cut(text)))
            )
            for run in runs
        )

    def _shared(self, runs: Sequence[Trajectory]) -> tuple[Passage, ...]:
        """Passages with which the users of all *runs* began, whatever the task; none where all are of one task."""
        if len({run.task_id or run.id for run in runs}) < _TASKS:
            return ()
        openings = [{item for text in opening_of(run) for item in self._cut(text)} for run in runs]
        return tuple(sorted(frozenset.intersection(*map(frozenset, openings)), key=lambda item: item[1]))

    def _cut(self, text: str) -> tuple[Passage, ...]:
        if text not in self._passages:
            self._passages[text] = tuple((content(mask(passage)), squeeze(passage)) for passage in _passages_of(text))
        return self._passages[text]


def is_said(rule: str, text: str) -> bool:
    """Return whether one passage of *text* says what *rule* says, and names what it names in code."""
    words = content(mask(_QUOTED.sub(" ", rule)))
    names = [squeeze(name) for name in _SPAN.findall(rule)]
    if len(words) < _FEWEST and not names:
        return False
    return any(
        len(words & content(mask(passage))) >= LEAST_OF_ADVICE * len(words)
        and all(name in squeeze(passage) for name in names)
        for passage in _passages_of(text)
    )


def instructions_of(run: Trajectory) -> Iterator[str]:
    """Yield the texts that told *run* how to work: those of the system, and files of instructions that it was shown."""
    asked: dict[str, bool] = {}
    for step in run.steps:
        if step.kind == "tool_call" and step.call_id is not None:
            asked[step.call_id] = _names_a_file(step.text)
        is_file = step.kind == "tool_result" and asked.get(step.call_id or "", False)
        if step.kind == "system" or is_file or (step.kind == "user" and _names_a_file(step.text[:_HEAD])):
            yield step.text


def _names_a_file(text: str) -> bool:
    return (".md" in text or "rules" in text) and _FILE.search(text) is not None


def opening_of(run: Trajectory) -> Iterator[str]:
    """Yield the user's words before the agent of *run* did anything."""
    for step in run.steps:
        if step.kind in {"assistant", "thought", "tool_call"}:
            return
        if step.kind == "user":
            yield step.text


def _passages_of(text: str) -> Iterator[str]:
    """Yield two sentences in a row at a time, within a paragraph."""
    for paragraph in _PARAGRAPH.split(text):
        sentences = _SENTENCE.split(paragraph.strip())
        for at in range(max(1, len(sentences) - 1)):
            passage = " ".join(sentences[at : at + 2])
            if passage and len(passage.split()) <= _LONGEST:
                yield passage
