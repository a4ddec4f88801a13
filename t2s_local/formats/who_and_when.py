"""Who&When: failed runs of several agents together, with the agent and the step of the mistake.

Source: the dataset of Agents_Failure_Attribution, July 2025: runs that CaptainAgent generated (speakers by ``name``,
code runs in a ``Computer_terminal``) and hand-crafted runs of Magentic-One (speakers by ``role``, an orchestrator
assigns the other agents). The mistake, its agent, and the right answer are reference data and left out.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import answered, called, trajectory
from t2s_local.formats._dialects.messages import content_text
from t2s_local.ports.format import Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, objects, values, word
from t2s_local.records.outcome import label_in
from t2s_local.values.trajectory import Step

_MISTAKES = frozenset({"mistake_agent", "mistake_step", "mistake_reason"})
_TERMINAL = "Computer_terminal"
_SENT = re.compile(r".*\(-> (?P<agent>[^()]+)\)$")
_CODE = re.compile(r"^```[ \t]*(?P<language>\w*)[^\n]*\n(?P<code>.*?)\n?^```[ \t]*$", re.MULTILINE | re.DOTALL)
_RAN = re.compile(r"exitcode: (?P<code>-?\d{1,5}) \([^()\n]*\)\n(?:Code output: ?)?", re.IGNORECASE)
_ENDS = frozenset({"TERMINATE", "TERMINATE."})


def claims(head: Head) -> bool:
    """Return whether the file has a question, a history, and the agent or step of the mistake."""
    return any({"question", "history"} <= record.keys() and record.keys() & _MISTAKES for record in seen(head)[:3])


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the run of every record."""
    unread = Tally("who_and_when")
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        messages = objects(record.get("history"))
        if not messages:
            unread.add("no history")
            continue
        question = (first_string(record, "question") or "").strip()
        yield trajectory(
            _steps(messages, question),
            source=source,
            format_name="who_and_when",
            task_id=first_string(record, "question_ID", "question_id"),
            task=question or None,
            termination="TERMINATE" if content_text(messages[-1].get("content")).strip() in _ENDS else None,
            label=label_in(record, ("is_correct", "is_corrected")),
        )
    yield from unread.readings(source)


def _steps(messages: list[Record], question: str) -> Iterator[Step]:
    if question:
        yield Step(kind="user", text=question)
    sent: tuple[str, str] | None = None
    for number, message in enumerate(messages, 1):
        role, text = word(message.get("role")) or "", content_text(message.get("content")).strip()
        speaker = first_string(message, "name") or role
        if not text or text in _ENDS or (role == "human" and text == question):
            continue
        if number == 1 and question and question in text:
            yield Step(kind="system", text=text, line=number)
        elif found := _SENT.match(role):
            sent = found["agent"].strip(), f"call-{number}"
            yield called(sent[0], text, call_id=sent[1], line=number)
        elif sent is not None and speaker == sent[0]:
            yield answered(text, tool=sent[0], call_id=sent[1], line=number)
            sent = None
        else:
            yield from _turn(speaker, role, text, messages[number : number + 1], number)


def _turn(speaker: str, role: str, text: str, following: list[Record], line: int) -> Iterator[Step]:
    """Yield the steps of a message, which may be the terminal's, and of the code in it that the terminal runs next."""
    if speaker == _TERMINAL:
        yield from _printed(text, line)
        return
    yield from _spoken(speaker, role, text, line)
    if following and first_string(following[0], "name") == _TERMINAL:
        yield from _code(text, line)


def _spoken(speaker: str, role: str, text: str, line: int) -> Iterator[Step]:
    if role == "human":
        yield Step(kind="user", text=text, line=line)
    elif speaker.endswith("(thought)"):
        yield Step(kind="thought", text=text, line=line)
    elif speaker.endswith("(termination condition)"):
        yield Step(kind="system", text=text, line=line)
    else:
        yield Step(kind="assistant", text=text, line=line)


def _code(text: str, line: int) -> Iterator[Step]:
    """Yield the code that the terminal runs next."""
    blocks = [found["code"] for found in _CODE.finditer(text)]
    if blocks:
        yield called(_TERMINAL, {"command": "\n".join(blocks)}, call_id=f"call-{line}", line=line)


def _printed(text: str, line: int) -> Iterator[Step]:
    ran = _RAN.match(text)
    if ran is None:
        yield Step(kind="system", text=text, line=line)
        return
    code = int(ran["code"])
    said = text[ran.end() :].strip()
    yield answered(said, tool=_TERMINAL, call_id=f"call-{line - 1}", is_error=code != 0, exit_code=code, line=line)
