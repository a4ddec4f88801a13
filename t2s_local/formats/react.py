"""ReAct runs as text: Reflexion's logs by trial and block, single transcripts, FireAct's objects by question."""

import re
from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._build import trajectory
from t2s_local.formats._dialects.messages import message_steps
from t2s_local.formats._dialects.react import (
    FIRST_MARK,
    QUESTION,
    REFLECTION,
    episodes,
    is_react,
    react_steps,
    without_verdict,
)
from t2s_local.ports.format import Head, Passed, Quarantined, Reading
from t2s_local.records import streams
from t2s_local.records.head import seen
from t2s_local.records.json import NotJsonError, Record, as_object, decode, objects
from t2s_local.records.outcome import label_in
from t2s_local.values.trajectory import Label, Outcome, Step, Trajectory
from t2s_local.values.value import digest

_BLOCK = re.compile(r"^-+ BEGIN (CORRECT|INCORRECT|HALTED) AGENTS -+$", re.MULTILINE)
_TRIAL = re.compile(r"^#+\s*\nBEGIN TRIAL \d+.*\n(?:Trial summary.*\n)?#+\s*$", re.MULTILINE)
_OUTCOMES: dict[str, Outcome] = {"CORRECT": "success", "INCORRECT": "failure"}
_OTHERS = "# Chat History: "
"""Beginning of a file in another format whose messages contain the same marks."""


def claims(head: Head) -> bool:
    """Return whether the file is text with marks of thoughts and actions, or an object of runs in that form."""
    if head.document is None and not head.records:
        text = head.raw.decode("utf-8", "replace").replace("\r\n", "\n")
        return FIRST_MARK.search(text) is not None and is_react(text) and not text.startswith(_OTHERS)
    return any(_is_run(run) for record in seen(head)[:1] for run in list(record.values())[:3])


def _is_run(value: object) -> bool:
    run = as_object(value)
    return "traj" in run and "reward" in run and "task_id" not in run


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every episode of the file; statements about right answers are left out, in the text too."""
    data = streams.whole(path)
    if data.lstrip().startswith(b"{"):
        yield from _by_question(data, source)
        return
    text = streams.as_text(data)
    empty = 0
    for label, block in _blocks(text):
        for number, (before, episode) in enumerate(episodes(block), 1):
            if FIRST_MARK.search(episode) is None:
                empty += 1
                continue
            yield _episode(before, episode, label, number, source)
    if empty:
        yield Passed(path=source, record="question without an answer", count=empty)


def _blocks(text: str) -> Iterator[tuple[str | None, str]]:
    """Yield the blocks of a text, each with the verdict in its heading (None before the first heading)."""
    for trial in _TRIAL.split(text):
        pieces = _BLOCK.split(trial)
        yield None, pieces[0]
        yield from zip(pieces[1::2], pieces[2::2], strict=True)


def _episode(before: str, episode: str, heading: str | None, number: int, source: str) -> Trajectory | Passed:
    start = FIRST_MARK.search(episode)
    question = episode[: start.start() if start else 0].strip()
    actions = episode[start.start() if start else 0 :]
    reflected = actions.rfind(REFLECTION)
    outcome = _OUTCOMES.get(heading or "")
    return trajectory(
        _steps(before, question, actions[:reflected] if reflected > 0 else actions, number),
        source=source,
        format_name="react",
        task_id=digest(question) if question else None,
        task=question or None,
        termination="halted" if heading == "HALTED" else None,
        label=None if outcome is None else Label(outcome=outcome, source="field:block"),
    )


def _steps(before: str, question: str, actions: str, number: int) -> Iterator[Step]:
    if before.strip():
        yield Step(kind="system", text=without_verdict(before).strip(), line=number)
    if question:
        yield Step(kind="user", text=question, line=number)
    yield from react_steps(without_verdict(actions), line=number)


def _by_question(data: bytes, source: str) -> Iterator[Reading]:
    try:
        runs = as_object(decode(data))
    except NotJsonError as error:
        yield Quarantined(path=source, line=None, reason=str(error))
        return
    for number, (key, run) in enumerate(runs.items(), 1):
        if not _is_run(run):
            yield Passed(path=source, record="no run")
            continue
        yield trajectory(
            _run_steps(run, number),
            source=source,
            format_name="react",
            task_id=key,
            label=label_in(run, ("reward", "em")),
        )


def _run_steps(run: Record, number: int) -> Iterator[Step]:
    if isinstance(run["traj"], str):
        question, mark, rest = run["traj"].partition("\nThought")
        yield from _steps("", QUESTION.sub("", question).strip(), mark.lstrip() + rest, number)
    else:
        yield from message_steps(objects(run["traj"]))
