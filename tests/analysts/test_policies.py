"""Refusals of tools: the rule they state, whose it is, and what is no rule."""

import pytest

from t2s_local.analysts._noted.tools.error_sentences import sentence_of
from t2s_local.values.trajectory import Outcome, Step, Trajectory
from tests.analysts.test_tool_kinds import call, run
from tests.build import step, trajectory
from tests.mining import lessons


def test_a_refusal_that_speaks_of_one_case_is_no_rule() -> None:
    errors = ["Error: the price must be 12, not 30", "Error: the price must be 15, not 31"]
    runs = [run(n, *call("sell", error, key="1", item=f"i{n}")) for n, error in enumerate(errors)]
    assert lessons(*runs, pattern="policy") == []


def test_what_arguments_must_come_to_is_taken_from_the_numbers_that_an_error_names() -> None:
    def paid(n: int, *amounts: int) -> tuple[Step, Step]:
        error = f"Error: payment does not add up, total price is {900 + n}, but paid {sum(amounts)}"
        return call("order", error, key="1", payments=[{"by": "card", "amount": amount} for amount in amounts])

    runs = [run(n, *paid(n, 100 + n, 40)) for n in range(3)]
    (lesson,) = lessons(*runs, pattern="policy")
    assert lesson.when == "you are about to call `order`"
    assert lesson.do == (
        "Work out the total price first: the values of `payments[].amount` must add up to the total price exactly."
    )
    again = [call("order", "done", key="2", payments=[{"by": "card", "amount": 900 + n}]) for n in range(3)]
    (lesson,) = lessons(*[run(n, *paid(n, 100 + n, 40), *again[n]) for n in range(3)], pattern="policy")
    assert lesson.do.endswith("names the right total price: confirm it with the user before you send the call again.")
    assert (lesson.because or "").endswith("3 passed when sent again with the number named")


def test_a_refusal_that_only_compares_numbers_of_one_call_is_no_rule() -> None:
    runs = [run(n, *call("order", "Error: the amount does not match", key="1", amount=n)) for n in range(4)]
    assert lessons(*runs, pattern="policy") == []


def test_a_value_that_an_earlier_answer_held_is_taken_from_it_before_the_call() -> None:
    def ordered(n: int) -> Trajectory:
        return run(
            n,
            *call("get_user", f'{{"cards": ["card_{n}7731"]}}', key="0", user=f"u{n}"),
            *call("order", "Error: no such card", key="1", card=f"card_{n}"),
            *call("order", "done", key="2", card=f"card_{n}7731"),
        )

    (lesson,) = lessons(*[ordered(n) for n in range(3)], pattern="policy")
    assert lesson.when == "you call `order`"
    assert (
        lesson.do == "Take `card` from what `get_user` returned: a value that was made up is refused (“No such card”)."
    )


def test_a_remedy_is_told_of_the_tool_that_it_worked_for() -> None:
    error = "ValueError: only a date of this year can be read, not 'May {}'"
    fixed = [
        run(
            n,
            *call("find_slots", error.format(n), key="1", date=f"May 1{n}"),
            *call("find_slots", "none", key="2", date=f"2024-05-1{n}"),
        )
        for n in range(2)
    ]
    other = run(7, *call("book_slot", error.format(7), key="1", start="May 17"))
    (lesson,) = lessons(*fixed, other, pattern="policy")
    assert lesson.when == "you call `find_slots`"
    assert lesson.do == (
        "Give `date` as `YYYY-MM-DD`; other forms are refused (“Only a date of this year can be read, not '…'”)."
    )


@pytest.mark.parametrize(
    "error", ["time data 'May {}' does not match format '%Y-%m-%d'", "'May {}' must be YYYY-MM-DD"]
)
def test_the_format_that_an_error_names_itself_is_no_lesson(error: str) -> None:
    fixed = [
        run(
            n,
            *call("find_slots", f"ValueError: {error.format(n)}", key="1", date=f"May 1{n}"),
            *call("find_slots", "none", key="2", date=f"2024-05-1{n}"),
        )
        for n in range(3)
    ]
    assert lessons(*fixed, pattern="policy") == []


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        (["Error: no room 12", "Error: no room 12"], "No room 12."),
        (["Error: no room 12", "Error: no room 14"], "No room <number>."),
        (["no file 'a b' here", "no file 'c b' here"], "No file '…' here."),
    ],
)
def test_a_sentence_leaves_open_what_differs_alone(errors: list[str], said: str) -> None:
    assert sentence_of(errors) == said


def test_a_refusal_about_a_day_that_has_passed_says_so() -> None:
    def refused(number: int, day: str) -> Trajectory:
        return trajectory(
            step("system", "The current time is 2024-05-15 15:00:00."),
            step("user", f"parcel {number}"),
            *call("move_parcel", f"Error: no van is free on date {day}", key="1", parcel=f"p{number}", day=day),
            task_id=f"t{number}",
            source=f"{number}",
        )

    (lesson,) = lessons(*[refused(n, f"2024-05-1{n}") for n in range(1, 4)], pattern="policy")
    assert lesson.do.startswith("Where that date has passed, it cannot be changed any more")
    assert (lesson.because or "").endswith("; the date had passed in 3 of them")
    assert lessons(*[refused(n, f"2024-06-1{n}") for n in range(1, 4)], pattern="policy") == []


def test_that_a_part_of_a_call_is_no_way_out_is_told_where_the_runs_that_sent_it_failed() -> None:
    def moved(number: int, outcome: Outcome) -> Trajectory:
        error = "Error: van v1 not free on date 2024-05-12"
        return trajectory(
            step("system", "The current time is 2024-05-15 15:00:00."),
            step("user", f"parcel {number}"),
            *call("move", error, key="1", vans=[{"van": "v1"}, {"van": "v2"}]),
            *call("move", "moved", key="2", vans=[{"van": "v2"}]),
            task_id=f"t{number}",
            outcome=outcome,
            source=f"{number}",
        )

    (lesson,) = lessons(*[moved(n, "failure") for n in range(3)], pattern="policy")
    assert lesson.do.endswith("Do not send the call again with the rest alone: the runs that did failed.")
    (lesson,) = lessons(*[moved(n, "success" if n else "failure") for n in range(3)], pattern="policy")
    assert "the rest alone" not in lesson.do


def test_a_kind_of_value_that_is_always_refused_is_named_beside_those_that_pass() -> None:
    def paid(n: int, by: str, said: str) -> Trajectory:
        return run(n, *call("change_van", said, key="1", van=f"v{n}", payment=by))

    refused = [paid(n, f"voucher_{n}", "Error: voucher cannot pay for a change") for n in range(5)]
    passed = [paid(10 + n, f"card_{n}", "done") for n in range(12)]
    (lesson,) = lessons(*refused, *passed, pattern="policy")
    assert lesson.do == (
        "Pass `card_<number>` as `payment`, not `voucher_<number>`, which is refused:"
        " “Voucher cannot pay for a change”."
    )
    assert "with `voucher_<number>` as `payment` 5 of 5 calls were refused" in (lesson.because or "")


def test_a_value_made_from_the_words_of_the_user_is_told_apart_from_one_made_up() -> None:
    def ordered(n: int) -> Trajectory:
        return trajectory(
            step("user", f"Please pay with my card ending in 77{n}1"),
            *call("get_user", f'{{"cards": ["card_{n}555"]}}', key="0", user=f"u{n}"),
            *call("order", "Error: no such card", key="1", card=f"card_77{n}1"),
            *call("order", "done", key="2", card=f"card_{n}555"),
            task_id=f"t{n}",
            source=str(n),
        )

    (lesson,) = lessons(*[ordered(n) for n in range(1, 4)], pattern="policy")
    assert lesson.do == (
        "Take `card` from what `get_user` returned: one made from what the user says (`card_7711`) is refused"
        " (“No such card”)."
    )


def test_the_kind_of_value_that_all_refused_calls_share_is_the_condition_even_of_two_calls() -> None:
    def paid(n: int, by: str) -> Trajectory:
        shown = call("get_user", f'{{"name": "u{n}", "gift_card": {n}}}', key="0", user=f"u{n}")
        return run(n, *shown, *call("move_van", "Error: gift card balance is not enough", key="1", van="A", payment=by))

    (lesson,) = lessons(paid(1, "gift_card_11"), paid(2, "gift_card_27"), pattern="policy")
    assert lesson.when == "you are about to call `move_van` with `gift_card_<number>` as `payment`"
    assert lesson.do.startswith("Check the gift card balance first")
    (lesson,) = lessons(paid(1, "gift_card_11"), paid(2, "credit_card_27"), pattern="policy")
    assert lesson.when == "you are about to call `move_van`"


def test_what_to_ask_is_taken_from_recordings_that_keep_only_the_answers_of_tools() -> None:
    def asked(n: int, then: str) -> Trajectory:
        return trajectory(
            step("user", f"I am customer {n}, <EMAIL_{n}>"),
            step("tool_result", "Error: user not found"),
            step("assistant", f"I cannot find you{'.' * n} Could you please give me your name and your city?"),
            step("user", "Ada, of Paris."),
            step("tool_result", then),
            source=str(n),
        )

    runs = [asked(n, f"user_{n}" if n else "Error: user not found") for n in range(4)]
    assert lessons(*runs, pattern="policy") == [], "agents ask so anyway"
    runs += [
        trajectory(step("user", f"{n}, <EMAIL>"), step("tool_result", "Error: user not found"), source=f"silent {n}")
        for n in range(2)
    ]
    (lesson,) = lessons(*runs, pattern="policy")
    assert lesson.when == "a tool answers “User not found” to an e-mail address"
    assert lesson.do == "Ask for the name and city, and look up by these."
    assert lesson.because == (
        "7 calls in 6 runs were answered so; in 3 of 4 runs that asked so, the next look-up succeeded"
    )
    assert lessons(*[asked(n, "Error: user not found") for n in range(4)], pattern="policy") == []


def test_a_remedy_says_how_many_of_the_runs_that_tried_it_went_on() -> None:
    def read(n: int, task: str, *, works: bool = True) -> Trajectory:
        error = "Error: no such day"
        first = call("read_log", error, key="1", day=f"May {n + 1}", host="a")
        then = call("read_log", "12 lines" if works else error, key="2", host="a")
        return trajectory(step("user", f"read {n}"), *first, *then, task_id=task, source=f"{n}")

    (lesson,) = lessons(*[read(n, f"t{n}") for n in range(4)], read(10, "v", works=False), pattern="policy")
    assert lesson.do == "Leave out `day`."
    assert (lesson.because or "").endswith("this worked in 4 of the 5 runs that tried it")
