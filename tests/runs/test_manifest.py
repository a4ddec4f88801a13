"""What changed between two tries of one command line is named, files first."""

import msgspec

from t2s_local.runs.manifest import Manifest, differences

BEFORE = Manifest(
    version="1.0",
    inputs=(("a", "1"), ("b", "2")),
    labels=None,
    format=None,
    analyst="llm abc",
    embedder="static 1",
    clusterer="auto",
    writer="template 1",
    min_support=3,
    seed=0,
)


def test_nothing_changed_is_nothing_said() -> None:
    assert differences(BEFORE, BEFORE) == ()


def test_files_that_went_came_and_changed_are_named() -> None:
    after = msgspec.structs.replace(BEFORE, inputs=(("b", "3"), ("c", "4")))
    assert differences(BEFORE, after) == ("a is gone", "b has changed", "c is new")


def test_a_replaced_model_and_a_setting_are_named_with_both_values() -> None:
    after = msgspec.structs.replace(BEFORE, analyst="llm def", min_support=2, labels="9")
    assert differences(BEFORE, after) == (
        "labels was none and is 9",
        "analyst was llm abc and is llm def",
        "min support was 3 and is 2",
    )
