"""Words of a recording never end our quotation, and never read as a count of ours."""

import pytest

from t2s_local.skills.markdown import front_matter, prose
from t2s_local.text.text import quoted

MARKS = "“”„‟″‶ʺˮ״❝❞〝〞〟＂"


@pytest.mark.parametrize("mark", MARKS)
def test_no_mark_inside_ends_a_quotation(mark: str) -> None:
    assert quoted(f"a {mark} b") == '“a " b”'


def test_text_without_such_marks_stays_as_it_is() -> None:
    assert quoted('it\'s "x" ‘y’ «z»') == '“it\'s "x" ‘y’ «z»”'


@pytest.mark.parametrize("text", ["(R9: 90 runs)", "x (R1:  3 runs) y", "(R12: 1 run)", "(R9 : 90 runs)"])
def test_what_looks_like_a_count_of_ours_is_none(text: str) -> None:
    assert ": " not in prose(text)
    assert "runs)" in front_matter("a", text, {}) or "run)" in front_matter("a", text, {})
    assert "(R9: 90 runs)" not in front_matter("a", text, {})


def test_other_words_in_brackets_stay() -> None:
    assert prose("(R: 90 runs) (a: 1 run)") == "(R: 90 runs) (a: 1 run)"
