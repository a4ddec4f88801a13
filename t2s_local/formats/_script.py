"""Runs that are written down as one text: lines after a prompt sign, or turns after a speaker's name."""

import re
from collections.abc import Iterator

from t2s_local.formats._build import answered, called
from t2s_local.formats._react import is_react, react_steps, without_verdict
from t2s_local.types import Step, StepKind

_PROMPT = re.compile(r"^> ?(.*)$", re.MULTILINE)
_INNER = re.compile(r"(think|thought|actionpath)\s*:\s*", re.IGNORECASE)
_TURN = re.compile(r"^(user|human|assistant|agent|tool|system|environment): ", re.MULTILINE | re.IGNORECASE)
_KINDS: dict[str, StepKind] = {"user": "user", "human": "user", "system": "system"}
_FAILED = "Nothing happens"
"""What text worlds answer to an action that cannot be done."""


def is_script(text: str) -> bool:
    """Whether *text* is a whole run: ReAct, a dialogue with speakers, or a session after a prompt sign."""
    if len(text) < 40:
        return False
    return is_dialogue(text) or is_prompted(text) or (is_react(text) and "Observation" in text)


def is_dialogue(text: str) -> bool:
    """Whether *text* starts with a speaker's name and holds turns of at least two speakers."""
    start = _TURN.match(text)
    return start is not None and len({turn[1].lower() for turn in _TURN.finditer(text, 0, 20_000)}) > 1


def is_prompted(text: str) -> bool:
    """Whether *text* holds several lines after a prompt sign, with answers between them."""
    marks = list(_PROMPT.finditer(text, 0, 20_000))
    answered_ = [mark for mark in marks if not text[mark.end() : mark.end() + 3].startswith(("\n>", "\n\n"))]
    return len(marks) > 2 and len(answered_) * 5 > len(marks)


def script_steps(text: str) -> Iterator[Step]:
    """Steps of a run that is one text."""
    if is_dialogue(text):
        yield from dialogue_steps(text)
    elif is_prompted(text):
        yield from prompt_steps(text)
    else:
        yield from react_steps(without_verdict(text))


def dialogue_steps(text: str) -> Iterator[Step]:
    """Steps of turns that start with a speaker's name; a turn of nothing but ``None`` was a call that is lost."""
    marks = list(_TURN.finditer(text))
    for number, mark in enumerate(marks):
        stop = marks[number + 1].start() if number + 1 < len(marks) else len(text)
        said, speaker = text[mark.end() : stop].strip(), mark[1].lower()
        if speaker in ("tool", "environment"):
            yield answered(said)
        elif said and said != "None":
            yield Step(kind=_KINDS.get(speaker, "assistant"), text=said)


def prompt_steps(text: str) -> Iterator[Step]:
    """Steps of a session: what stands before the first action is the task, each action is followed by its answer."""
    marks = list(_PROMPT.finditer(text))
    if start := text[: marks[0].start() if marks else None].strip():
        yield Step(kind="user", text=start, line=1)
    line, counted = 1, 0
    for place, mark in enumerate(marks):
        line += text.count("\n", counted, mark.start())
        counted = mark.start()
        stop = marks[place + 1].start() if place + 1 < len(marks) else len(text)
        said, answer = mark[1].strip(), text[mark.end() : stop].strip()
        inner = _INNER.match(said)
        if inner:
            yield Step(kind="thought", text=said[inner.end() :] or said, line=line)
        elif said:
            yield called(said.split()[0], said, line=line)
        if answer and not inner:
            yield answered(answer, is_error=True if answer.startswith(_FAILED) else None, line=line)
