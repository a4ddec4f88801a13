"""Runs written as one text: lines after a prompt sign, or turns after a speaker's name."""

import re
from collections.abc import Iterator

from t2s_local.formats._build import answered, called
from t2s_local.formats._dialects.react import is_react, react_steps, without_verdict
from t2s_local.values.trajectory import Step, StepKind

_PROMPT = re.compile(r"^> ?(.*)$", re.MULTILINE)
_INNER = re.compile(r"(think|thought|actionpath)\s*:\s*", re.IGNORECASE)
_INNER_STARTS = frozenset("tTaA")
_TURN = re.compile(r"\n(user|human|assistant|agent|tool|system|environment): ", re.IGNORECASE)
_KINDS: dict[str, StepKind] = {"user": "user", "human": "user", "system": "system"}
_LOOKED_AT = 20_000
"""Characters at the start of a text that must show that it is a run."""
_FAILED = "Nothing happens"
"""Answer of text worlds to an action that is impossible."""


def is_script(text: str) -> bool:
    """Return whether *text* is a whole run: ReAct, a dialogue with speakers, or a session with prompt signs."""
    if len(text) < 40:
        return False
    return is_dialogue(text) or is_prompted(text) or (is_react(text) and "Observation" in text)


def is_dialogue(text: str) -> bool:
    """Return whether *text* starts with a speaker's name and contains turns of at least two speakers."""
    shown = f"\n{text[:_LOOKED_AT]}"
    return _TURN.match(shown) is not None and len({name.lower() for name in _TURN.findall(shown)}) > 1


def is_prompted(text: str) -> bool:
    """Return whether *text* contains several lines after a prompt sign, with answers between them."""
    marks = list(_PROMPT.finditer(text, 0, _LOOKED_AT))
    answered_ = [mark for mark in marks if not text[mark.end() : mark.end() + 3].startswith(("\n>", "\n\n"))]
    return len(marks) > 2 and len(answered_) * 5 > len(marks)


def script_steps(text: str) -> Iterator[Step]:
    """Yield the steps of a run that is one text."""
    if is_dialogue(text):
        yield from dialogue_steps(text)
    elif is_prompted(text):
        yield from prompt_steps(text)
    else:
        yield from react_steps(without_verdict(text))


def dialogue_steps(text: str) -> list[Step]:
    """Return the steps of turns after speakers' names; a turn that is only ``None`` is a lost call and left out."""
    steps = []
    pieces = _TURN.split(f"\n{text}")
    for speaker, said in zip(pieces[1::2], pieces[2::2], strict=True):
        speaker, said = speaker.lower(), said.strip()
        if speaker in ("tool", "environment"):
            steps.append(answered(said))
        elif said and said != "None":
            steps.append(Step(kind=_KINDS.get(speaker, "assistant"), text=said))
    return steps


def prompt_steps(text: str) -> list[Step]:
    """Return the steps of a session: the task before the first action, then each action with its answer."""
    task, *turns = f"\n{text}".split("\n>")
    steps = [Step(kind="user", text=start, line=1)] if (start := task.strip()) else []
    line = 1 + task.count("\n")
    for turn in turns:
        said, _, answer = turn.partition("\n")
        said, answer = said.strip(), answer.strip()
        inner = _INNER.match(said) if said[:1] in _INNER_STARTS else None
        if inner:
            steps.append(Step(kind="thought", text=said[inner.end() :] or said, line=line))
        elif said:
            steps.append(called(said.split(maxsplit=1)[0], said, line=line))
        if answer and not inner:
            steps.append(answered(answer, is_error=True if answer.startswith(_FAILED) else None, line=line))
        line += 1 + turn.count("\n")
    return steps
