"""``safe`` over all of Unicode: nothing unseen or unruly is left, everything seen is."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2s_local.safety.characters import safe

EVERY = [chr(code) for code in range(sys.maxunicode + 1)]
UNRULY = [
    character for character in EVERY if unicodedata.category(character).startswith("C") and character not in "\n\t\r"
]


def test_no_control_format_private_unassigned_or_surrogate_character_is_left() -> None:
    left = [f"U+{ord(character):04X}" for character in UNRULY if character in safe(f"a{character}b")]
    assert left == []


@pytest.mark.parametrize("category", ["Cc", "Cf"])
def test_all_of_a_category_is_tried(category: str) -> None:
    tried = [character for character in UNRULY if unicodedata.category(character) == category]
    assert len(tried) == sum(unicodedata.category(character) == category for character in EVERY) - 3 * (
        category == "Cc"
    )
    assert safe("".join(tried)).strip("\n") == ""


def test_every_letter_digit_mark_and_sign_that_shows_is_kept() -> None:
    seen = [character for character in EVERY if unicodedata.category(character)[0] in "LNPS"]
    gone = {f"U+{ord(character):04X}" for character in seen if safe(f"1{character}1") == "11"}
    assert gone == {"U+115F", "U+1160", "U+2800", "U+3164", "U+FFA0"}


@given(st.text())
def test_safe_is_idempotent_and_in_normal_form(text: str) -> None:
    once = safe(text)
    assert safe(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(st.text(alphabet="\x1b\x9b\x9d\x9c\x07\\[]0;m52c?a\n\u202e\u200b"))
def test_no_part_of_an_escape_sequence_survives_as_a_control(text: str) -> None:
    assert set(safe(text)) <= set("\\[]0;m52c?a\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]52;c;aGk=\x07x", "x"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9d0;title\x9cx", "x"),
        ("pay\u202e001$\u202c", "pay001$"),
        ("zero\u200bwidth\u2060\ufeff", "zerowidth"),
        ("hi\U000e0068\U000e0069", "hi"),
        ("v\ufe01\U000e0101", "v"),
        ("e\u0301", "é"),
        ("\ue000\udc80", ""),
    ],
)
def test_tricks_are_undone(text: str, shown: str) -> None:
    assert safe(text) == shown
