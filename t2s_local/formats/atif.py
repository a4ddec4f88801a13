"""ATIF trajectories: steps of system, user and agent, with calls and observations inside the agent's steps.

Harbor, which runs Terminal-Bench 2, writes one per trial (``agent/trajectory.json``), or one per step of a trial
(``steps/NAME/agent/trajectory.json``); the reward is in the trial's ``result.json``. Source: ``harbor/models`` of
harbor 0.26.0, October 2026, with ATIF 1.0 to 1.8.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from t2s_local.errors import InputError
from t2s_local.formats._beside import below, files_in
from t2s_local.formats._build import answered, called, moment, nested, trajectory
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.formats._dialects.messages import content_text
from t2s_local.ports.format import Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import (
    NotJsonError,
    Record,
    as_object,
    compact,
    decode_text,
    document,
    first_string,
    objects,
    string,
    values,
)
from t2s_local.records.outcome import label_of
from t2s_local.values.trajectory import Label, Step, Trajectory

_MARK = "ATIF-v"
_MAIN = "trajectory.json"
"""File name of the run of a trial in Harbor; its sub-agents have files of their own beside it."""
_SIMULATED = "user-agent"
"""Folder of a trial in which Harbor keeps the actions of a simulated user."""
_CONTINUATION = re.compile(r"\.cont-\d+(?=\.json$)")


class Trial(NamedTuple):
    """Facts about a run from the folder that contains it."""

    task_id: str | None
    termination: str | None
    label: Label | None


_NO_TRIAL = Trial(None, None, None)


def claims(head: Head) -> bool:
    """Return whether the first object, or the header line before the steps, has a ``schema_version`` of ATIF."""
    return any(_is_header(record) or _is_header(as_object(record.get("__header__"))) for record in seen(head)[:1])


def _is_header(record: Record) -> bool:
    return str(record.get("schema_version")).startswith(_MARK)


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield the runs of the file, sub-agents after the run that started them."""
    header: Record | None = None
    steps: list[Record] = []
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        if "__header__" in record:
            inner = record["__header__"]
            header = inner if isinstance(inner, dict) else record
        elif "steps" in record:
            yield from _document(record, path, source)
        elif "source" in record:
            steps.append(record)
        else:
            yield Passed(path=source, record="no step")
    if header is not None:
        yield from _runs({**header, "steps": steps}, source, None)


def _document(record: Record, path: Path, source: str) -> Iterator[Reading]:
    """Yield the run of a document, unless it continues the run beside it or is a simulated user's."""
    if _continues_another(path):
        yield Passed(path=source, record="continuation of the run beside it")
        return
    if path.parts[-2:-1] == (_SIMULATED,):
        yield Passed(path=source, record="simulated user of the trial beside it")
        return
    parent_id = _parent_beside(path)
    trial = _trial_beside(path) if parent_id is None else _NO_TRIAL
    yield from _runs(_continued(record, path), source, parent_id, trial)


def _runs(
    record: Record, source: str, parent_id: str | None, trial: Trial = _NO_TRIAL
) -> Iterator[Trajectory | Passed]:
    agent = as_object(record.get("agent"))
    session_id = first_string(record, "trajectory_id" if parent_id else "session_id", "session_id", "trajectory_id")
    yield trajectory(
        _steps(objects(record.get("steps"))),
        source=source,
        format_name="atif",
        session_id=session_id,
        task_id=trial.task_id,
        termination=trial.termination,
        label=trial.label,
        agent=first_string(agent, "name"),
        model=first_string(agent, "model_name"),
        parent_id=parent_id,
    )
    for child in objects(record.get("subagent_trajectories")):
        yield from _runs(child, source, session_id or "unknown")


def _trial_beside(path: Path) -> Trial:
    """Return the facts about the trial of *path*, or about its step of the trial, from Harbor's ``result.json``."""
    if path.parts[-2:-1] != ("agent",):
        return _NO_TRIAL
    step = path.parts[-3] if path.parts[-4:-3] == ("steps",) else None
    file = below(path.parent.parent if step is None else path.parents[3], "result.json")
    if file is None:
        return _NO_TRIAL
    try:
        result = as_object(document(file))
    except (NotJsonError, InputError):
        return _NO_TRIAL
    task = first_string(result, "task_name")
    if step is not None:
        result = next((one for one in objects(result.get("step_results")) if one.get("step_name") == step), {})
        task = None if task is None else f"{task}/{step}"
    failure = string(nested(result, "exception_info", "exception_type"))
    return Trial(task, failure, _reward(as_object(nested(result, "verifier_result", "rewards"))))


def _reward(rewards: Record) -> Label | None:
    """Return the reward called ``reward``, or the only reward; None (outcome unknown) if several have other names."""
    name = "reward" if "reward" in rewards else next(iter(rewards), "") if len(rewards) == 1 else ""
    return label_of(rewards.get(name), "field:verifier_result.reward")


def _parent_beside(path: Path) -> str | None:
    """Return the session of the run beside *path* that names it as the file of a sub-agent; None if there is none."""
    if path.name == _MAIN or not os.access(f"{str(path).removesuffix(path.name)}{_MAIN}", os.F_OK):
        return None
    main = below(path.parent, _MAIN)
    for file in (*filter(None, [main]), *_continuations(path.parent, _MAIN.removesuffix(".json"))):
        try:
            record = as_object(document(file))
        except (NotJsonError, InputError):
            continue
        results = [as_object(step.get("observation")).get("results") for step in objects(record.get("steps"))]
        refs = (
            ref for result in results for one in objects(result) for ref in objects(one.get("subagent_trajectory_ref"))
        )
        if any(ref.get("trajectory_path") == path.name for ref in refs):
            return first_string(record, "session_id", "trajectory_id") or "unknown"
    return None


def _continued(record: Record, path: Path) -> Record:
    """Return a run with the steps of the files that continue it, without the steps they copy from it."""
    if not os.access(f"{str(path).removesuffix('.json')}.cont-1.json", os.F_OK):
        return record
    steps = objects(record.get("steps"))
    for file in _continuations(path.parent, path.name.removesuffix(".json")):
        try:
            more = objects(as_object(document(file)).get("steps"))
        except NotJsonError:
            continue
        steps = [*steps, *(step for step in more if step.get("is_copied_context") is not True)]
    return {**record, "steps": steps}


def _continuations(folder: Path, stem: str) -> list[Path]:
    """Return the files that continue a run, in order; [] without listing the folder if file number 1 is missing."""
    if not (folder / f"{stem}.cont-1.json").is_file():
        return []
    found = [file for file in files_in(folder, ".json", root=folder) if file.name.startswith(f"{stem}.cont-")]
    return sorted(found, key=lambda file: (len(file.name), file.name))


def _continues_another(path: Path) -> bool:
    base = _CONTINUATION.sub("", path.name)
    return (
        base != path.name
        and path.with_name(base).is_file()
        and path in _continuations(path.parent, base.removesuffix(".json"))
    )


def _steps(records: list[Record]) -> list[Step]:
    """Return the steps in order; a prompt that is repeated with every call to the model is kept once."""
    steps: list[Step] = []
    said: set[tuple[str, str]] = set()
    repeating = False
    for number, record in enumerate(records, 1):
        text = message if isinstance(message := record.get("message"), str) else content_text(message)
        origin, at = record.get("source"), moment(record.get("timestamp"))
        if origin == "user" or origin == "system":
            known = (origin, text) in said and len(text) > 0
            said.add((origin, text))
            repeating = known and (origin == "system" or repeating)
        else:
            repeating = False
        if not repeating:
            steps += _told(record, origin, text, at, number)
        if observation := record.get("observation"):
            steps += [_observed(result, at, number) for result in objects(as_object(observation).get("results"))]
    return steps


def _told(record: Record, origin: object, text: str, at: str | None, number: int) -> list[Step]:
    """Return the thoughts, words and calls of one step."""
    thought = content_text(reasoned) if (reasoned := record.get("reasoning_content")) else ""
    steps = [Step(kind="thought", text=thought, at=at, line=number)] if thought else []
    if origin == "user":
        steps += user_steps(text, at=at, line=number)
    elif text and not text.isspace():
        steps.append(Step(kind="assistant" if origin == "agent" else "system", text=text, at=at, line=number))
    calls = objects(record.get("tool_calls"))
    for call in calls:
        name, identity = string(call.get("function_name")), string(call.get("tool_call_id"))
        steps.append(called(name, call.get("arguments") or {}, call_id=identity, at=at, line=number))
    if not calls and text.startswith("{") and "observation" in record:
        commands = objects(as_object(decode_text(text)).get("commands"))
        if keys := "".join(first_string(command, "keystrokes") or "" for command in commands):
            steps.append(called("terminal", keys, at=at, line=number))
    return steps


def _observed(result: Record, at: str | None, number: int) -> Step:
    content = result.get("content")
    succeeded = content.get("passed") if isinstance(content, dict) else None
    return answered(
        compact(content) if isinstance(content, dict) and "type" not in content else content_text(content),
        call_id=string(result.get("source_call_id")),
        is_error=not succeeded if isinstance(succeeded, bool) else None,
        at=at,
        line=number,
    )
