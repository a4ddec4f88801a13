"""Texts folded, masked and cut."""

import random
import re

import pytest
import re2

from t2s_local.text.text import (
    Searchable,
    containment,
    has_word,
    jaccard,
    mask,
    overlap_coefficient,
    spoken,
    squeeze,
    with_relative_paths,
)


@pytest.mark.parametrize("piece", ["a \n\tb", "  ", "word ", "x\N{EM SPACE} y "])
@pytest.mark.parametrize("before", ["", " ", "abc"])
def test_a_long_text_is_folded_as_a_short_one_is(piece: str, before: str) -> None:
    text = before + piece * (3_000_000 // len(piece))
    assert squeeze(text) == re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize("text", ["", "plain, 7 \\n lines", "na\u00efve \U0001f600 text"])
def test_a_text_for_a_search_has_the_offsets_of_its_characters(text: str) -> None:
    coded = Searchable(text)
    offset = coded.offsets()
    found = re2.compile("[a-z]+").finditer(coded.data)
    expected = [match.span() for match in re.finditer("[a-z]+", text)]
    assert [(offset(match.start()), offset(match.end())) for match in found] == expected


def test_words_are_the_same_whether_or_not_the_text_has_other_letters() -> None:
    text = "Use the API_v2 of foo-bar, not C3PO's."
    assert spoken(text) == {"use", "the", "api", "v2", "of", "foo", "bar", "not", "c3po", "s"}
    assert spoken(f"{text} 東京へ Straße") == spoken(text) | {"東京", "京へ", "strasse"}


@pytest.mark.parametrize("word", ["room 1", "a_b", "7", "na\u00efve", "."])
@pytest.mark.parametrize(
    "text", ["", "room 1", "room 12, room 1.", "xa_b a_b_ (a_b)", "77 7", "na\u00efvet\u00e9 na\u00efve", ".."]
)
def test_a_word_is_found_where_neither_a_letter_nor_a_digit_goes_on(text: str, word: str) -> None:
    assert has_word(text, word) == bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text))


@pytest.mark.parametrize("empty", [0.0, 1.0])
def test_words_that_two_texts_share_are_counted_in_three_ways(empty: float) -> None:
    one, other = {"a", "b"}, frozenset({"b", "c", "d"})
    assert jaccard(one, other, empty=empty) == 1 / 4
    assert overlap_coefficient(one, other, empty=empty) == 1 / 2
    assert containment(other, one, empty=empty) == 1 / 3
    assert jaccard(set(), set(), empty=empty) == empty
    assert overlap_coefficient(one, set(), empty=empty) == empty
    assert containment(set(), one, empty=empty) == empty
    assert jaccard(set(), one, empty=empty) == containment(one, set(), empty=empty) == 0.0


def test_files_in_relative_folders_are_masked_as_one_expression_says() -> None:
    chance = random.Random(5)
    pieces = [
        "a",
        "b-",
        "-",
        "/",
        "/",
        ".",
        ".py",
        "abc",
        "_",
        " ",
        "//",
        "../",
        "\u00e9",
        "longname",
        "<",
        ":",
        "y/",
        ".x",
    ]
    relative = re.compile(r"\b(?:[\w-]+/)+[\w.-]+\.\w{1,5}\b")
    for _ in range(2_000):
        text = "".join(chance.choices(pieces, k=chance.randint(1, 16)))
        assert with_relative_paths(text) == relative.sub("<path>", text)


@pytest.mark.parametrize("piece", ["a/", "a-", "a-/", "a.b/", "-/", "a."])
def test_a_text_of_many_folders_is_masked_however_long_it_is(piece: str) -> None:
    assert mask(f"/ {piece * 50_000}(").startswith("/ ")


@pytest.mark.parametrize("piece", ["a.", "a.a@", "a@", "-a", "+", "a@b."])
def test_a_text_of_many_parts_of_addresses_is_masked_however_long_it_is(piece: str) -> None:
    assert mask(f"{piece * 50_000} @ x").endswith("@ x")


def test_addresses_of_mail_are_masked_from_their_first_letter() -> None:
    assert mask("to <a.b+c@x.example>, -d@y.example; e@z") == "to <<email>>, -<email>; e@z"
