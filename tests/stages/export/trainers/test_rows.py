"""Rows of steps, and of acts beside a skill."""

from t2s_local.skills.source import SkillSource
from t2s_local.stages.export.trainers.hint_rows import hint_rows, hints_of, prefix_rows
from t2s_local.stages.export.trainers.rows import HintRow, PrefixRow, StepRow
from t2s_local.stages.export.trainers.step_rows import step_rows
from t2s_local.stages.export.trainers.turns import LONGEST_CONTEXT, acts_of, context_of, turns_of
from tests.build import step, trajectory
from tests.stages.export.trainers.acts import run_of

BODY = """---
name: listing
description: "Listing files."
---

# Listing

## When to use

- You list files with ls.

## Steps

1. List files with `ls`. (R1: 3 runs)
2. Count the lines with `wc`.

## Gotchas

- Hidden files of `ls` need an option.

## Avoid

- Never parse the output of `ls`.
"""
SKILL = SkillSource(name="listing", raw={"SKILL.md": BODY.encode()}, sizes={"SKILL.md": len(BODY)})
RUNS = [
    run_of(4, "success", name="a", task="one"),
    run_of(3, "success", name="b", task="two"),
    run_of(5, "failure", name="c", task="three"),
]


def test_a_prefix_row_for_each_act_of_a_run_that_succeeded() -> None:
    made = prefix_rows(RUNS, SKILL)
    assert len(made.rows) == 7
    assert made.left_out == {"runs that did not succeed, as far as is known": 1}
    for row in made.rows:
        assert isinstance(row, PrefixRow)
        assert (row.prompt[0].role, row.prompt[0].content) == ("system", BODY)
        assert [message.role for message in row.completion] == ["assistant"]


def test_hints_are_rules_that_say_what_to_do_and_what_not_to_do() -> None:
    hints = hints_of(SKILL)
    assert hints.advice == ("List files with `ls`.", "Count the lines with `wc`.")
    assert hints.mistakes == ("Hidden files of `ls` need an option.", "Never parse the output of `ls`.")


def test_a_hint_row_for_each_act_of_a_run_whose_end_is_known() -> None:
    made = hint_rows([*RUNS, run_of(2, None, name="d")], SKILL)
    rows = [row for row in made.rows if isinstance(row, HintRow)]
    assert len(rows) == 12
    assert {row.outcome for row in rows} == {"success", "failure"}
    assert sum(made.left_out.values()) == 1
    assert all("listing" not in message.content for row in rows for message in row.prompt)
    assert {row.hint for row in rows if "ls 0" in row.completion[0].content} == {"List files with `ls`."}


def test_a_row_of_steps_has_a_label_for_each_act_and_shows_what_came_before_it() -> None:
    failed = trajectory(
        step("user", "Read it."),
        step("tool_call", "cat a.csv", tool="bash", call_id="1"),
        step("tool_result", "cat: a.csv: No such file or directory", tool="bash", call_id="1", is_error=True),
        step("tool_call", "cat data/a.csv", tool="bash", call_id="2"),
        step("tool_result", "1,2", tool="bash", call_id="2"),
        step("thought", "That was it."),
    )
    (row,) = step_rows([failed]).rows
    assert isinstance(row, StepRow)
    assert row.prompt == "Read it."
    assert (row.verdicts, row.labels) == ((0.5, 1, 0), (True, True, False))
    assert row.completions[1].splitlines() == [
        "Observation: cat: a.csv: No such file or directory",
        "Action: bash",
        "cat data/a.csv",
    ]


def test_a_step_without_a_verdict_is_counted_and_has_no_label() -> None:
    lost = trajectory(
        step("user", "Fetch it."),
        step("tool_call", "fetch x", tool="fetch", call_id="1"),
        step("tool_result", "Error: connection timed out", tool="fetch", call_id="1"),
        step("assistant", "The network is down."),
    )
    made = step_rows([lost])
    assert made.left_out == {"steps without a verdict": 1}
    assert [row.labels for row in made.rows if isinstance(row, StepRow)] == [(True,)]


def test_a_long_context_keeps_its_beginning_and_its_end() -> None:
    steps = [step("user", "Begin.")]
    for number in range(40):
        steps += [
            step("tool_call", f"cat {number}", tool="bash", call_id=str(number)),
            step("tool_result", f"{number} " + "x" * 2_000, tool="bash", call_id=str(number)),
        ]
    turns = turns_of(trajectory(*steps))
    context = context_of(turns, acts_of(turns)[-1])
    assert context.is_cut
    assert context.messages[0].content == "Begin."
    assert context.messages[-1].content.startswith("38 ")
    assert sum(len(message.content) for message in context.messages) <= LONGEST_CONTEXT
    assert not context_of(turns, acts_of(turns)[1]).is_cut
