"""Slices are single-intent pieces and together cover every step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2s_local.stages.intake.slices import MAX_STEPS, MOST_PIECES, slice_trajectory
from t2s_local.text.dialogue import is_correction
from t2s_local.values.trajectory import Step, StepKind, Trajectory
from tests.build import step, trajectory

WORK = (step("tool_call", "ls", tool="bash"), step("tool_result", "a", tool="bash"), step("assistant", "Done."))


def requests(run: Trajectory) -> list[str | None]:
    return [piece.request for piece in slice_trajectory(run)]


def test_a_new_request_starts_a_new_slice() -> None:
    run = trajectory(
        step("user", "fix the parser in a.py"), *WORK, step("user", "now write the release notes for the week"), *WORK
    )
    assert requests(run) == ["fix the parser in a.py", "now write the release notes for the week"]


@pytest.mark.parametrize(
    "words",
    ["yes", "ok, go ahead", "thanks!", "no, use the other file instead", "don't touch the tests", "option 2"],
)
def test_replies_and_corrections_stay_in_the_slice_they_are_about(words: str) -> None:
    run = trajectory(step("user", "fix the parser in a.py"), *WORK, step("user", words), *WORK)
    assert len(slice_trajectory(run)) == 1


def test_a_short_answer_to_the_agents_question_stays_in_its_slice() -> None:
    asked = (*WORK[:2], step("assistant", "Which of the two files do you mean?"))
    run = trajectory(step("user", "fix the parser"), *asked, step("user", "the one under src"), *WORK)
    assert len(slice_trajectory(run)) == 1


def test_a_labelled_run_is_one_task_and_stays_whole() -> None:
    steps = (step("user", "book a flight"), *WORK, step("user", "also order a taxi to the airport"), *WORK)
    assert len(slice_trajectory(trajectory(*steps, outcome="success"))) == 1
    assert len(slice_trajectory(trajectory(*steps))) == 2


def test_a_compaction_starts_a_new_slice() -> None:
    run = trajectory(step("user", "fix it"), *WORK, step("summary", "so far: fixed"), *WORK, outcome="success")
    assert len(slice_trajectory(run)) == 2


def test_harness_text_is_no_request() -> None:
    run = trajectory(
        step("user", "fix it"), *WORK, step("system", "<system-reminder>todo list</system-reminder>"), *WORK
    )
    assert requests(run) == ["fix it"]


def test_a_question_of_the_user_is_no_correction() -> None:
    assert not is_correction("what does this function return?")


KINDS: list[StepKind] = ["user", "assistant", "thought", "tool_call", "tool_result", "system", "summary"]
STEPS = st.builds(lambda kind, text: Step(kind=kind, text=text), st.sampled_from(KINDS), st.text(max_size=40))


@given(st.lists(STEPS, max_size=40))
def test_slices_cover_every_step_once_and_in_order(steps: list[Step]) -> None:
    pieces = slice_trajectory(trajectory(*steps))
    assert [item for piece in pieces for item in piece.steps] == steps
    assert len({piece.id for piece in pieces}) == len(pieces)


def test_a_conversation_of_thousands_of_requests_has_few_pieces_and_they_cover_it() -> None:
    turns = [one for n in range(3000) for one in (step("user", f"Now write a page about {n}."), *WORK)]
    pieces = slice_trajectory(trajectory(*turns))
    assert len(pieces) <= MOST_PIECES + len(turns) // MAX_STEPS + 1
    assert sum(piece.stop - piece.start for piece in pieces) == len(turns)
