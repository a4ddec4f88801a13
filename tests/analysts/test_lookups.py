"""Values that users cannot state and calls find, in the words and with the apostrophes that people write."""

import pytest

from t2s_local.values.trajectory import Trajectory
from tests.analysts.test_tool_kinds import call
from tests.build import step, trajectory
from tests.mining import lessons


def lacked(words: str) -> Trajectory:
    return trajectory(
        step("user", "I want to change my parcel."),
        step("assistant", "Which one?"),
        step("user", words),
        *call("get_customer", "parcels: p7, p8", key="1", customer="c1"),
        *call("get_parcel", "parcel p7 to Rome", key="2", parcel_id="p7"),
    )


@pytest.mark.parametrize(
    "words",
    [
        "I don't have the parcel ID.",
        "I don’t have the parcel id handy.",
        "I can’t remember my parcel ID",
        "- Customer: c1\n- Parcel ID: I don't have it handy, please look it up",
    ],
)
def test_a_value_that_the_user_lacks_is_told_with_the_calls_that_find_it(words: str) -> None:
    (lesson,) = lessons(lacked(words), pattern="recovery")
    assert lesson.when == "the user does not have the parcel ID"
    assert lesson.do == (
        "The `customer` is enough, so do not ask for it again: list the parcels with `get_customer`, and open each with"
        " `get_parcel` until one fits."
    )


def test_a_value_that_the_user_states_is_not() -> None:
    assert lessons(lacked("The parcel ID is p7, and I don't like it."), pattern="recovery") == []
