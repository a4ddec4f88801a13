"""What tools do, counted over many runs."""

import json

import pytest

from t2s_local.values.trajectory import Outcome, Step, Trajectory
from tests.build import step, trajectory
from tests.mining import lessons
from tests.recorded import shell


def call(name: str, answer: str, *, key: str, **arguments: object) -> tuple[Step, Step]:
    text = json.dumps(arguments)
    return (
        Step(kind="tool_call", text=text, tool=name, arguments=arguments, call_id=key),
        step("tool_result", answer, tool=name, call_id=key),
    )


def run(number: int, *steps: Step, outcome: Outcome | None = None) -> Trajectory:
    return trajectory(
        step("user", f"parcel {number}"), *steps, task_id=f"t{number}", outcome=outcome, source=f"{number}"
    )


def test_a_refusal_that_states_how_the_domain_works_is_a_rule_in_its_own_words_from_two_runs_on() -> None:
    error = "Error: vouchers cannot pay for insurance"
    refused = [run(n, *call("insure", error, key="1", parcel=f"p{n}")) for n in range(2)]
    (lesson,) = lessons(*refused, pattern="policy")
    assert lesson.do == "Vouchers cannot pay for insurance."
    assert lesson.because == "2 calls in 2 runs were refused with this message"
    assert lessons(refused[0], pattern="policy") == []


def searched(number: int, first: str, second: str, *, outcome: Outcome) -> Trajectory:
    return run(
        number,
        *call("search_parcels", "Error: no parcels found", key="1", query=first),
        *call("search_parcels", "p7", key="2", query=second),
        outcome=outcome,
    )


def test_the_difference_to_the_call_that_passed_is_told_where_it_paid() -> None:
    words = [("red box from Rome", "Rome"), ("blue box of glass", "glass"), ("my old lamp", "lamp")]
    won = [searched(n, *pair, outcome="success") for n, pair in enumerate(words)]
    (lesson,) = lessons(*won, pattern="policy")
    assert lesson.do == "Use fewer words in `query`, one or two that are distinctive."
    lost = [searched(n, *pair, outcome="failure") for n, pair in enumerate(words)]
    assert lessons(*lost, pattern="policy") == []


def test_a_format_is_told_by_the_calls_that_passed() -> None:
    runs = [
        run(
            n,
            *call("book_slot", "Error: unconverted data remains: :00", key="1", start=f"2024-05-1{n} 10:00:00"),
            *call("book_slot", "booked", key="2", start=f"2024-05-1{n} 10:00"),
        )
        for n in range(3)
    ]
    (lesson,) = lessons(*runs, pattern="policy")
    assert lesson.do == "Give `start` as `YYYY-MM-DD HH:MM`; other forms are refused (“Unconverted data remains: :00”)."


def test_what_a_call_lacked_is_pointed_to_where_it_stood_before() -> None:
    runs = [
        run(
            n,
            *call("find_vans", '[{"van": "v1", "free_pallets": 2}]', key="1", day=f"d{n}"),
            *call("load_van", "Error: not enough pallets in van v1", key="2", van="v1"),
        )
        for n in range(3)
    ]
    (lesson,) = lessons(*runs, pattern="policy")
    assert lesson.do == (
        "Check the pallets first, at `free_pallets` in what `find_vans` returns. If the call needs more, do not send"
        " it, since it is then refused (“Not enough pallets in van v1”): tell the user, and ask what they want instead."
    )


def test_where_a_part_of_a_field_counts_the_argument_that_picks_it_is_named_with_all_tools_that_return_it() -> None:
    def loaded(n: int) -> Trajectory:
        vans = '[{"van": "v1", "free_pallets": {"front": 2, "back": 0}}]'
        finder = ("find_vans", "list_vans")[n % 2]
        return run(
            n,
            *call(finder, vans, key="1", day=f"d{n}"),
            *call("load_van", "Error: not enough pallets in van v1", key="2", van="v1", side="back"),
        )

    (lesson,) = lessons(*[loaded(n) for n in range(4)], pattern="policy")
    assert lesson.do.startswith(
        "Check the pallets first, at `free_pallets` for the `side` of the call in what `find_vans` or `list_vans`"
        " returns."
    )


def test_to_ask_once_more_for_what_was_refused_is_no_way_out() -> None:
    runs = [
        trajectory(
            step("user", f"I am customer {n}"),
            step("assistant", "Could you please give me the number of the parcel?"),
            step("user", f"It is {n}."),
            step("tool_result", "Error: parcel not found"),
            step(
                "assistant",
                "I cannot find it. Could you please check the number of the parcel and give it to me again?",
            ),
            source=str(n),
        )
        for n in range(3)
    ]
    assert lessons(*runs, pattern="policy") == []


def test_results_that_are_a_part_are_told_with_the_argument_that_goes_on() -> None:
    def looked(n: int) -> Trajectory:
        shown = "Found 204 rows (showing rows 1-20 of 204)\nrow"
        return run(
            n,
            *call("list_rows", shown, key="1", pattern=f"box {n}", start=0),
            *call("list_rows", "Found 204 rows (showing rows 21-40 of 204)", key="2", pattern=f"box {n}", start=20),
        )

    (lesson,) = lessons(*[looked(n) for n in range(3)], pattern="cut")
    assert lesson.when == "`list_rows` shows the first 20 of more"
    assert "page on with `start`" in lesson.do
    whole = [run(n, *call("list_rows", "(showing rows 1-3 of 3)", key="1", pattern="x")) for n in range(3)]
    assert lessons(*whole, pattern="cut") == []


NEW_TEXT = "def total(items):\n    return sum(item.price for item in items)"


def edited(number: int, answer: str) -> Trajectory:
    edit = (
        step("tool_call", f"edit 1:2\n{NEW_TEXT}", tool="edit", call_id="1"),
        step("tool_result", answer, tool="edit", call_id="1"),
    )
    return run(number, *edit)


def test_an_error_that_is_printed_though_the_edit_was_made_is_told_to_be_ignored() -> None:
    noise = "SyntaxError: future feature lint is not defined"
    (lesson,) = lessons(*[edited(n, f"{noise}\n{NEW_TEXT}") for n in range(3)], pattern="harmless")
    assert lesson.when == f"`edit` prints “{noise}”"
    assert lesson.do.startswith("Do not repeat the `edit`: the change was made all the same.")
    assert lessons(*[edited(n, noise) for n in range(3)], pattern="harmless") == []


def test_a_search_that_another_one_replaces_is_told() -> None:
    def looked(n: int) -> Trajectory:
        return run(
            n,
            *shell(f"find_file Ledger{n}", f"No matches found for Ledger{n}", 0, key="1"),
            *shell(f"grep -rn Ledger{n} shop", f"shop/a.py:3:class Ledger{n}", 0, key="2"),
        )

    (lesson,) = lessons(*[looked(n) for n in range(3)], pattern="elsewhere")
    assert lesson.do == "Look for the same word with `grep`: it finds what `find_file` does not."


def test_a_search_that_looks_at_names_alone_is_told_before_it_is_made() -> None:
    def looked(n: int) -> Trajectory:
        found = f"Found 1 match in /shop/parts:\n/shop/parts/till{n}.py"
        return run(
            n,
            *call("find_file", f"No matches found for Ledger{n}", key="1", file=f"Ledger{n}", folder="depots"),
            *call("search_dir", f"/shop/parts/a.py: class Ledger{n}", key="2", text=f"Ledger{n}"),
            *call("find_file", found, key="3", file=f"till{n}", folder="depots"),
        )

    (lesson,) = lessons(*[looked(n) for n in range(6)], pattern="elsewhere")
    assert lesson.when == "you look for what stands in a file"
    assert lesson.do == ("Use `search_dir`: `find_file` matches only the names of files.")


def test_a_tool_that_only_confirms_is_told_and_one_that_answers_shortly_is_not() -> None:
    def opened(n: int, answer: str) -> Trajectory:
        return run(n, *call("open_ledger", answer, key="1", file=f"ledger{n}"), *call("grep_rows", "r", key="2", q="x"))

    (lesson,) = lessons(*[opened(n, f"* Opened ledger{n}") for n in range(8)], pattern="mute")
    assert lesson.do.startswith("The answer shows no text, only a confirmation")
    assert lesson.do.endswith("Take what you quote from `grep_rows`.")
    assert lessons(*[opened(n, f"{n}.50") for n in range(8)], pattern="mute") == []


def test_a_tool_whose_text_the_agent_goes_on_to_use_shows_it_somewhere_else() -> None:
    def used(n: int) -> Trajectory:
        opening = call("open_ledger", f"* Opened ledger{n}", key="1", file=f"ledger{n}")
        return run(n, *opening, step("assistant", f"The ledger names cust-90{n} and a balance of 4711{n}."))

    assert lessons(*[used(n) for n in range(8)], pattern="mute") == []


def test_scratch_files_in_what_was_handed_in_are_told_and_files_of_the_change_are_not() -> None:
    def submitted(n: int, *, runs_it: bool) -> Trajectory:
        diff = f"diff --git a/try{n}.py b/try{n}.py\nnew file mode 100644\ndiff --git a/shop.py b/shop.py\nindex 1..2"
        tried = shell(f"python try{n}.py", "ok", 0, key="1") if runs_it else ()
        done = (step("tool_call", "submit", tool="submit", call_id="2"), step("tool_result", diff, call_id="2"))
        return run(n, *tried, *done)

    (lesson,) = lessons(*[submitted(n, runs_it=True) for n in range(3)], pattern="left_behind")
    assert lesson.when == "before `submit`"
    assert lesson.because == "3 of 3 patches hold such files"
    assert lessons(*[submitted(n, runs_it=False) for n in range(3)], pattern="left_behind") == []


def queried(number: int, *, looks: bool) -> Trajectory:
    first = [
        step("tool_call", "SHOW TABLES", tool="sql", call_id="1"),
        step("tool_result", "parcel", tool="sql", call_id="1"),
    ]
    answer = "[(3,)]" if looks else "Error: Table 'shop.parcels' doesn't exist"
    query = [
        step("tool_call", f"SELECT a{number} FROM parcel", tool="sql", call_id="2"),
        step("tool_result", answer, tool="sql", call_id="2"),
    ]
    return run(number, *(first if looks else []), *query)


def test_statements_that_fail_on_guessed_names_are_preceded_by_a_look() -> None:
    blind = [queried(n, looks=False) for n in range(12)]
    looking = [queried(100 + n, looks=True) for n in range(12)]
    (lesson,) = lessons(*blind, *looking, pattern="first_failed")
    assert lesson.when == "before the first `SELECT`"
    assert lesson.do.startswith("Look up the names with `SHOW TABLES`: guessed ones")
    assert lesson.because == (
        "The first `SELECT` of 12 of 12 runs that had not looked failed so, and of 0 of 12 that had"
    )


@pytest.mark.parametrize(("wrong", "is_told"), [("put cup 1 on shelf 2", True), ("put cup 1 in/on shelf 2", False)])
def test_the_only_form_in_which_calls_pass_is_told(wrong: str, *, is_told: bool) -> None:
    def put(n: int, text: str, answer: str) -> Trajectory:
        return run(n, step("tool_call", text, tool="put", call_id="1"), step("tool_result", answer, call_id="1"))

    good = [put(n, f"put cup {n} in/on shelf {n % 3}", "You put it down.") for n in range(20)]
    bad = [put(100 + n, wrong, "Error: nothing happens") for n in range(5)]
    told = [lesson.do for lesson in lessons(*good, *bad, pattern="call_form")]
    assert told == (["Write it as `put cup <number> in/on shelf <number>`: no other form works."] if is_told else [])


def test_a_name_out_of_what_an_answer_offers_is_told_where_it_leads_on() -> None:
    def asked(n: int) -> Trajectory:
        offer = f"Could not find [Ledgr {n}]. Similar: ['Ledger {n}', 'Lodger {n}']"
        return run(
            n,
            step("tool_call", f"Look[Ledgr {n}]", tool="Look", call_id="1"),
            step("tool_result", offer, tool="Look", call_id="1"),
            step("tool_call", f"Look[Ledger {n}]", tool="Look", call_id="2"),
            step("tool_result", "A book of accounts.", tool="Look", call_id="2"),
        )

    (lesson,) = lessons(*[asked(n) for n in range(5)], pattern="suggested")
    assert lesson.because == "5 of 5 such calls found something, in 5 runs"


def test_a_rule_in_recordings_without_calls_is_told_with_its_subject() -> None:
    said = "Error: payment method should be either the original payment method or a gift card"
    found = lessons(*(run(n, step("tool_result", said)) for n in range(3)))
    assert [lesson.when for lesson in found if "gift card" in lesson.do] == ["a request turns on the payment method"]


def test_the_forms_of_several_tools_are_one_rule() -> None:
    def sent(n: int, tool: str, text: str, answer: str) -> Trajectory:
        return run(n, step("tool_call", text, tool=tool, call_id="1"), step("tool_result", answer, call_id="1"))

    good = [sent(n, "put", f"put cup {n} in/on shelf {n}", "Done.") for n in range(20)]
    good += [sent(50 + n, "go", f"go to shelf {n}", "You are there.") for n in range(20)]
    bad = [sent(100 + n, "put", f"put cup {n} on shelf", "Error: nothing happens") for n in range(6)]
    bad += [sent(200 + n, "go", f"go shelf {n}", "Error: nothing happens") for n in range(5)]
    (lesson,) = lessons(*good, *bad, pattern="call_form")
    assert lesson.when == "with `put` or `go`"
    assert lesson.do == (
        "Write `put cup <number> in/on shelf <number>` and `go to shelf <number>`: no other form of them works."
    )
