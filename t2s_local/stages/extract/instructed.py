"""Lessons that the instructions of their runs contain: a system prompt, an opening that tasks share, or a file.

Whoever runs such an agent again has these instructions already. A refusal by a tool and a correction by a user show
that runs broke the instructions, and are worth a rule.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from t2s_local.text.text import content, mask, squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Trajectory, TrajectoryId

_BROKEN = frozenset({"policy", "lint_rule", "correction", "asked_again", "contrast", "ending", "answer"})
"""Patterns of lessons from broken instructions: a tool refused a call, a user corrected the agent, or runs failed."""
_FACTS = frozenset({"check"})
"""Patterns of lessons that name commands of a project: instructions that name the commands say all of it."""
_MOST_RUNS = 20
"""Most runs of such a lesson whose instructions are read: the file of a project is the same for all of them."""
LEAST_OF_ADVICE = 0.75
"""Least share of the words of the advice that one passage of the instructions must contain."""
LEAST_OF_ALL = 0.6
"""Least share of the words of situation and advice together that the passage must contain."""
_FEWEST = 3
"""Fewest words of advice to compare: fewer occur in a passage by chance."""
_TASKS = 2
"""Fewest tasks that must begin with the same passage for it to be an instruction and no part of a task."""
_HEAD = 2_000
"""Characters at the start of a message that are searched for the name of its file."""
_LONGEST = 60
"""Most words of a passage: a longer one is a list or a listing, which contains many words by chance."""
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
"""Content words of a passage, and the passage."""


class Instructions:
    """Instructions of runs, cut into passages, each text once."""

    def __init__(self, trajectories: Mapping[TrajectoryId, Trajectory]) -> None:
        """Look up runs in *trajectories*."""
        self._trajectories = trajectories
        self._passages: dict[str, tuple[Passage, ...]] = {}

    def say(self, lesson: Lesson) -> bool:
        """Return whether the instructions of every run that *lesson* quotes contain the lesson, in one passage.

        For a lesson about commands of a project, it is enough that the instructions of one run name the commands.
        """
        if lesson.pattern in _BROKEN:
            return False
        if lesson.pattern in _FACTS:
            return self._name(lesson)
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

    def _name(self, lesson: Lesson) -> bool:
        """Return whether the instructions of one run of *lesson* name every command of its advice."""
        names = [part for name in _SPAN.findall(_QUOTED.sub(" ", lesson.do)) for part in squeeze(name).split(" && ")]
        runs = (self._trajectories.get(identity) for identity in lesson.trajectory_ids[:_MOST_RUNS])
        texts = (text for run in runs if run is not None for text in instructions_of(run))
        return bool(names) and any(all(_names_command(text, name) for name in names) for text in texts)

    def _shared(self, runs: Sequence[Trajectory]) -> tuple[Passage, ...]:
        """Return the passages with which the users of all *runs* begin; () if all runs have one task."""
        if len({run.task_id or run.id for run in runs}) < _TASKS:
            return ()
        openings = [{item for text in opening_of(run) for item in self._cut(text)} for run in runs]
        return tuple(sorted(frozenset.intersection(*map(frozenset, openings)), key=lambda item: item[1]))

    def _cut(self, text: str) -> tuple[Passage, ...]:
        if text not in self._passages:
            self._passages[text] = tuple((content(mask(passage)), squeeze(passage)) for passage in _passages_of(text))
        return self._passages[text]


def is_said(rule: str, text: str) -> bool:
    """Return whether one passage of *text* contains most words of *rule*, and all code that *rule* names."""
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
    """Yield the instructions of *run*: its system messages, and the instruction files that it read or was shown."""
    asked: dict[str, bool] = {}
    for step in run.steps:
        if step.kind == "tool_call" and step.call_id is not None:
            asked[step.call_id] = _names_a_file(step.text)
        is_file = step.kind == "tool_result" and asked.get(step.call_id or "", False)
        if step.kind == "system" or is_file or (step.kind == "user" and _names_a_file(step.text[:_HEAD])):
            yield step.text


def _names_command(text: str, command: str) -> bool:
    """Return whether *text* contains a command; one of a single word has to be code or a line of its own."""
    if " " in command:
        return re.search(rf"(?<![\w:./-]){re.escape(command)}(?![\w:-])", text) is not None
    return f"`{command}`" in text or any(line.strip(" \t$-*") == command for line in text.splitlines())


def _names_a_file(text: str) -> bool:
    return (".md" in text or "rules" in text) and _FILE.search(text) is not None


def opening_of(run: Trajectory) -> Iterator[str]:
    """Yield the user's messages before the first step of the agent of *run*."""
    for step in run.steps:
        if step.kind in {"assistant", "thought", "tool_call"}:
            return
        if step.kind == "user":
            yield step.text


def _passages_of(text: str) -> Iterator[str]:
    """Yield every two consecutive sentences of a paragraph."""
    for paragraph in _PARAGRAPH.split(text):
        sentences = _SENTENCE.split(paragraph.strip())
        for at in range(max(1, len(sentences) - 1)):
            passage = " ".join(sentences[at : at + 2])
            if passage and len(passage.split()) <= _LONGEST:
                yield passage
