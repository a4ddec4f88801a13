"""Fields, arguments, calls and words that decide: told where chance, the mix of tasks and the harness are ruled out."""

import re
from collections.abc import Sequence

import msgspec

from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Outcome, Step, Trajectory
from tests.build import step, trajectory
from tests.mining import lessons

CLOCK = "You look after parcels. The current time is 2031-05-15 15:00:00."


def call(name: str, arguments: dict[str, object], answer: object, *, key: str, failed: bool = False) -> list[Step]:
    text = msgspec.json.encode(arguments).decode()
    shown = answer if isinstance(answer, str) else msgspec.json.encode(answer).decode()
    made = Step(kind="tool_call", text=text, tool=name, arguments=arguments, call_id=key)
    return [made, Step(kind="tool_result", text=shown, tool=name, call_id=key, is_error=failed)]


def said(tool: str, text: str, answer: str, *, key: str) -> list[Step]:
    """A call in plain text."""
    made = Step(kind="tool_call", text=text, tool=tool, call_id=key)
    return [made, Step(kind="tool_result", text=answer, tool=tool, call_id=key, is_error=False)]


def run(n: int, outcome: Outcome | None, *steps: Step, task: int | None = None, model: str = "m1") -> Trajectory:
    made = trajectory(
        step("system", CLOCK),
        step("user", f"Please help me with parcel {n}."),
        *steps,
        task_id=f"t{n if task is None else task}",
        outcome=outcome,
        source=f"{n}-{task}-{model}",
    )
    return msgspec.structs.replace(made, model=model)


def recalled(n: int, outcome: Outcome, record: dict[str, object], *, task: int | None = None) -> Trajectory:
    """A run that reads the record of a parcel and recalls it."""
    name = f"PARCEL{n}"
    return run(
        n,
        outcome,
        *call("find_parcel", {"parcel": name}, {"parcel": name, **record}, key="1"),
        *call("recall_parcel", {"parcel": name, "fee": 20}, "recalled", key="2"),
        *call("send_note", {"to": "me"}, "sent", key="3"),
        task=task,
    )


def rules(*runs: Trajectory) -> set[str]:
    return {f"{item.when}: {item.do}" for item in found(*runs)}


def found(*runs: Trajectory) -> list[Lesson]:
    return [item for item in lessons(*runs, pattern="contrast") if (item.because or "").startswith("With it ")]


def parcels(field: str, good: object, bad: object, *, n: int = 7) -> list[Trajectory]:
    sizes = ("small", "large")
    won = [recalled(at, "success", {field: good, "size": sizes[at % 2]}) for at in range(10, 10 + n)]
    lost = [recalled(at, "failure", {field: bad, "size": sizes[at % 2]}) for at in range(30, 30 + n)]
    return [*won, *lost]


def test_the_value_of_an_earlier_answer_that_decides_is_told_with_both_sides_as_evidence() -> None:
    runs = parcels("insured", "yes", "no")
    assert rules(*runs) == {
        (
            "you are about to call `recall_parcel`: Call `recall_parcel` only where `insured` is `yes` in what "
            "`find_parcel` returned."
        )
    }
    (told,) = found(*runs)
    assert {quote.text for quote in told.evidence if quote.role == "observation"} == {
        '"insured":"yes"',
        '"insured":"no"',
    }
    assert len(told.trajectory_ids) == 14
    assert found(*reversed(runs)) == found(*runs)


def test_a_date_is_held_against_the_clock_and_an_amount_against_the_argument() -> None:
    runs = parcels("sent_at", "2031-05-15T09:30:00", "2031-05-11T09:30:00")
    assert rules(*runs) == {
        (
            "you are about to call `recall_parcel`: Call `recall_parcel` only where `sent_at` is less than a day ago "
            "in what `find_parcel` returned."
        )
    }
    runs = parcels("balance", 35, 5)
    assert rules(*runs) == {
        (
            "you are about to call `recall_parcel`: Call `recall_parcel` only where `balance` is not less than `fee` "
            "in what `find_parcel` returned."
        )
    }


def test_one_of_several_values_that_goes_wrong_is_warned_of() -> None:
    won = [recalled(n, "success", {"state": ("new", "packed", "sent")[n % 3]}) for n in range(10, 19)]
    lost = [recalled(n, "failure", {"state": "lost"}) for n in range(30, 37)]
    assert rules(*won, *lost) == {
        (
            "you are about to call `recall_parcel`: Do not call `recall_parcel` where `state` is `lost` in what "
            "`find_parcel` returned."
        )
    }


def test_a_task_that_is_run_often_counts_once() -> None:
    won = [recalled(n, "success", {"insured": "yes"}, task=n % 2) for n in range(10, 22)]
    lost = [recalled(n, "failure", {"insured": "no"}, task=5 + n % 2) for n in range(30, 42)]
    assert rules(*won, *lost) == set()


def test_few_runs_and_mixed_ones_decide_nothing() -> None:
    assert rules(*parcels("insured", "yes", "no", n=2)) == set()
    mixed = [recalled(n, ("success", "failure")[n % 2], {"insured": ("yes", "no")[n // 2 % 2]}) for n in range(10, 40)]
    assert rules(*mixed) == set()


def test_what_one_model_does_and_another_does_not_is_no_rule() -> None:
    runs = parcels("insured", "yes", "no")
    apart = [msgspec.structs.replace(item, model="m2") if item.outcome == "failure" else item for item in runs]
    assert rules(*apart) == set()


def test_the_same_rule_comes_out_renamed_when_everything_is_renamed() -> None:
    names = {"find": "seek", "recall": "revoke", "parcel": "crate", "insured": "covered", "yes": "aye", "no": "nay"}

    def renamed(text: str) -> str:
        return re.sub(r"[a-z]+", lambda word: names.get(word[0], word[0]), text)

    def other(item: Step) -> Step:
        arguments = None if item.arguments is None else {renamed(key): one for key, one in item.arguments.items()}
        tool = None if item.tool is None else renamed(item.tool)
        return msgspec.structs.replace(item, text=renamed(item.text), tool=tool, arguments=arguments)

    runs = parcels("insured", "yes", "no")
    changed = [msgspec.structs.replace(item, steps=tuple(map(other, item.steps))) for item in runs]
    assert {renamed(rule) for rule in rules(*runs)} == rules(*changed)


def test_the_field_that_goes_with_an_error_is_told_with_the_message() -> None:
    def asked(n: int, weight: str, *, failed: bool) -> Trajectory:
        name, answer = f"PARCEL{n}", f"Error: parcel {n} cannot be moved" if failed else "moved"
        return run(
            n,
            None,
            *call("find_parcel", {"parcel": name}, {"parcel": name, "weight": weight}, key="1"),
            *call("move_parcel", {"parcel": name}, answer, key="2", failed=failed),
        )

    runs = [asked(n, "light", failed=False) for n in range(10, 17)] + [
        asked(n, "heavy", failed=True) for n in range(30, 37)
    ]
    assert rules(*runs) == {
        (
            "you are about to call `move_parcel`, which can fail with “Error: parcel <number> cannot be moved”: Call "
            "`move_parcel` only where `weight` is `light` in what `find_parcel` returned."
        )
    }


def noted(n: int, outcome: Outcome, *before: Step, how: str = "plain", request: str | None = None) -> Trajectory:
    made = run(n, outcome, *before, *call("pay_bill", {"bill": n, "manner": how}, "paid", key="9"))
    if request is None:
        return made
    steps = tuple(msgspec.structs.replace(item, text=request) if item.kind == "user" else item for item in made.steps)
    return msgspec.structs.replace(made, steps=steps)


def test_a_call_made_before_and_words_said_before_are_told_where_they_go_with_success() -> None:
    def check(n: int) -> Sequence[Step]:
        return call("check_total", {"bill": n}, "right", key="1")

    runs = [noted(n, "success", *check(n)) for n in range(10, 17)] + [noted(n, "failure") for n in range(30, 37)]
    assert rules(*runs) == {"you are about to call `pay_bill`: Call `check_total` first."}
    words = step("assistant", "The bill is for you. Do you agree that I pay this bill now?")
    runs = [noted(n, "success", words) for n in range(10, 17)] + [noted(n, "failure") for n in range(30, 37)]
    assert rules(*runs) == {
        "you are about to call `pay_bill`: Say first: “Do you agree that I pay this bill now?”"
    } or rules(*runs) == {"you are about to call `pay_bill`: Say first: “The bill is for you.”"}


def test_calls_in_plain_text_are_told_in_the_form_that_they_have() -> None:
    def moved(n: int, outcome: Outcome, *, lifts: bool) -> Trajectory:
        lift = said("lift", f"lift box {n} with fork 2", "lifted", key="1") if lifts else ()
        return run(n, outcome, *lift, *said("stack", f"stack box {n} on pallet {n}", "done", key="2"))

    runs = [moved(n, "success", lifts=True) for n in range(10, 17)]
    runs += [moved(n, "failure", lifts=False) for n in range(30, 37)]
    assert rules(*runs) == {
        (
            "you are about to call `stack box <number> on pallet <number>`:"
            " Call `lift box <number> with fork <number>` first."
        )
    }


def test_a_call_that_the_tasks_ask_for_and_one_that_failing_runs_make_are_not() -> None:
    def check(n: int) -> Sequence[Step]:
        return call("check_total", {"bill": n}, "right", key="1")

    asked = [noted(n, "success", *check(n), request=f"Check the total of {n}, then pay.") for n in range(10, 17)]
    assert rules(*asked, *(noted(n, "failure") for n in range(30, 37))) == set()
    runs = [noted(n, "failure", *check(n)) for n in range(10, 17)] + [noted(n, "success") for n in range(30, 37)]
    assert rules(*runs) == set()


def test_the_value_of_an_argument_that_decides_is_told_against_the_other_one() -> None:
    runs = [noted(n, "success", how="slow") for n in range(10, 17)] + [
        noted(n, "failure", how="quick") for n in range(30, 37)
    ]
    assert rules(*runs) == {"you are about to call `pay_bill`: Pass `slow` as `manner`, not `quick`."}
