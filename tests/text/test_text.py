"""Texts folded, masked and cut."""

import re

import pytest

from t2s_local.text.text import squeeze


@pytest.mark.parametrize("piece", ["a \n\tb", "  ", "word ", "x\N{EM SPACE} y "])
@pytest.mark.parametrize("before", ["", " ", "abc"])
def test_a_long_text_is_folded_as_a_short_one_is(piece: str, before: str) -> None:
    text = before + piece * (3_000_000 // len(piece))
    assert squeeze(text) == re.sub(r"\s+", " ", text).strip()
