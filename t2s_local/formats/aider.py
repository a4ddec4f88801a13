"""Aider's chat history in Markdown: ``####`` marks the user, ``>`` Aider itself, the rest is the assistant.

One file contains many sessions, each after a line ``# aider chat started at``.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from t2s_local.formats._build import answered, called, trajectory
from t2s_local.ports.format import Harness, Head, Passed, Reading
from t2s_local.records import streams
from t2s_local.records.packed import plain_name
from t2s_local.values.trajectory import Step, Trajectory

HARNESS = Harness(name="Aider", is_world=False)
_STARTED = re.compile(r"^# aider chat started at (\d{4}-\d\d-\d\d .+?)\s*$", re.MULTILINE)
_USER = re.compile(r"^#### ", re.MULTILINE)
_FAILED = re.compile(
    r"^(?:The LLM did not conform|Malformed|.*SEARCH/REPLACE block failed|.*did not match|Errors? |.*Traceback)"
    r"|^(?:FAILED |E  )",
    re.MULTILINE,
)
_EDIT = re.compile(r"^<{5,9} (?:SEARCH|ORIGINAL)$.*?^>{5,9} (?:REPLACE|UPDATED)$", re.DOTALL | re.MULTILINE)
_REFUSED = re.compile(r"^## (?=\w+: .*\bblock failed)", re.MULTILINE)
"""Heading with which Aider reports an edit that it could not make."""
_APPLIED = re.compile(r"^(?:Applied edit to .+|# The other .+ applied successfully\.)$", re.MULTILINE)
_COMMAND = re.compile(r"^```(?:bash|sh|shell|zsh)\n(.*?)\n```", re.DOTALL | re.MULTILINE)
_MODEL = re.compile(r"^> Models?: ([^\s,]+)", re.MULTILINE)
_HISTORY = "aider.chat.history"
"""Default name of the history file, which contains all sessions of a project."""
_TRANSCRIPT = '<div class="chat-transcript"'


def claims(head: Head) -> bool:
    """Return whether the text has a line that starts a session, or is a published transcript with user turns."""
    if head.document is not None or head.records:
        return False
    text = head.raw.decode("utf-8", "replace").replace("\r\n", "\n")
    return _STARTED.search(text) is not None or (_TRANSCRIPT in text and _USER.search(text) is not None)


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every session of the file."""
    text = streams.text_of(path)
    name = plain_name(path).removesuffix(".md").lstrip(".")
    task_id = None if name == _HISTORY else name
    marks = list(_STARTED.finditer(text))
    if not marks:
        start = text.find(_TRANSCRIPT)
        yield _session(text[max(start, 0) :], None, None, source, text.count("\n", 0, max(start, 0)))
    for place, mark in enumerate(marks):
        stop = marks[place + 1].start() if place + 1 < len(marks) else len(text)
        started = f"{mark[1]} #{place + 1}"
        yield _session(text[mark.end() : stop], started, task_id, source, text.count("\n", 0, mark.end()))


def _session(text: str, started: str | None, task_id: str | None, source: str, line: int) -> Trajectory | Passed:
    steps = list(_steps(text, line))
    if not any(step.kind == "assistant" for step in steps):
        return Passed(path=source, record="session without an answer")
    model = _MODEL.search(text)
    return trajectory(
        steps,
        source=source,
        format_name="aider",
        session_id=started,
        task_id=task_id,
        agent="aider",
        model=model[1] if model else None,
    )


def _steps(text: str, first_line: int) -> Iterator[Step]:
    """Yield steps of adjacent lines of one kind; an empty line, also in a code fence, belongs to the lines before."""
    asked = False
    edits: list[str] = []
    numbered = enumerate(text.split("\n"), first_line + 1)
    for kind, group in groupby(_with_kinds(numbered), key=lambda item: item[0]):
        lines = [(number, line) for _, number, line in group]
        words = "\n".join(line for _, line in lines).strip()
        if not words or words.startswith(("</div>", "<div")):
            continue
        if kind == ">" and asked:
            yield from _answers(words, edits, lines[0][0])
            edits = []
        else:
            named = {"#": "user", ">": "system"}.get(kind)
            yield Step(
                kind="user" if named == "user" else "system" if named == "system" else "assistant",
                text=words,
                line=lines[0][0],
            )
        if kind == "":
            yield from _actions(words, lines[0][0])
            edits = _EDIT.findall(words)
        asked = asked or kind == ""


def _answers(words: str, edits: Sequence[str], line: int) -> Iterator[Step]:
    """Yield Aider's answer to each of *edits*, in their order, and its other output: checks, tests, questions.

    Aider repeats an edit that failed, with the reason; for edits that succeeded, Aider only names the changed files.
    """
    first, *parts = _REFUSED.split(words)
    beside, refused = [first], dict[str, str]()
    for part in parts:
        shown = _EDIT.search(part)
        if shown is None or refused.setdefault(_gist(shown[0]), part) is not part:
            beside.append(part)
    applied = [found[0] for found in _APPLIED.finditer(words)] if edits else []
    told = [refused.pop(_gist(edit), None) for edit in edits]
    if edits and (applied or any(told)):
        for edit_answer in told:
            is_error = edit_answer is not None
            yield answered((edit_answer or "\n".join(applied)).strip(), tool="edit", is_error=is_error, line=line)
        rest = _APPLIED.sub("", "\n".join((*beside, *refused.values()))).strip()
    else:
        rest = words
    if rest:
        yield answered(rest, tool="aider", is_error=True if _FAILED.search(rest) else None, line=line)


def _gist(edit: str) -> str:
    """Return an edit without white space: Aider repeats it with other spaces at the ends of lines."""
    return "".join(edit.split())


def _actions(words: str, line: int) -> Iterator[Step]:
    """Yield the edits and commands in an assistant's answer, which Aider applies or runs and reports on below."""
    for edit in _EDIT.finditer(words):
        yield called("edit", edit[0], line=line)
    for command in _COMMAND.finditer(words):
        yield called("bash", command[1].strip(), line=line)


def _with_kinds(numbered: Iterator[tuple[int, str]]) -> Iterator[tuple[str, int, str]]:
    """Yield lines with their kind; an empty line has the kind of the line before it."""
    kind = ""
    for number, line in numbered:
        if line.startswith("#### "):
            kind, line = "#", line[5:].rstrip()
        elif line.startswith("> "):
            kind, line = ">", line[2:].rstrip()
        elif line.strip() and not line.startswith(("<div", "</div>")):
            kind = ""
        elif line.strip():
            continue
        yield kind, number, line
