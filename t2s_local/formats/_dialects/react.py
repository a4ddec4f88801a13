"""Thoughts, actions and observations written as text: ``Thought 1: … Action 1: Search[x] Observation 1: …``."""

import re
from collections.abc import Iterable, Iterator

from t2s_local.formats._build import answered, called
from t2s_local.records.json import as_object, decode_text
from t2s_local.values.trajectory import Step

_MARK = re.compile(r"\n((Thought|Action Input|Action|Observation|Final Answer)(?: (\d+))?:[ \t]*)")
"""Pattern of a mark after a line feed, found several times faster than a line start; callers prepend a line feed."""
_STRIDE = _MARK.groups + 1
_LOOKED_AT = 20_000
"""Characters at the start of a text that must show that it is a run."""
QUESTION = re.compile(r"^Question: ?", re.MULTILINE)
FIRST_MARK = re.compile(r"^(?:Thought|Action)(?: \d+)?:", re.MULTILINE)
REFLECTION = "You have attempted to answer"
"""Beginning of the notes that a Reflexion agent wrote to itself after an earlier attempt."""
_CALL = re.compile(r"([A-Za-z_][\w .-]{0,60}?)\[(.*)\]\s*\.?", re.DOTALL)
_PARENTHESES = re.compile(r"([A-Za-z_][\w.]{0,60})\((.*)\)\s*", re.DOTALL)
_OBSERVED = re.compile(r"\s*Observation(?: \d+)?:\s*")
_FENCED = re.compile(r"```(?:\w+)?\s*\n?(.*?)\n?```", re.DOTALL)
_RUN = frozenset({"execute", "bash", "python", "run"})
_VERDICT = re.compile(
    r"^[ \t]*(?:Answer is (?:CORRECT|INCORRECT)\b.*|Correct answer: .*|Episode finished, reward = .*)$\n?", re.MULTILINE
)
"""Lines in which an environment judges the answer: the label, which no agent could have known, inside the text."""


def is_react(text: str) -> bool:
    """Return whether *text* contains an action in ReAct's form near its start."""
    return "Action" in text and any(mark[2] == "Action" for mark in _MARK.finditer(f"\n{text[:_LOOKED_AT]}"))


def without_verdict(text: str) -> str:
    """Return *text* without the lines that state whether the answer was right."""
    return _VERDICT.sub("", text) if "nswer" in text or "reward" in text else text


def react_steps(text: str, *, at: str | None = None, line: int | None = None) -> list[Step]:
    """Return the steps of a text in ReAct's form; text before the first mark is the assistant's."""
    return _marked_steps(_MARK.split(f"\n{text}"), at, line)


def _marked_steps(pieces: list[str], at: str | None, line: int | None) -> list[Step]:
    """Return the steps of a text that was split at its marks; each mark gives four pieces: mark, name, number, body."""
    if any(pieces[3::_STRIDE]):
        pieces = _in_turn(pieces)
    names, bodies = pieces[2::_STRIDE], pieces[4::_STRIDE]
    steps = [Step(kind="assistant", text=said, at=at, line=line)] if (said := pieces[0].strip()) else []
    action = ""
    for place, name in enumerate(names, 1):
        body = bodies[place - 1].strip()
        if name == "Action Input":
            steps.append(called(action or None, body, at=at, line=line))
            action = ""
        elif name == "Action" and names[place : place + 1] == ["Action Input"]:
            action = body
        elif body and (step := _step(name, body, at, line)) is not None:
            steps.append(step)
    return steps


def _step(mark: str, body: str, at: str | None, line: int | None) -> Step | None:
    if mark == "Thought":
        return Step(kind="thought", text=body, at=at, line=line)
    if mark == "Action":
        return _action(body, at, line)
    if mark == "Observation":
        told = without_verdict(body).strip()
        return answered(told, at=at, line=line) if told else None
    return Step(kind="assistant", text=body, at=at, line=line)


def _in_turn(pieces: list[str]) -> list[str]:
    """Return *pieces* with each mark whose number is out of sequence joined to the text before the mark."""
    kept = pieces[:1]
    current: int | None = None
    for start in range(1, len(pieces), _STRIDE):
        whole, _, digits, body = mark = pieces[start : start + _STRIDE]
        number = int(digits[:6]) if digits else None
        if current is None or number in (current, current + 1):
            current = number
            kept += mark
        else:
            kept[-1] += f"\n{whole}{body}"
    return kept


def executed(action: str) -> str:
    """Return the command inside ``execute[…]``; any other action unchanged."""
    name, _, rest = action.partition("[")
    if not rest or name.lower() not in _RUN:
        return action
    command = rest.removesuffix(".").rstrip()
    return command[:-1] if command.endswith("]") else action


def _action(body: str, at: str | None, line: int | None) -> Step:
    fenced = _FENCED.search(body) if "```" in body else None
    plain = fenced[1].strip() if fenced else body
    if plain.startswith("{"):
        blob = as_object(decode_text(plain))
        if isinstance(blob.get("action"), str):
            return called(blob["action"], blob.get("action_input", blob.get("arguments", {})), at=at, line=line)
    found = (_CALL.fullmatch(plain) if "[" in plain else None) or _PARENTHESES.fullmatch(plain)
    if found is None:
        return called(plain.split(maxsplit=1)[0] if plain else None, plain, at=at, line=line)
    name = found[1]
    if name.lower() in _RUN:
        return called(name, found[2], at=at, line=line)
    return Step(kind="tool_call", text=plain, tool=name, at=at, line=line)


def acted(steps: Iterable[Step]) -> list[Step]:
    """Split an assistant's text in ReAct's form into thoughts and actions; the next user message is the result."""
    found: list[Step] = []
    waiting = False
    for step in steps:
        kind = step.kind
        if kind == "assistant" and "Action" in step.text and (said := _react_steps_in(step)):
            found += said
            waiting = said[-1].kind == "tool_call"
        elif waiting and kind == "user":
            waiting = False
            mark = _OBSERVED.match(step.text)
            if body := without_verdict(step.text[mark.end() :] if mark else step.text).strip():
                found.append(answered(body, at=step.at, line=step.line))
        else:
            waiting = waiting and kind == "system"
            found.append(step)
    return found


def _react_steps_in(step: Step) -> list[Step]:
    """Return the steps in an assistant's text; [] if it is plain words."""
    text = step.text
    pieces = _MARK.split(f"\n{text}")
    if "Action" not in pieces[2::_STRIDE] or (len(text) > _LOOKED_AT and not is_react(text)):
        return []
    return _marked_steps(pieces, step.at, step.line)


def episodes(block: str) -> Iterator[tuple[str, str]]:
    """Yield the episodes of a block, each with the agent's notes before its question (empty if there are none)."""
    marks = list(QUESTION.finditer(block))
    if not marks and FIRST_MARK.search(block):
        yield "", block
    for place, mark in enumerate(marks):
        stop = marks[place + 1].start() if place + 1 < len(marks) else len(block)
        before = block[marks[place - 1].end() if place else 0 : mark.start()]
        reflected = before.rfind(REFLECTION)
        yield before[reflected:] if reflected >= 0 else "", block[mark.end() : stop]
