"""Tests of choosing the runs with the most similar tasks."""

import numpy as np
import pytest

from t2s_local.stages.use.synth.nearest import PastRun, Target, is_same_id, nearest, own_runs

TARGET = Target(text="Refund the order of May", task_id="shop-7")
COSINES = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4)


def test_exactly_the_first_three_are_chosen_and_the_target_itself_is_not() -> None:
    pool = [PastRun(id=f"run-{number}", task=f"task {number}", task_id=f"other-{number}x") for number in range(6)]
    own = PastRun(id="own", task=TARGET.text, task_id="shop-7")
    left = own_runs(TARGET, [own, *pool])
    assert left == {"own"}
    vectors = np.array([[cosine, (1 - cosine**2) ** 0.5] for cosine in COSINES], np.float32)
    found = nearest(pool, np.array([1, 0], np.float32), vectors, k=3)
    assert [run.id for run in found] == ["run-0", "run-1", "run-2"]
    assert [run.similarity for run in found] == pytest.approx([0.9, 0.8, 0.7], abs=1e-4)
    again = nearest(pool[::-1], np.array([1, 0], np.float32), vectors[::-1], k=3)
    assert again == found


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ("shop-7", True),
        ("Shop_7", True),
        ("shop-7-trial-2", True),
        ("sonnet/shop/7", True),
        ("shop-72", False),
        ("shop-8", False),
        ("shop", False),
        ("7", False),
    ],
)
def test_an_id_nearly_like_that_of_the_task_is_the_task(other: str, *, is_same: bool) -> None:
    assert is_same_id("shop-7", other) is is_same
    assert is_same_id(other, "shop-7") is is_same


def test_copies_and_their_kin_are_left_out() -> None:
    pool = [
        PastRun(id="a", task="REFUND the order of  May", task_id="copied-1", conversations=("talk",)),
        PastRun(id="b", task="something else", task_id="copied-1"),
        PastRun(id="c", task="something else again", conversations=("talk",)),
        PastRun(id="d", task="Refund the order of June"),
    ]
    assert own_runs(Target(text="Refund the order of May"), pool) == {"a", "b", "c"}


def test_a_task_inside_of_another_text_is_the_task() -> None:
    long = "Please look up the order of May and refund it to the card it was paid with"
    pool = [
        PastRun(id="a", task=f"You are an agent of a shop. {long}. Answer in one line."),
        PastRun(id="b", task="May"),
    ]
    assert own_runs(Target(text=long), pool) == {"a"}


def test_a_redacted_value_does_not_hide_the_task() -> None:
    pool = [PastRun(id="a", task="Refund <IBAN_2> for what they sent")]
    assert own_runs(Target(text="Refund <IBAN_1> for what they sent"), pool) == {"a"}
