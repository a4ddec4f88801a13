"""The search for whole values: in order, each once, within bounds of time."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from t2s_local.records.broken.salvage import Lost, SalvagedRecord, pieces
from t2s_local.records.decoding import compact

records = st.dictionaries(st.sampled_from(["type", "id", "text", "n"]), st.text(max_size=8) | st.integers(), min_size=1)


@settings(deadline=None)
@given(values=st.lists(records, min_size=1, max_size=6), gap=st.sampled_from(["", " ", "\n", "\r\n", "\x1e", "\ufeff"]))
def test_objects_one_after_another_are_all_found(values: list[dict[str, object]], gap: str) -> None:
    data = gap.join(map(compact, values)).encode()
    assert [piece.value for piece in pieces(data, set()) if isinstance(piece, SalvagedRecord)] == values


@settings(deadline=None)
@given(data=st.binary(max_size=60) | st.text(alphabet='{}[]",:01a\\ \n\0', max_size=60).map(str.encode))
def test_pieces_are_in_order_and_never_overlap(data: bytes) -> None:
    place = 0
    for piece in pieces(data, set()):
        assert piece.start >= place
        place = piece.stop if isinstance(piece, Lost) else piece.start + 1
    assert place <= len(data)


def test_an_object_in_words_is_no_record() -> None:
    assert not any(isinstance(piece, SalvagedRecord) for piece in pieces(b'retry with {"delay": 3} in a moment', set()))


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":' * 400_000,
        b'{"' * 1_000_000,
        b'{"a":\x01' * 500_000,
        b'{"a":NaN,' * 200_000,
        b'{"a":"\xff",' * 200_000,
        b"[" * 500_000 + b'{"a":',
        b'{"a":[' + b'{"a":1},' * 500_000,
        b'{"a":"' + b"\\n" * 2_000_000,
        b'{"a":' + bytes(20_000_000),
    ],
    ids=["nested", "quotes", "control", "nan", "not-utf8", "lists", "items", "escapes", "zeros"],
)
def test_nothing_that_is_made_to_take_long_does(data: bytes) -> None:
    began = time.perf_counter()
    assert list(pieces(data, {frozenset({"a"})}))
    assert time.perf_counter() - began < 10
