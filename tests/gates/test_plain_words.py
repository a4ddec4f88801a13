"""The gate of level L1 on rules that people wrote in plain words."""

import pytest

from t2s_local.gates._recorded.plain_words import words_of_error
from t2s_local.gates._recorded.probe import probe_of
from t2s_local.values.gates.results import GatedRule
from tests.build import trajectory
from tests.gates.test_recorded import measured
from tests.recorded import shell

ERROR = "Error: payment amount does not add up, total price is 300"


@pytest.mark.parametrize(
    ("situation", "is_found"),
    [
        ("When payments do not add up", True),
        ("If the payment amount does not add up to the price", True),
        ("When the weather is bad", False),
        ("When payments", False),
        ("Payments do not add up", False),
    ],
)
def test_a_condition_in_plain_words_is_the_error_that_has_its_words(situation: str, *, is_found: bool) -> None:
    assert (words_of_error(situation, [ERROR]) is not None) == is_found


def test_a_rule_in_plain_words_catches_what_it_concerns() -> None:
    rule = GatedRule(name="R1", line=1, situation="When payments do not add up", orders=("run `pay --total` again.",))
    failed = [trajectory(*shell("pay", ERROR, 1, key="1"), outcome="failure", task_id="a")]
    paid = (*shell("pay", ERROR, 1, key="1"), *shell("pay --total", "ok", 0, key="2"))
    found = measured([*failed, trajectory(*paid, outcome="success", task_id="b")], rule)
    assert (found.caught.n, found.caught.of, found.contradicts.n, found.contradicts.of) == (1, 1, 0, 1)


def test_a_condition_behind_the_order_is_the_situation() -> None:
    rule = GatedRule(name="R1", line=1, situation="Call look_up before book_seat, for that pays.", orders=())
    probe = probe_of(rule, tools={"look_up", "book_seat"}, programs=())
    assert probe.is_readable
    assert probe.is_before
    assert [sorted(one.tools) for one in probe.occasions] == [["book_seat"]]
    assert [sorted(one.tools) for way in probe.ways for group in way.needed for one in group] == [["look_up"]]


def test_what_is_ordered_without_a_condition_stays_unread() -> None:
    rule = GatedRule(name="R1", line=1, situation="Call look_up.", orders=())
    assert not probe_of(rule, tools={"look_up"}, programs=()).is_readable
