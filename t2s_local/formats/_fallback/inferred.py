"""Map of a file with unknown names, derived from its records; no map if it would contradict the records."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from t2s_local.formats._fallback.behaviour_map import layout_of
from t2s_local.formats._fallback.certainty import Observations
from t2s_local.formats._fallback.conversation_shape import places, words
from t2s_local.formats._fallback.record_lists import shapes_in
from t2s_local.formats._maps.mapped_runs import Conversation, RunReader
from t2s_local.formats._maps.mapped_steps import StepReader
from t2s_local.formats._maps.stand_alone import StandAlone
from t2s_local.ports.format import Passed
from t2s_local.records.json import Record
from t2s_local.records.paths.paths import PathError, json_path
from t2s_local.values.layout import (
    Layout,
    RunPaths,
)
from t2s_local.values.trajectory import Trajectory

SAMPLE = 60
"""Most values of a file that are examined."""
_FEW = 2
_MOSTLY = 0.8
_LONGEST_LIST = 60
"""Most items of each list that are examined."""
_MOST_VALUES = 20_000
"""Most nested values that are examined."""
_DEEPEST = 20


def better_layout(start: list[object], *, is_cut: bool) -> Layout | None:
    """Return a map that fits if the known names fit badly; None if they fit well, or if no map fits.

    Args:
        start: The first values of a file, at most :data:`SAMPLE`.
        is_cut: Whether more values follow.
    """
    small, was_cut = _trimmed(start)
    return None if _is_known(small) else _fitting(small, is_cut=is_cut or was_cut)


def certainty_by_words(start: list[object]) -> tuple[float, bool]:
    """Return the certainty, from 0 to 1, with which the known names read the first values, and whether runs are whole.

    The certainty is 0 if they find no run. A whole run begins with a request, and all its calls are answered.
    """
    small, _ = _trimmed(start)
    reader = words()
    evidence = Observations(reader.steps)
    n_steps = sum(isinstance(value, dict) and bool(reader.steps.parts_played(value)) for value in small)
    alone = [value for value in small if isinstance(value, dict)] if n_steps >= _MOSTLY * len(small) else []
    found = [place for value in small[:_FEW] for place in places(value)[:1]]
    runs = [one.items for place in found for one in place.conversations] or ([alone] if alone else [])
    are_whole = bool(runs)
    for items in runs:
        one = Conversation(items, ())
        run = reader.trajectory(one, source="", format_name="")
        evidence.add(one, run)
        are_whole = are_whole and isinstance(run, Trajectory) and _is_whole(run, is_cut=True)
    return next((guess.certainty for guess in evidence.guesses("")), 0.0), are_whole


def _is_known(start: list[object]) -> bool:
    """Return whether the known names read whole runs, whose calls are answered, from the values."""
    reader = words()
    n_steps = sum(isinstance(value, dict) and bool(reader.steps.parts_played(value)) for value in start)
    alone = [value for value in start if isinstance(value, dict)] if n_steps >= _MOSTLY * len(start) else []
    found = [place for value in start[:_FEW] for place in places(value)[:1]]
    items = [one.items for place in found for one in place.conversations] or ([alone] if alone else [])
    read = [reader.trajectory(Conversation(run, ()), source="", format_name="") for run in items]
    return bool(read) and all(isinstance(run, Trajectory) and _is_whole(run, is_cut=True) for run in read)


def words_of(layout: Layout) -> StepReader:
    """Return the reader of steps for a map."""
    return StepReader(layout)


def _fitting(values: list[object], *, is_cut: bool) -> Layout | None:
    try:
        return next((layout for layout in _layouts(values) if _fits(layout, values, is_cut=is_cut)), None)
    except PathError:  # a key that no path can contain
        return None


def _trimmed(values: list[object]) -> tuple[list[object], bool]:
    """Return the beginnings of *values*, and whether anything of them was left out."""
    left = [_MOST_VALUES]
    was_cut = [False]

    def copied(value: object, depth: int) -> object:
        left[0] -= 1
        if not isinstance(value, dict | list):
            return value
        if depth > _DEEPEST or left[0] < 0:
            was_cut[0] = True
            return None
        if isinstance(value, dict):
            return {key: copied(inner, depth + 1) for key, inner in islice(value.items(), _LONGEST_LIST)}
        was_cut[0] = was_cut[0] or len(value) > _LONGEST_LIST
        return [copied(inner, depth + 1) for inner in value[:_LONGEST_LIST]]

    return [copied(value, 0) for value in values], was_cut[0]


def _fits(layout: Layout, values: list[object], *, is_cut: bool) -> bool:
    runs = [run for run in mapped(layout, values) if isinstance(run, Trajectory)]
    return bool(runs) and all(_is_whole(run, is_cut=is_cut) for run in runs)


def _is_whole(run: Trajectory, *, is_cut: bool) -> bool:
    """Return whether a run begins with a request, contains calls, and has all calls answered.

    If the run is cut off, its end is not checked.
    """
    kinds = [step.kind for step in run.steps if step.kind != "system"]
    asked = {step.call_id for step in run.steps if step.kind == "tool_call"}
    answers = [step for step in run.steps if step.kind == "tool_result"]
    n_calls = kinds.count("tool_call")
    every = [step.kind for step in run.steps]
    return (
        kinds[:1] == ["user"]
        and "system" not in every[every.index("user") :]
        and (is_cut or kinds[-1] in ("assistant", "tool_result", "user"))
        and 0 < n_calls <= len(answers) + 1
        and all(step.call_id in asked for step in answers)
    )


def mapped(layout: Layout, values: Iterable[object]) -> Iterator[Trajectory | Passed]:
    """Yield the runs in *values*, read by a map."""
    reader = RunReader(layout)
    alone = StandAlone(reader)
    for value in values:
        if layout.runs.each == "file":
            alone.add(value)
        else:
            for one in reader.conversations(value):
                yield reader.trajectory(one, source="", format_name="")
    for one in alone.conversations():
        yield reader.trajectory(one, source="", format_name="")


def _layouts(values: list[object]) -> Iterator[Layout]:
    """Yield possible maps of the values of a file, the most likely map first."""
    for shape in shapes_in(values):
        runs = [one for one in _conversations(values, shape) if one.items]
        if runs and (layout := layout_of(runs, shape)) is not None:
            yield layout


def _conversations(values: list[object], shape: RunPaths) -> Iterable[Conversation]:
    if shape.each == "file":
        records = [value for value in values if isinstance(value, dict)]
        common = Counter(key for record in records for key in record)
        steps = [record for record in records if sum(common[key] > len(records) / 4 for key in record) > 1]
        others = tuple(record for record in records if record not in steps)
        groups: dict[object, list[Record]] = {}
        for record in steps:
            groups.setdefault(str(record.get(json_path(shape.by[0]).parts[0])) if shape.by else "", []).append(record)
        return [Conversation(group, others if len(groups) == 1 else ()) for group in groups.values()]
    reader = RunReader(Layout(runs=shape))
    return (one for value in values for one in reader.conversations(value))
