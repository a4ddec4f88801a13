"""The digest that identifies values by content."""

from hypothesis import given
from hypothesis import strategies as st

from t2s_local.values.value import digest, digest_with


@given(st.lists(st.text(), max_size=3), st.lists(st.text(), max_size=4))
def test_a_part_in_pieces_has_the_digest_of_the_whole_part(parts: list[str], pieces: list[str]) -> None:
    encoded = [piece.encode("utf-8", "surrogatepass") for piece in pieces]
    assert digest_with(*parts, last=lambda: encoded) == digest(*parts, "".join(pieces))
