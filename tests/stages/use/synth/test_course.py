"""Tests of the lessons that a single run shows."""

import json

from t2s_local.stages.extract.grounding import ground
from t2s_local.stages.extract.judge import judge
from t2s_local.stages.use.synth.course import lessons_of
from t2s_local.values.lesson import Extraction
from tests.build import step, trajectory
from tests.poisoned import cases
from tests.recorded import gave_up, pushed, shell


def test_the_course_of_a_run_that_succeeded_is_advised() -> None:
    run = pushed(outcome="success", task_id="push-1")
    (order,) = lessons_of(run, "publish the change")
    assert order.do == "Work in this order: `git pull --rebase && git push origin main`."
    assert order.because == "the run that worked so succeeded"


def test_values_of_one_run_are_placeholders() -> None:
    calls = [
        ("cancel", {"order": "W42-7", "why": "change of plan", "items": ["a1", "a2"]}),
        ("cancel", {"order": "W42-8", "why": "change of plan", "items": ["b3"]}),
    ]
    steps = [
        part
        for key, (tool, arguments) in enumerate(calls)
        for part in (
            step("tool_call", json.dumps(arguments), tool=tool, call_id=f"{key}"),
            step("tool_result", "done", tool=tool, call_id=f"{key}"),
        )
    ]
    run = trajectory(step("user", "cancel them"), *steps, outcome="success", task_id="c-1")
    (order,) = lessons_of(run, "cancel them")
    assert order.do == 'Work in this order: `cancel {"order":"<order>","why":"change of plan","items":["<items>"]}`.'
    assert ground(Extraction(lessons=(order,)), {run.id: run}).lessons == (order,)


def test_the_course_of_a_run_that_failed_is_advised_against() -> None:
    run = trajectory(
        step("user", "sum it"),
        *shell("wc -l orders.csv", "12 orders.csv", 0, key="1"),
        outcome="failure",
        task_id="s-1",
    )
    (order,) = lessons_of(run, "sum it")
    assert order.do == "Do not stop at `wc -l orders.csv`."
    assert order.polarity == "failure"


def test_an_error_that_nothing_put_right_is_told() -> None:
    run = gave_up(task_id="push-2")
    errors = [one for one in lessons_of(run, "publish") if one.pattern == "recovery"]
    assert next(one.when.partition(" fails with ")[0] for one in errors) == "`git push origin main`"
    found = Extraction(lessons=tuple(errors))
    assert ground(found, {run.id: run}) == found


def test_no_order_hidden_in_a_tool_result_becomes_a_lesson() -> None:
    for case in cases():
        lessons = [one for run in case.poisoned[:4] for one in lessons_of(run, run.task or "")]
        kept = judge(lessons, {run.id: run for run in case.poisoned}).lessons
        assert [one.do for one in kept if case.marker in f"{one.when} {one.do}"] == [], case.marker
