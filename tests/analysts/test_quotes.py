"""Quotes of lessons: verbatim, and of whole words."""

import pytest

from t2s_local.analysts._lessons import quote
from tests.build import step, trajectory

RUN = trajectory(step("tool_result", "Found 27 matches across 1 files (showing 1-20)"))
LONG = trajectory(step("tool_result", "x" * 900))


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        ("ross 1 files (show", "across 1 files (showing"),
        ("across 1 files", "across 1 files"),
        ("Found 2", "Found 27"),
        (" matches ", "matches"),
        ("(showing 1-20)", "(showing 1-20)"),
    ],
)
def test_a_word_that_a_quote_would_cut_is_quoted_whole(said: str, whole: str) -> None:
    assert quote(RUN, 0, said, role="observation").text == whole


def test_a_text_without_words_is_cut_where_it_is_long() -> None:
    assert len(quote(LONG, 0, "x" * 900, role="observation").text) == 400
