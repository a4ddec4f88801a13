"""InterCode results: parallel arrays of thoughts, actions and observations."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, zip_longest
from pathlib import Path, PurePosixPath

from t2s_local.formats._build import answered, called, nested, trajectory
from t2s_local.formats._dialects.react import executed
from t2s_local.ports.format import Harness, Head, Passed, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, compact, first_string, objects, values
from t2s_local.records.outcome import label_of
from t2s_local.values.trajectory import Step, Trajectory

HARNESS = Harness(name="InterCode", is_world=True)
_ABSENT = object()
"""Placeholder for the missing items of an array that is shorter than the array of actions."""


def claims(head: Head) -> bool:
    """Return whether the file has an object of runs by number, each with an environment and its turns."""
    return any(_is_run(run) for record in seen(head)[:1] for run in (*list(record.values())[:3], record))


def _is_run(value: object) -> bool:
    run = as_object(value)
    return "environment" in run and ("turn_history" in run or ("trajectory" in run and "query" in run))


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every run of the file; reference commands, rewards of turns and the checks are left out."""
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        record = as_object(item[1])
        for run in [record] if _is_run(record) else list(record.values()):
            yield _trajectory(run, source) if _is_run(run) else Passed(path=source, record="no run")


def _trajectory(run: Record, source: str) -> Trajectory | Passed:
    environment = (first_string(run, "environment") or "").removeprefix("ic_")
    number = first_string(run, "task_id", "query_idx") or "?"
    dataset = _stem(first_string(run, "dataset") or environment)
    best = nested(run, "summary", "max_reward")
    return trajectory(
        _steps(run, environment),
        source=source,
        format_name="intercode",
        task_id=f"{dataset}-{number}",
        agent="intercode",
        label=label_of(run.get("reward"), "field:reward") if best is None else label_of(best, "field:max_reward"),
    )


def _steps(run: Record, tool: str) -> list[Step]:
    steps = [Step(kind="user", text=query)] if (query := first_string(run, "query")) else []
    history = as_object(run.get("turn_history"))
    turns = objects(run.get("trajectory"))
    actions = _list(history, "actions") or [turn.get("action") for turn in turns]
    observations = _list(history, "observations") or [turn.get("observation") for turn in turns]
    arrays = zip_longest(
        actions, observations, _list(history, "thoughts"), _list(history, "valid_action"), fillvalue=_ABSENT
    )
    for number, (action, observation, thought, is_valid) in enumerate(islice(arrays, len(actions)), 1):
        if isinstance(thought, str) and thought:
            steps.append(Step(kind="thought", text=thought, line=number))
        text = action if isinstance(action, str) else compact(action)
        identity = None if observation is _ABSENT else f"call-{len(steps)}"
        steps.append(called(tool, executed(text), call_id=identity, line=number))
        if identity is not None:
            text = observation if isinstance(observation, str) else compact(observation)
            failed = True if is_valid is False else None
            steps.append(answered(text, call_id=identity, tool=tool, is_error=failed, line=number))
    return steps


def _list(record: Record, key: str) -> list[object]:
    value = record.get(key)
    return value if isinstance(value, list) else []


@lru_cache(maxsize=64)
def _stem(path: str) -> str:
    return PurePosixPath(path).stem
