"""Values: the base of all of them."""

import gc

from tests.build import step


def test_the_garbage_collector_need_not_search_values() -> None:
    assert not gc.is_tracked(step("user", "run the tests"))
