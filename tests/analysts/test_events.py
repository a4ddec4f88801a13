"""Calls that were never made are no events."""

import pytest

from t2s_local.stages.intake.slices import slice_all
from t2s_local.text.events import events_of
from t2s_local.values.trajectory import Step
from tests.build import step, trajectory
from tests.mining import lessons, refusals


def beside(words: str) -> list[Step]:
    """A build that was asked for beside a call that failed, its result, and the build that then passed."""
    return [
        step("user", "build it"),
        step("tool_call", "cat NOTES", tool="Bash", call_id="1"),
        step("tool_call", "pnpm build --filter docs", tool="Bash", call_id="2"),
        step("tool_result", "cat: NOTES: No such file or directory", call_id="1", is_error=True),
        step("tool_result", words, call_id="2", is_error=True),
        step("tool_call", "pnpm build --filter docs --silent", tool="Bash", call_id="3"),
        step("tool_result", "built", call_id="3"),
    ]


@pytest.mark.parametrize(
    "words",
    [
        "<tool_use_error>Sibling tool call errored</tool_use_error>",
        "<tool_use_error>Cancelled: parallel tool call Bash(cat NOTES) errored</tool_use_error>",
        "Tool call skipped because an earlier call in the same batch failed.",
        "Error: this command was not executed since another one failed",
        "canceled",
        "The operation was cancelled by the user",
        "[Request interrupted by user for tool use]",
        "The user rejected this tool call.",
        "Not attempted: the first call of the batch failed",
    ],
)
def test_a_call_that_was_never_made_teaches_nothing_and_is_counted(words: str) -> None:
    run = trajectory(*beside(words))
    assert [lesson.when for lesson in lessons(run) if "pnpm" in lesson.when] == []
    assert refusals(run)["call that was never made"] == 1


@pytest.mark.parametrize(
    "words",
    [
        "pnpm: error: unknown option: filter",
        "error TS2304: the command name was skipped by the parser",
        "Build failed: 3 steps were skipped, one was aborted",
        "permission denied: docs",
    ],
)
def test_a_call_that_failed_by_itself_is_learned_from(words: str) -> None:
    run = trajectory(*beside(words))
    assert "call that was never made" not in refusals(run)


def test_output_of_a_call_that_passed_may_speak_of_what_was_skipped() -> None:
    steps = beside("Skipped: nothing changed")
    steps[4] = step("tool_result", "Skipped: nothing changed", call_id="2", is_error=False)
    assert "call that was never made" not in refusals(trajectory(*steps))


def test_results_without_ids_belong_to_the_oldest_calls_that_have_none_yet() -> None:
    calls = [step("tool_call", f"run {n}", tool="bash", call_id=str(n)) for n in range(4)]
    results = [step("tool_result", "1", call_id="1"), *(step("tool_result", one) for one in ("0", "2", "3"))]
    (piece,) = slice_all([trajectory(*calls, *results)])
    assert [(event.action, event.output) for event in events_of(piece)] == [(f"run {n}", str(n)) for n in range(4)]
