"""The form of what is handed to tools and given as an answer, over many runs."""

import pytest

from t2s_local.values.trajectory import Trajectory
from tests.analysts.test_tool_kinds import call, run
from tests.build import step
from tests.mining import lessons


def asked(n: int, text: str, *, found: bool) -> Trajectory:
    answer = f"A page about {n}." if found else f"Could not find {text}."
    return run(
        n,
        step("tool_call", f"Look[{text}]", tool="Look", call_id="1"),
        step("tool_result", answer, tool="Look", call_id="1"),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('"Harbour {n}"', "Write what you ask for without quotation marks."),
        ("the old harbour of the town numbered {n}", "Ask with a name of at most two words, not with a description."),
    ],
)
def test_a_form_with_which_searches_come_to_nothing_is_told(text: str, told: str) -> None:
    good = [asked(n, f"Harbour {n}", found=True) for n in range(30)]
    bad = [asked(100 + n, text.format(n=n), found=False) for n in range(12)]
    (lesson,) = lessons(*good, *bad, pattern="argument_form")
    assert (lesson.when, lesson.do) == ("with `Look`", told)
    assert (lesson.because or "").endswith("0 found something, of 30 others 30")


def test_a_form_that_finds_as_much_is_not_told() -> None:
    good = [asked(n, f"Harbour {n}", found=n % 2 == 0) for n in range(30)]
    quoted = [asked(100 + n, f'"Harbour {n}"', found=n % 2 == 0) for n in range(20)]
    assert lessons(*good, *quoted, pattern="argument_form") == []


def test_a_form_may_cost_a_tenth_of_the_searches_that_found_something_and_no_more() -> None:
    good = [asked(n, f"Harbour {n}", found=True) for n in range(60)]
    text = "the old harbour of the town numbered {n}"
    bad = [asked(100 + n, text.format(n=n), found=n % 6 == 0) for n in range(30)]
    (lesson,) = lessons(*good, *bad, pattern="argument_form")
    assert lesson.because == "Of 30 of more than two words 5 found something, of 60 others 60"
    fair = [asked(100 + n, text.format(n=n), found=n % 3 == 0) for n in range(30)]
    assert lessons(*good, *fair, pattern="argument_form") == []


def answered(n: int, text: str, *, right: bool) -> Trajectory:
    return run(
        n,
        *call("find", f"The boat is called Tern {n}.", key="1", boat=f"boat {n}"),
        step("tool_call", f"finish[{text}]", tool="finish", call_id="2"),
        outcome="success" if right else "failure",
    )


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("Tern {n} or Gull", "Decide on one answer: no list and no alternatives, unless several are asked for."),
        ("Tern {n}, Gull, Auk", "Decide on one answer: no list and no alternatives, unless several are asked for."),
        (
            "Tern {n}, Gull",
            (
                "Give only what the question asks for: add no place or explanation after a comma, unless the question"
                " asks for it too."
            ),
        ),
    ],
)
def test_the_form_of_answers_that_are_wrong_is_told_with_the_counts(form: str, told: str) -> None:
    right = [answered(n, f"Tern {n}", right=True) for n in range(30)]
    lists = [answered(100 + n, form.format(n=100 + n), right=False) for n in range(12)]
    found = lessons(*right, *lists, pattern="answer_form")
    assert found[0].when == "you hand in an answer with `finish`"
    assert {lesson.do for lesson in found} <= {
        told,
        "Give the shortest phrase that answers, as a rule at most two words, and no sentence.",
    }
    assert lessons(*right, *[answered(100 + n, f"Tern {n}, Gull", right=True) for n in range(12)]) == []


def stopped(n: int, calls: int, *, ends: bool) -> Trajectory:
    steps = [part for k in range(calls) for part in call("find", f"boat {k}", key=f"{k}", boat=f"b{k}")]
    end = (step("tool_call", "finish[Tern]", tool="finish", call_id="end"),) if ends else ()
    return run(n, *steps, *end, outcome="success" if ends else "failure")


def test_a_harness_that_cuts_runs_off_is_told_with_the_number_of_steps() -> None:
    ended = [stopped(n, 2 + n % 3, ends=True) for n in range(20)]
    cut = [stopped(100 + n, 5, ends=False) for n in range(9)]
    (lesson,) = lessons(*ended, *cut, pattern="limit")
    assert lesson.do == "Call `finish` with the best answer that you have: a run is cut off after step 5."
    assert lesson.because == "9 runs were cut off there, and none is longer"
    longer = stopped(200, 7, ends=True)
    assert lessons(*ended, *cut, longer, pattern="limit") == []


def went(n: int, place: str, *, there: bool) -> Trajectory:
    return run(
        n,
        step("tool_call", "look around", tool="look", call_id="1"),
        step("tool_result", f"You see shelf {n}.", tool="look", call_id="1"),
        step("tool_call", f"walk to {place}", tool="walk", call_id="2"),
        step("tool_result", "You are there." if there else "Error: nothing happens", tool="walk", call_id="2"),
        step("tool_call", f"walk to shelf {n}", tool="walk", call_id="3"),
        step("tool_result", "You are there.", tool="walk", call_id="3"),
    )


def test_calls_that_fail_on_things_nobody_named_are_told() -> None:
    runs = [went(n, f"cellar {n + 1}", there=False) for n in range(25)]
    (lesson,) = lessons(*runs, pattern="unknown_thing")
    assert lesson.when == "with `walk to shelf <number>`"
    assert lesson.do.endswith("guessed ones (`cellar 1` or `cellar 2`) do not exist.")
    assert lesson.because == (
        "25 of 25 calls with a name that no earlier text contained came to nothing, and 0 of 25 calls with a known name"
    )
    assert lessons(*[went(n, f"cellar {n + 1}", there=True) for n in range(25)], pattern="unknown_thing") == []


def stated(n: int, text: str, answer: str) -> Trajectory:
    return run(n, step("tool_call", text, tool="query", call_id="1"), step("tool_result", answer, call_id="1"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("open ledger; read {n}", "Do not begin with `open`: begin with `read`."),
        (
            "take[read {n} of the ledger",
            (
                "Write `take[…]` in one action, with the closing bracket: what is left open is not run"
                " (“Error: no statement”)."
            ),
        ),
    ],
)
def test_a_beginning_that_never_passes_is_told_with_one_that_does(text: str, told: str) -> None:
    good = [stated(n, f"read row {n}", "a row") for n in range(20)]
    bad = [stated(100 + n, text.format(n=n), "Error: no statement") for n in range(7)]
    (lesson,) = lessons(*good, *bad, pattern="beginning")
    assert (lesson.when, lesson.do) == ("with `query`", told)
    assert lessons(*good, *bad[:4], pattern="beginning") == []
    passed = [stated(200 + n, text.format(n=n), "a row") for n in range(3)]
    assert lessons(*good, *bad, *passed, pattern="beginning") == []


def test_where_a_beginning_belongs_is_told_if_statements_that_pass_have_it_inside() -> None:
    good = [stated(n, f"read row {n}:\n    open ledger {n}\n    show", "a row") for n in range(20)]
    bad = [stated(100 + n, f"open ledger {n}; read {n}", "Error: no statement") for n in range(7)]
    (lesson,) = lessons(*good, *bad, pattern="beginning")
    assert lesson.do == "Do not begin with `open`: begin with `read`, and write `open` inside it."


def test_a_limit_that_many_right_answers_break_is_not_told() -> None:
    right = [answered(n, f"Tern {n}" if n % 5 else f"the old Tern {n}", right=True) for n in range(40)]
    wrong = [answered(100 + n, f"a boat of the town {n}", right=False) for n in range(20)]
    told = [lesson.do for lesson in lessons(*right, *wrong, pattern="answer_form")]
    assert not any("two words" in do or "three words" in do for do in told)
    assert any("four words" in do for do in told)
