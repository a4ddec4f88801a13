"""Thoughts, actions and observations written as text: ``Thought 1: … Action 1: Search[x] Observation 1: …``."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from t2s_local.formats._build import answered, called
from t2s_local.formats._json import as_object, decode_text
from t2s_local.types import Step

_MARK = re.compile(r"^(Thought|Action Input|Action|Observation|Final Answer)(?: (\d+))?:[ \t]*", re.MULTILINE)
QUESTION = re.compile(r"^Question: ?", re.MULTILINE)
FIRST_MARK = re.compile(r"^(?:Thought|Action)(?: \d+)?:", re.MULTILINE)
REFLECTION = "You have attempted to answer"
"""How Reflexion starts what an agent told itself after an earlier attempt."""
_CALL = re.compile(r"([A-Za-z_][\w .-]{0,60}?)\[(.*)\]\s*\.?", re.DOTALL)
_PARENTHESES = re.compile(r"([A-Za-z_][\w.]{0,60})\((.*)\)\s*", re.DOTALL)
_FENCED = re.compile(r"```(?:\w+)?\s*\n?(.*?)\n?```", re.DOTALL)
_RUN = frozenset({"execute", "bash", "python", "run"})
_VERDICT = re.compile(
    r"^[ \t]*(?:Answer is (?:CORRECT|INCORRECT)\b.*|Correct answer: .*|Episode finished, reward = .*)$\n?", re.MULTILINE
)
"""What an environment says of the answer, which no agent could have known: the label, written into the text."""


def is_react(text: str) -> bool:
    """Whether *text* states a thought or an action and what came of it, or what to do next."""
    return "Action" in text and any(mark[1] == "Action" for mark in _MARK.finditer(text, 0, 20_000))


def without_verdict(text: str) -> str:
    """*text* without the lines that tell whether the answer was right."""
    return _VERDICT.sub("", text)


def react_steps(text: str, *, line: int | None = None) -> Iterator[Step]:
    """Steps of one stretch of text; what stands before the first mark is said by the assistant."""
    marks = list(_increasing(text))
    if said := text[: marks[0].start() if marks else None].strip():
        yield Step(kind="assistant", text=said, line=line)
    action = ""
    for place, mark in enumerate(marks):
        stop = marks[place + 1].start() if place + 1 < len(marks) else len(text)
        body = text[mark.end() : stop].strip()
        if mark[1] == "Action":
            takes_input = place + 1 < len(marks) and marks[place + 1][1] == "Action Input"
            action = body if takes_input else ""
            if body and not takes_input:
                yield _action(body, line)
        elif mark[1] == "Action Input":
            yield called(action or None, body, line=line)
        else:
            yield from _words(mark[1], body, line)


def _words(mark: str, body: str, line: int | None) -> Iterator[Step]:
    if mark == "Observation":
        if body := without_verdict(body).strip():
            yield answered(body, line=line)
    elif body:
        yield Step(kind="thought" if mark == "Thought" else "assistant", text=body, line=line)


def _increasing(text: str) -> Iterator[re.Match[str]]:
    """Marks in order; where they are numbered, only those whose number is the current one or the next."""
    current: int | None = None
    for mark in _MARK.finditer(text):
        number = int(mark[2][:6]) if mark[2] else None
        if current is not None and number not in (current, current + 1):
            continue
        current = number
        yield mark


def executed(action: str) -> str:
    """The command inside ``execute[…]``; any other action as it stands."""
    found = _CALL.fullmatch(action)
    return found[2] if found and found[1].lower() in _RUN else action


def _action(body: str, line: int | None) -> Step:
    fenced = _FENCED.search(body)
    plain = (fenced[1] if fenced else body).strip()
    blob = as_object(decode_text(plain) if plain.startswith("{") else None)
    if isinstance(blob.get("action"), str):
        return called(blob["action"], blob.get("action_input", blob.get("arguments", {})), line=line)
    found = _CALL.fullmatch(plain) or _PARENTHESES.fullmatch(plain)
    if found is None:
        return called(plain.split(maxsplit=1)[0] if plain else None, plain, line=line)
    return called(found[1], found[2] if found[1].lower() in _RUN else plain, line=line)


def acted(steps: Iterable[Step]) -> Iterator[Step]:
    """Split what an assistant said into thoughts and actions where it is written so, and the answers to match."""
    waiting = False
    for step in steps:
        if step.kind == "assistant" and is_react(step.text):
            found = [msgspec.structs.replace(part, at=step.at) for part in react_steps(step.text, line=step.line)]
            yield from found
            waiting = bool(found) and found[-1].kind == "tool_call"
        elif step.kind == "user" and waiting:
            waiting = False
            body = without_verdict(re.sub(r"^\s*Observation(?: \d+)?:\s*", "", step.text)).strip()
            if body:
                yield answered(body, at=step.at, line=step.line)
        else:
            waiting = waiting and step.kind == "system"
            yield step


def episodes(block: str) -> Iterator[tuple[str, str]]:
    """Episodes of a block, each with what stands before its question."""
    marks = list(QUESTION.finditer(block))
    if not marks and FIRST_MARK.search(block):
        yield "", block
    for place, mark in enumerate(marks):
        stop = marks[place + 1].start() if place + 1 < len(marks) else len(block)
        before = block[marks[place - 1].end() if place else 0 : mark.start()]
        reflected = before.rfind(REFLECTION)
        yield before[reflected:] if reflected >= 0 else "", block[mark.end() : stop]
