"""InterCode results: arrays of thoughts, actions and observations that belong together by their place."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from t2s_local.formats._build import answered, called, nested, trajectory
from t2s_local.formats._head import seen
from t2s_local.formats._json import Record, as_object, compact, first_string, objects, values
from t2s_local.formats._outcome import label_of
from t2s_local.formats._react import executed
from t2s_local.ports import Head, Passed, Quarantined, Reading
from t2s_local.types import Step, Trajectory


def claims(head: Head) -> bool:
    """An object of runs by number, each with an environment and its turns."""
    return any(_is_run(run) for record in seen(head)[:1] for run in (*list(record.values())[:3], record))


def _is_run(value: object) -> bool:
    run = as_object(value)
    return "environment" in run and ("turn_history" in run or ("trajectory" in run and "query" in run))


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Read every run of the file; gold commands, the reward of a turn and the checks stay behind."""
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
    dataset = PurePosixPath(first_string(run, "dataset") or environment).stem
    best = nested(run, "summary", "max_reward")
    return trajectory(
        _steps(run, environment),
        source=source,
        format_name="intercode",
        task_id=f"{dataset}-{number}",
        agent="intercode",
        label=label_of(run.get("reward"), "field:reward") if best is None else label_of(best, "field:max_reward"),
    )


def _steps(run: Record, tool: str) -> Iterator[Step]:
    if query := first_string(run, "query"):
        yield Step(kind="user", text=query)
    history = as_object(run.get("turn_history"))
    turns = objects(run.get("trajectory"))
    actions = _list(history, "actions") or [turn.get("action") for turn in turns]
    observations = _list(history, "observations") or [turn.get("observation") for turn in turns]
    thoughts, valid = _list(history, "thoughts"), _list(history, "valid_action")
    for place, action in enumerate(actions):
        if place < len(thoughts) and isinstance(thoughts[place], str) and thoughts[place]:
            yield Step(kind="thought", text=str(thoughts[place]), line=place + 1)
        text = action if isinstance(action, str) else compact(action)
        yield called(tool, executed(text), line=place + 1)
        if place < len(observations):
            seen_ = observations[place]
            failed = place < len(valid) and valid[place] is False
            text = seen_ if isinstance(seen_, str) else compact(seen_)
            yield answered(text, is_error=True if failed else None, line=place + 1)


def _list(record: Record, key: str) -> list[object]:
    value = record.get(key)
    return list(value) if isinstance(value, list) else []
