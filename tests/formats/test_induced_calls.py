"""Calls in layouts that nobody described: in whatever form they are written, and whatever stands beside them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from t2s_local.stages.intake.read_all import read
from tests.readings import told

GOALS = ("Water the plants in the hall, please.", "Please find out who borrowed the ladder.")
SEEN = ("soil is dry in pot 4", "no entry for the ladder")
ENDS = ("The plants in the hall have water.", "Nobody borrowed the ladder so far.")
FORMS: dict[str, Callable[[str, dict[str, object]], object]] = {
    "apart": lambda name, given: {"dev": {"label": name, "rev": "1"}, "with": {"knobs": given}},
    "beside": lambda name, given: {"label": name, **given},
    "dotted": lambda name, given: {"label": name, **{f"k.{key}": value for key, value in given.items()}},
}
TEXTS: dict[str, Callable[[str, dict[str, object]], str]] = {
    "attribute": lambda name, given: f'<do what="{name}">{json.dumps(given)}</do>',
    "sentence": lambda name, given: f"use {name} with {' and '.join(f'{k} = {v}' for k, v in given.items())}",
    "bars": lambda name, given: " | ".join([name, *(f"{key}={value}" for key, value in given.items())]),
}
FIRST: tuple[str, dict[str, object]] = ("probe_room", {"room": "r1"})
SECOND: tuple[str, dict[str, object]] = ("act_in", {"pot": 4, "litres": 2})


def written(number: int, first: object, second: object) -> object:
    """Return a run in which what the agent says, before calls and at the end, is in records of one kind."""
    calls = [{"go": first}, {"go": second}]
    results = [{"re": SEEN[number]}, {"re": f"done, {number} litres left"}]
    said = [{"by": "p", "say": GOALS[number]}, {"by": "m", "say": f"First I look at room {number}."}]
    return {
        "no": f"x{number}7",
        "log": [*said, calls[0], results[0], calls[1], results[1], {"by": "m", "say": ENDS[number]}],
    }


def spoken(folder: Path) -> list[list[str]]:
    return sorted(
        [line for line in told(run) if not line.startswith("tool_call")] for run in read([folder]).trajectories
    )


def expected(number: int) -> list[str]:
    return [
        f"user: {GOALS[number]}",
        f"assistant: First I look at room {number}.",
        f"tool_result: {SEEN[number]}",
        f"tool_result: done, {number} litres left",
        f"assistant: {ENDS[number]}",
    ]


@pytest.mark.parametrize("form", FORMS)
def test_a_call_in_an_object_is_read_with_its_arguments(form: str, tmp_path: Path) -> None:
    write = FORMS[form]
    for number in range(2):
        (tmp_path / f"r-{number}.json").write_text(json.dumps(written(number, write(*FIRST), write(*SECOND))))
    runs = read([tmp_path]).trajectories
    calls = [[(step.tool, step.arguments) for step in run.steps if step.kind == "tool_call"] for run in runs]
    assert calls == [[FIRST, SECOND], [FIRST, SECOND]]
    assert spoken(tmp_path) == sorted(map(expected, range(2)))


@pytest.mark.parametrize("form", TEXTS)
def test_a_call_in_a_text_of_unknown_form_is_a_call(form: str, tmp_path: Path) -> None:
    write = TEXTS[form]
    for number in range(2):
        (tmp_path / f"r-{number}.json").write_text(json.dumps(written(number, write(*FIRST), write(*SECOND))))
    runs = read([tmp_path]).trajectories
    calls = [[step.text for step in run.steps if step.kind == "tool_call"] for run in runs]
    assert calls == [[write(*FIRST), write(*SECOND)]] * 2
    assert spoken(tmp_path) == sorted(map(expected, range(2)))


def test_arguments_in_the_record_of_an_event_are_told_from_what_the_event_says_of_itself(tmp_path: Path) -> None:
    for number in range(2):
        events = [
            {"k": "ask", "say": GOALS[number]},
            {"k": "do", "label": "probe_room", "room": "r1"},
            {"k": "got", "say": SEEN[number]},
            {"k": "do", "label": "act_in", "pot": 4, "litres": 2},
            {"k": "got", "say": f"done, {number} litres left"},
            {"k": "end", "say": ENDS[number]},
        ]
        (tmp_path / f"r-{number}.json").write_text(json.dumps({"no": f"x{number}7", "log": events}))
    runs = read([tmp_path]).trajectories
    calls = [[(step.tool, step.arguments) for step in run.steps if step.kind == "tool_call"] for run in runs]
    assert calls == [[("probe_room", {"room": "r1"}), ("act_in", {"pot": 4, "litres": 2})]] * 2


def test_a_layout_of_known_words_that_they_do_not_read_whole_is_read_by_how_its_values_relate(tmp_path: Path) -> None:
    for number in range(2):
        steps = [
            {"role": "user", "content": GOALS[number]},
            {
                "role": "assistant",
                "thinking": f"First I look at {number}.",
                "call": {"tool": "probe", "input": {"room": "r1"}},
                "returned": SEEN[number],
            },
            {
                "role": "assistant",
                "thinking": f"Now I act in {number}.",
                "call": {"tool": "act", "input": {"room": "r1", "litres": 2}},
                "returned": f"done {number} at once",
            },
            {"role": "assistant", "content": ENDS[number]},
        ]
        (tmp_path / f"r-{number}.json").write_text(json.dumps({"no": f"x{number}7", "events": steps}))
    kinds = [[step.kind for step in run.steps] for run in read([tmp_path]).trajectories]
    turn = ["thought", "tool_call", "tool_result"]
    assert kinds == [["user", *turn, *turn, "assistant"]] * 2
