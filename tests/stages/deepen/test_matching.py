"""Which pieces of a skill say what a rule says."""

import msgspec
import pytest

from t2s_local.embedders.static import load
from t2s_local.ports.writer import Background
from t2s_local.skills.patch.page import Page
from t2s_local.stages.deepen.matching import related
from t2s_local.stages.deepen.rules import found_rules
from t2s_local.stages.deepen.units import units_of
from t2s_local.values.cluster import Cluster, ClusterId
from tests.build import lesson

RULE = ("`npm install` fails with “the lockfile is frozen”", "Run `pnpm add` instead of `npm install`.")


@pytest.mark.parametrize(
    ("piece", "is_said"),
    [
        ("When the lockfile is frozen, run `pnpm add`.", True),
        ("When the lockfile is frozen, run `pnpm add` instead of `npm install`.", True),
        ("When the lockfile is frozen, run `npm install`.", False),
    ],
)
def test_a_piece_that_orders_what_a_rule_replaces_does_not_say_the_rule(piece: str, *, is_said: bool) -> None:
    learned = lesson(*RULE, runs=("a", "b", "c"))
    background = Background(lessons={learned.id: learned}, outcomes={}, tasks={})
    cluster = Cluster(id=ClusterId("c"), lesson_ids=(learned.id,), cohesion=1.0, support=3, task_support=3)
    (rule,) = found_rules((), [cluster], background, frozenset())
    assert (set(rule.replaced), set(rule.orders)) == ({"npm install"}, {"pnpm add"})
    units = units_of(Page(path="SKILL.md", text=f"- {piece}\n"), frozenset())
    assert (0 in related(units, [rule], load(None)).says) == is_said


def test_a_piece_in_the_words_of_a_rule_says_it_though_another_rule_forbids_that_in_another_case() -> None:
    pay = lesson("`pay` refuses a voucher", "Pass the gift card as the payment when you call `pay`.", runs=("a", "b"))
    ask = lesson(
        "the gift card is empty", "Do not pass the gift card as the payment when you call `pay`.", runs=("c", "d", "e")
    )
    background = Background(lessons={one.id: one for one in (pay, ask)}, outcomes={}, tasks={})
    clusters = [
        Cluster(id=ClusterId(one.id), lesson_ids=(one.id,), cohesion=1.0, support=3, task_support=3)
        for one in (ask, pay)
    ]
    rules = [
        msgspec.structs.replace(rule, text=rule.line)
        for rule in found_rules((), clusters, background, frozenset({"pay"}))
    ]
    text = f"- When {pay.when}: {pay.do}\n- Always pass the gift card as the payment when you call `pay`.\n"
    units = units_of(Page(path="SKILL.md", text=text), frozenset({"pay"}))
    found = related(units, rules, load(None))
    assert 0 not in found.opposes
    assert rules[found.says[0]].lesson == pay


SEATS = "Where {}, count the seats of `book`. If there are too few, do not send the call again."
PRICE = (
    "`book` fails with “Error: payment amount does not add up, total is 12, but paid 10”",
    "Count the seats and the price, and send the call again.",
)


@pytest.mark.parametrize(
    ("shown", "is_user", "opposes"),
    [
        ("it answers “Not enough seats on flight 7”", False, False),
        ('it answers "Not enough seats on flight 7"', False, False),
        ("it answers “Payment amount does not add up…”", False, True),
        ("it answers “Not enough seats on flight 7”", True, True),
        ("it is of no use", False, True),
    ],
)
def test_runs_that_met_another_message_contradict_no_piece_but_users_may(
    shown: str, *, is_user: bool, opposes: bool
) -> None:
    learned = lesson(*PRICE, runs=("a", "b", "c"))
    cluster = Cluster(id=ClusterId("c"), lesson_ids=(learned.id,), cohesion=1.0, support=3, task_support=3)
    background = Background(lessons={learned.id: learned}, outcomes={}, tasks={})
    (rule,) = found_rules((), [cluster], background, frozenset({"book"}))
    rule = msgspec.structs.replace(rule, text=rule.line, is_said=is_user)
    units = units_of(Page(path="SKILL.md", text=f"- {SEATS.format(shown)}\n"), frozenset({"book"}))
    found = related(units, [rule], load(None))
    assert (0 in found.opposes) == opposes


def test_a_rule_that_names_many_arguments_is_said_by_a_piece_with_the_same_names() -> None:
    do = (
        "Add up `prices` for the `cabin` over the `flights` as `search` shows them, multiply by `passengers`;"
        " `amount` must come to it, with `insurance` as `no`."
    )
    learned = lesson("you are about to call `book`", do, runs=("a", "b", "c"))
    cluster = Cluster(id=ClusterId("c"), lesson_ids=(learned.id,), cohesion=1.0, support=3, task_support=3)
    tools = frozenset({"book", "search"})
    (rule,) = found_rules((), [cluster], Background(lessons={learned.id: learned}, outcomes={}, tasks={}), tools)
    text = f"- Before you call `book`: {do.replace('with `insurance`', 'also with `bags` as `0` and `insurance`')}\n"
    assert related(units_of(Page(path="SKILL.md", text=text), tools), [rule], load(None)).says == {0: 0}
