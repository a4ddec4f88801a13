"""Terminal-Bench 1 results: a run's table of trials, with folders of the agent's answers and the terminal's output."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.formats._beside import below, is_below
from t2s_local.formats._build import answered, called, trajectory
from t2s_local.ports.format import Harness, Head, Passed, Quarantined, Reading
from t2s_local.records import streams
from t2s_local.records.head import seen
from t2s_local.records.json import NotJsonError, Record, as_object, decode_text, document, first_string, objects
from t2s_local.records.outcome import label_of
from t2s_local.values.trajectory import Step, Trajectory

HARNESS = Harness(name="Terminal-Bench", is_world=True)
_EPISODE = re.compile(r"episode-(\d{1,9})$")
_PANES = ("pre-agent.txt", "post-agent.txt")
"""Terminal panes that the agent may have seen; the pane after the tests shows the label and is left out."""
_EVENT = 3


def claims(head: Head) -> bool:
    """Return whether the file is a table of trials with ``is_resolved``, or one trial of it."""
    return any(
        _is_trial(record) or any(_is_trial(trial) for trial in objects(record.get("results"))[:2])
        for record in seen(head)[:1]
    )


def _is_trial(record: Record) -> bool:
    return {"trial_name", "task_id", "is_resolved"} <= record.keys()


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every trial of the run, from the folders beside its results.

    The result file of a single trial repeats a row of the run's table, and is read only if the table is missing.
    """
    try:
        record = as_object(document(path))
    except NotJsonError as error:
        yield Quarantined(path=source, line=None, reason=str(error))
        return
    if _is_trial(record):
        if below(path.parent.parent.parent, "results.json") is not None:
            yield Passed(path=source, record="row of the table of trials")
        else:
            yield _trajectory(record, path.parent, source)
        return
    for trial in objects(record.get("results")):
        if _is_trial(trial):
            yield _trajectory(trial, below(path.parent, str(trial["task_id"]), str(trial["trial_name"])), source)
        else:
            yield Passed(path=source, record="no trial")


def _trajectory(trial: Record, folder: Path | None, source: str) -> Trajectory | Passed:
    steps = list(_steps(trial, folder))
    failure = first_string(trial, "failure_mode")
    if not any(step.kind in ("assistant", "tool_call") for step in steps):
        return Passed(path=source, record="trial without a log")
    return trajectory(
        steps,
        source=source,
        format_name="terminal_bench",
        session_id=first_string(trial, "trial_name"),
        task_id=first_string(trial, "task_id"),
        task=first_string(trial, "instruction"),
        termination=None if failure == "unset" else failure,
        label=label_of(trial.get("is_resolved"), "field:is_resolved"),
    )


def _steps(trial: Record, folder: Path | None) -> Iterator[Step]:
    if instruction := first_string(trial, "instruction"):
        yield Step(kind="user", text=instruction)
    if folder is None:
        return
    episodes = [entry for entry in (folder / "agent-logs").glob("episode-*") if _is_episode(entry, folder)]
    if episodes:
        for episode in sorted(episodes, key=lambda entry: int(entry.name.rpartition("-")[2])):
            yield from _episode(episode, int(episode.name.rpartition("-")[2]) + 1)
    else:
        yield from _recorded(folder)


def _is_episode(entry: Path, folder: Path) -> bool:
    return _EPISODE.search(entry.name) is not None and entry.is_dir() and is_below(entry, folder)


def _episode(folder: Path, number: int) -> Iterator[Step]:
    """Yield the steps of one call of the Terminus agent, whose prompt ends with the content of the terminal."""
    prompt, response = _text(folder, "prompt.txt"), _text(folder, "response.txt")
    if number > 1 and prompt:
        yield answered(prompt, line=number)
    answer = as_object(decode_text(response))
    said = [
        text for key in ("analysis", "state_analysis", "explanation", "plan") if (text := first_string(answer, key))
    ]
    if said:
        yield Step(kind="thought", text="\n".join(said), line=number)
    elif response:
        yield Step(kind="assistant", text=response, line=number)
    commands = objects(answer.get("commands"))
    if commands:
        yield called(
            "terminal", "".join(first_string(command, "keystrokes") or "" for command in commands), line=number
        )


def _recorded(folder: Path) -> Iterator[Step]:
    """Yield input and output of the terminal if no model call was kept: from log, keys, recording and panes."""
    log = _text(folder, "sessions", "agent.log")
    if log.strip():
        yield Step(kind="assistant", text=log, line=1)
    keys = [(number, _typed(line)) for number, line in enumerate(_text(folder, "commands.txt").splitlines(), 1)]
    for number, typed in keys:
        if typed:
            yield called("terminal", typed, line=number)
    shown = "" if log.strip() else _shown(_text(folder, "sessions", "agent.cast"))
    panes = [_text(folder, "panes", name).strip() for name in _PANES]
    for pane in filter(None, [shown.strip(), *panes]):
        yield answered(pane, tool="terminal")


def _typed(line: str) -> str:
    """Return the keys of a line of ``commands.txt``: a Python list of strings, or else the line itself."""
    try:
        keys = ast.literal_eval(line.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return line.strip()
    if isinstance(keys, list):
        return "".join("\n" if key == "Enter" else str(key) for key in keys).strip()
    return line.strip()


def _shown(cast: str) -> str:
    """Return the terminal's output from an asciinema recording, whose lines have a time, ``o`` and a text."""
    events = (decode_text(line) for line in cast.splitlines())
    written = (event for event in events if isinstance(event, list) and len(event) == _EVENT and event[1] == "o")
    return "".join(str(event[2]) for event in written)


def _text(folder: Path, *names: str) -> str:
    path = below(folder, *names)
    try:
        return "" if path is None else streams.head_bytes(path, streams.LINE_LIMIT).decode("utf-8", "replace")
    except InputError:
        return ""
