"""Pieces of a skill that forbid what a rule learned from runs orders."""

from collections.abc import Sequence

import msgspec
import pytest

from t2s_local.embedders.static import load
from t2s_local.ports.writer import Background
from t2s_local.skills.patch.page import Page
from t2s_local.stages.deepen.countermands import countermanded
from t2s_local.stages.deepen.matching import related
from t2s_local.stages.deepen.rules import REQUESTED, FoundRule, found_rules
from t2s_local.stages.deepen.units import units_of
from t2s_local.values.cluster import Cluster, ClusterId
from tests.build import lesson

TOOLS = frozenset({"list_orders", "get_order_details", "refund_order"})
ORDERS = ("the customer does not have the order number", "List the orders with `list_orders` and open each to find it.")
LINT = ("you are about to commit in this project", "Run `npm run lint`.")


def rule(when: str, do: str, *, pattern: str | None = None) -> FoundRule:
    learned = lesson(when, do, runs=("a", "b", "c"))
    learned = learned if pattern is None else msgspec.structs.replace(learned, pattern=pattern)
    background = Background(lessons={learned.id: learned}, outcomes={}, tasks={})
    cluster = Cluster(id=ClusterId("c"), lesson_ids=(learned.id,), cohesion=1.0, support=3, task_support=3)
    (found,) = found_rules((), [cluster], background, TOOLS)
    return msgspec.structs.replace(found, text=f"When {when}: {do}")


def forbids(piece: str, rules: Sequence[FoundRule]) -> bool:
    units = units_of(Page(path="SKILL.md", text=f"- {piece}\n"), TOOLS)
    cosines = related(units, rules, load(None)).cosines
    return countermanded(units, rules, TOOLS, cosines=cosines) == {0: 0}


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ("Ask the customer for the order number; never look it up.", True),
        ("Never look up the order number for a customer.", True),
        ("Do not call `list_orders`.", True),
        ("Never list orders.", True),
        ("If the customer does not have the order number, do not look it up: end the call.", True),
        ("Do not look it up when the customer does not have the order number.", True),
        ("Never look up the price of an order.", False),
        ("Never refund orders.", False),
        ("Never call `list_orders` before the customer is identified.", False),
        ("When the customer wants a refund, do not call `list_orders`.", False),
        ("Never guess the order number.", False),
        ("Look up the order number; never send the customer away.", False),
        ("When the customer does not have the order number, list the orders with `list_orders`.", False),
    ],
)
def test_what_a_rule_orders_a_tool_for(piece: str, *, expected: bool) -> None:
    assert forbids(piece, [rule(*ORDERS)]) == expected


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ("Never run the linter.", True),
        ("Do not run `npm run lint`.", True),
        ("Never run `npm run lint --fix`.", False),
        ("Never run the tests.", False),
        ("If the build is broken, never run the linter.", False),
    ],
)
def test_what_a_rule_orders_a_command_for(piece: str, *, expected: bool) -> None:
    assert forbids(piece, [rule(*LINT)]) == expected


def test_a_piece_in_the_words_of_a_rule_and_a_rule_in_no_skill_speak_against_nothing() -> None:
    learned = rule(*LINT)
    kept = f"{learned.text} Never run the linter."
    assert not forbids(kept, [learned])
    assert not forbids("Never run the linter.", [msgspec.structs.replace(learned, text=None)])


WISH = (
    "before a change is called done",
    "Add tests without being asked, in files like `*_test.go`: users had to ask for it (“can we add tests?”).",
)


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ("Never add tests unless asked.", True),
        ("Do not add tests unless the user explicitly requests them.", True),
        ("Don't add tests without permission.", True),
        ("Do not add tests.", True),
        ("Never add files unless asked.", False),
        ("Never add dependencies unless asked.", False),
        ("Never delete tests unless asked.", False),
        ("Never add tests that need the network.", False),
        ("Never add tests before the build passes.", False),
        ("Never add slow tests unless asked.", False),
        ("Never ask users.", False),
        ("When you fix a typo, do not add tests.", False),
    ],
)
def test_users_who_ask_again_and_again_contradict_a_prohibition_of_the_same_action(
    piece: str, *, expected: bool
) -> None:
    assert forbids(piece, [rule(*WISH, pattern=REQUESTED)]) == expected
    assert not forbids(piece, [rule(*WISH)])


def test_what_a_request_lifts_contradicts_no_other_rule() -> None:
    assert not forbids("Never run `npm run lint` unless asked.", [rule(*LINT)])
