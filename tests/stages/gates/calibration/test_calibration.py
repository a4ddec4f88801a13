"""A judge of skills is calibrated before it judges."""

import re

import pytest

from t2s_local.engines.scripted import load
from t2s_local.ports.engine import Request
from t2s_local.stages.gates.calibration.calibration import calibrate, judged
from t2s_local.stages.gates.calibration.pairs import DEFECTS, judged_pairs


def test_there_are_twenty_pairs_that_differ_by_their_defect_alone() -> None:
    pairs = judged_pairs()
    assert len(pairs) == 20
    assert {pair.defect for pair in pairs} == {*DEFECTS}
    assert len({(pair.whole, pair.damaged) for pair in pairs}) == 20
    assert all("because" not in pair.damaged for pair in pairs if pair.defect == "cause")
    assert all("Never" not in pair.damaged for pair in pairs if pair.defect == "never")


@pytest.mark.parametrize(("right", "p_value", "verdict"), [(15, 0.0207, "passes"), (14, 0.0577, "fails")])
def test_fifteen_of_twenty_pass_and_fourteen_do_not(right: int, p_value: float, verdict: str) -> None:
    found = judged("a judge", n=20, n_right=right)
    assert (round(found.p_value, 4), found.verdict) == (p_value, verdict)


def test_a_judge_that_lets_nearly_half_through_fails_however_sure_it_is() -> None:
    found = judged("a judge", n=1000, n_right=550)
    assert (found.p_value < 0.05, found.let_through, found.verdict) == (True, 0.45, "fails")


def longer(request: Request) -> str:
    """Name the longer skill: it has the cause, and the list of prohibitions."""
    one, other = re.split(r"\n\nSkill B\n", request.prompt)
    return '{"better": "A"}' if len(one) > len(other) else '{"better": "B"}'


def test_a_judge_is_asked_in_both_orders() -> None:
    found = calibrate(load(longer))
    counts = {one.defect: one.n_right for one in found.defects}
    assert (counts["cause"], counts["never"]) == (5, 5)
    first = calibrate(load(lambda _: '{"better": "A"}'))
    assert (first.n_right, first.n_first, first.verdict) == (0, 40, "fails")


def test_an_answer_that_names_no_skill_is_counted_and_not_right() -> None:
    found = calibrate(load(["both are fine"]))
    assert (found.n_unread, found.n_right, found.let_through) == (40, 0, 1.0)
