"""Calls written as text, labels and numbered fields in unknown layouts: what they are read as, at any length.

The long texts end here at once; an expression that tries every partition of them would not end.
"""

import pytest

from t2s_local.formats._induced.leaves.calls.openings import heads_of
from t2s_local.formats._induced.leaves.calls.written_calls import call_in
from t2s_local.formats._induced.leaves.numbered import NUMBERED, with_numbered_fields

BLANKS = " " * 19_000


@pytest.mark.parametrize(
    "text",
    [
        f"<ul>{'<li>item</li>' * 1_400}</ul>.",
        f"<ul>{'<li>item</li> ' * 1_400}",
        f"a {{{BLANKS}x",
        f"a{BLANKS}x",
        f"a {{}}{BLANKS}x",
    ],
    ids=["children", "open", "brace", "blanks", "after"],
)
def test_a_long_text_that_is_nearly_a_call_is_none(text: str) -> None:
    assert call_in(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "<look>\n <at>4</at> <by>eye</by>\n</look>\n",
        'look => {"at": 4, "by": "eye"}',
        'look ( {"at": 4, "by": "eye"} )\n',
    ],
)
def test_a_call_is_its_name_and_its_arguments(text: str) -> None:
    assert call_in(text) == ("look", {"at": 4, "by": "eye"})


def test_an_element_with_text_after_a_child_is_no_call() -> None:
    assert call_in("<look><at>4</at>now</look>") is None


def test_heads_of_long_words_are_found() -> None:
    word = "aB" * 10_000
    assert heads_of([f"{word}{end} then go" for end in ("_x", "_y", "_x", "_y")]) == {f"{word}_x", f"{word}_y"}


def test_numbered_fields_become_steps_where_the_first_of_them_stood() -> None:
    value = {"id": 7, "said_1": "a", "did_1": "b", "end": "z", "said_2": "c", "did_2": "d"}
    steps = [{"said": "a", "did": "b"}, {"said": "c", "did": "d"}]
    assert list(with_numbered_fields(value).items()) == [("id", 7), (NUMBERED, steps), ("end", "z")]


@pytest.mark.parametrize("twin", ["1_did", "did 1", "did1", "did_01"])
def test_a_value_with_two_fields_for_one_number_stays_as_it_is(twin: str) -> None:
    value = {"said_1": "a", "did_1": "b", twin: "other", "said_2": "c", "did_2": "d"}
    assert with_numbered_fields(value) is value
