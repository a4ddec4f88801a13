"""Totals that a call must state: the formula behind them is found in earlier results and in the call's arguments."""

import json
from collections.abc import Mapping

import pytest

from t2s_local.analysts._noted.tools.totals.parts import Results
from t2s_local.stages.intake.slices import slice_all
from t2s_local.text.events import events_of
from t2s_local.values.trajectory import Trajectory
from tests.analysts.test_tool_kinds import call, run
from tests.mining import lessons


def shipped(
    n: int,
    prices: list[int],
    *,
    boxes: int,
    old: int | None = None,
    rush: str = "no",
    extra: int = 0,
    more: Mapping[str, object] | None = None,
) -> Trajectory:
    """Return a run that ships parcels: the price of their class, times the boxes, and what *rush* adds.

    *more* are further arguments of the call.
    With *old* the first call gives a sum of old prices, and is refused.
    """
    parcels = [{"parcel": f"par-{n}-{at}"} for at in range(len(prices))]
    quotes = [
        {**parcel, "rates": {"slow": price, "fast": price + 7}} for parcel, price in zip(parcels, prices, strict=True)
    ]
    asked = call("quote", json.dumps(quotes), key="1", to="Oslo")
    right = sum(prices) * boxes + extra
    order: dict[str, object] = {
        "speed": "slow",
        "rush": rush,
        "parcels": parcels,
        "boxes": [f"b{at}" for at in range(boxes)],
    }
    order |= more or {}
    first = []
    if old is not None:
        bills = [{**parcel, "bill": old} for parcel in parcels]
        given = old * len(parcels) * boxes
        refused = f"Error: payment does not add up, total price is {right}, but paid {given}"
        first = [
            *call("get_bill", json.dumps(bills), key="0", id=f"k{n}"),
            *call("ship", refused, key="2", **order, payments=[{"by": "card", "amount": given}]),
        ]
    paid = [{"by": "card", "amount": right - 1}, {"by": "gift", "amount": 1}]
    return run(n, *asked, *first, *call("ship", "shipped", key="3", **order, payments=paid))


def test_a_total_is_told_with_the_formula_that_explains_it() -> None:
    refused = [shipped(n, [20 + n, 31], boxes=2, old=11 + n) for n in range(3)]
    accepted = [shipped(3 + n, [40 + 3 * n], boxes=1 + n) for n in range(3)]
    (lesson,) = lessons(*refused, *accepted, pattern="policy")
    assert lesson.do == (
        "Work out the total price first: add up `rates` for the `speed` of the call over the `parcels`, as `quote`"
        " shows them now (not `bill` in what `get_bill` shows), multiply by the number of `boxes`; the values of"
        " `payments[].amount` must add up to it. Recorded totals show this for `rush` `no` only: with another value"
        " there, add what that costs. A refusal names the right total price: confirm it with the user before you send"
        " the call again."
    )
    assert "right for 6 of 6 totals; 3 runs gave the other sum" in (lesson.because or "")


def test_an_extra_is_told_with_its_amount_when_several_runs_show_it() -> None:
    runs = [shipped(n, [20 + n, 31], boxes=2, old=11 + n) for n in range(3)]
    runs += [shipped(3 + n, [40 + 3 * n], boxes=1 + n, rush="yes", extra=15) for n in range(3)]
    (lesson,) = lessons(*runs, pattern="policy")
    assert "multiply by the number of `boxes`, and add 15 if `rush` is `yes`; the values" in lesson.do
    assert "Recorded totals show" not in lesson.do


def test_an_extra_of_one_run_is_told_as_what_the_only_such_call_came_to() -> None:
    runs = [shipped(n, [20 + n, 31], boxes=2, old=11 + n) for n in range(12)]
    (lesson,) = lessons(*runs, shipped(12, [90], boxes=1, rush="yes", extra=15), pattern="policy")
    assert "add what that costs (15 more in the only call with `rush` `yes`). A refusal" in lesson.do
    assert "right for 12 of 13 totals; one with `rush` `yes` came to 15 more; 12 runs" in (lesson.because or "")


def test_a_total_without_a_formula_is_told_without_one() -> None:
    runs = [shipped(n, [20 + n, 31], boxes=2, old=11 + n, extra=n * n + 1) for n in range(6)]
    (lesson,) = lessons(*runs, pattern="policy")
    assert lesson.do.startswith("Work out the total price first: the values of `payments[].amount` must add up to")


def test_results_that_are_nested_deeply_are_read_to_the_end() -> None:
    inner: object = {"parcel": "par-0-0", "rates": {"slow": 3}}
    for _ in range(300):
        inner = {"page": [inner]}
    asked = call("quote", json.dumps(inner), key="1", to="Oslo")
    order = {"speed": "slow", "parcels": [{"parcel": "par-0-0"}], "payments": [{"by": "card", "amount": 3}]}
    assert lessons(run(0, *asked, *call("ship", "shipped", key="2", **order)), pattern="policy") == []


@pytest.mark.parametrize("number", ["1" + "0" * 400, "NaN", "1e999", "-Infinity", "1.7e308"])
def test_numbers_that_no_float_can_be_leave_their_total_unknown_and_no_other(number: str) -> None:
    odd = json.loads(number)
    orders = {"speed": "slow", "parcels": [{"parcel": "par-9-0"}, {"parcel": "par-9-1"}], "boxes": ["b0"], "odd": odd}
    prices = [{**parcel, "rates": {"slow": odd}, "bill": odd} for parcel in orders["parcels"]]
    refused = f"Error: payment does not add up, total price is {'9' * 400}, but paid 20"
    steps = (
        *call("quote", json.dumps(prices), key="1", to="Oslo"),
        *call("ship", refused, key="2", **orders, payments=[{"by": "card", "amount": 20}]),
        *call("ship", "shipped", key="3", **orders, payments=[{"by": "card", "amount": 20}]),
        *call("ship", "shipped", key="4", **orders, payments=[{"by": "card", "amount": odd}, {"amount": odd}]),
    )
    runs = [shipped(n, [20 + n, 31], boxes=2, old=11 + n) for n in range(12)]
    (lesson,) = lessons(*runs, run(12, *steps), pattern="policy")
    assert "right for 12 of 12 totals" in (lesson.because or "")


@pytest.mark.parametrize(
    ("second", "limits"), [(12345678, "`budget` `12345678` and `rush` `no`"), (12345691, "`rush` `no`")]
)
def test_long_numbers_are_told_and_compared_with_all_their_digits(second: int, limits: str) -> None:
    budgets = [12345678, second]
    runs = [shipped(n, [20 + n, 31], boxes=2, old=11 + n, more={"budget": budgets[n % 2]}) for n in range(12)]
    more = {"budget": budgets[0]}
    (lesson,) = lessons(*runs, shipped(12, [90], boxes=1, rush="yes", extra=1250000, more=more), pattern="policy")
    assert f"Recorded totals show this for {limits} only" in lesson.do
    assert "(1250000 more in the only call" in lesson.do
    assert "came to 1250000 more" in (lesson.because or "")


def test_of_many_extras_those_that_most_runs_show_are_tried() -> None:
    rare = [{f"a{at:02}": True for at in range(12)} if n < 2 else {} for n in range(8)]
    runs = [shipped(n, [20 + n, 31], boxes=2, old=11 + n) for n in range(3)]
    runs += [
        shipped(3 + n, [40 + 3 * n], boxes=1 + n, rush="yes", extra=1250000, more=more) for n, more in enumerate(rare)
    ]
    (lesson,) = lessons(*runs, pattern="policy")
    assert "and add 1250000 if `rush` is `yes`; the values" in lesson.do


def test_a_result_is_parsed_once_for_all_later_calls() -> None:
    steps = [one for n in range(4) for one in call("quote", json.dumps([{"parcel": f"par-{n}"}]), key=f"{n}")]
    (piece,) = slice_all([run(0, *steps)])
    events = events_of(piece)
    results = Results(events)
    first, second = ([record for _, record in results.before(event)] for event in events[2:])
    assert [record["parcel"] for record in second] == ["par-2", "par-1", "par-0"]
    assert all(one is other for one, other in zip(first, second[1:], strict=True))
    assert list(results.before(events[0])) == []
