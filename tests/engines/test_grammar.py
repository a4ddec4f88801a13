"""Schemas: their bounds, and the masks made of them over a real vocabulary."""

import json
import random

import numpy as np
import pytest

from t2s_local.engines._llamacpp.constraints.grammar import Grammar, Grammars, Vocabulary
from t2s_local.engines._llamacpp.constraints.schema import token_cap
from t2s_local.engines._llamacpp.sampling import Sampler, goes_in_circles, log_probability
from t2s_local.errors import ModelError

SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "maxLength": 600},
        "kind": {"enum": ["a", "bb"]},
        "flags": {"type": "array", "items": {"type": "boolean"}, "maxItems": 2},
    },
    "required": ["text", "kind", "flags"],
    "additionalProperties": False,
}


END = 256


LONGER = [b'{"', b'": "', b'", "', b"text", b"kind", b"flags", b"the ", b"line\nfeed", b"\ttab"]
PIECES = [*(bytes([byte]) for byte in range(256)), b"<end>", *LONGER]


def split(text: str) -> list[int]:
    """Tokens of a text: the longest that fits, from the left."""
    data, found = text.encode(), []
    while data:
        fitting = [token for token, piece in enumerate(PIECES) if token != END and data.startswith(piece)]
        found.append(max(fitting, key=lambda token: len(PIECES[token])))
        data = data[len(PIECES[found[-1]]) :]
    return found


@pytest.fixture(scope="module")
def grammars() -> Grammars:
    return Grammars(lambda: Vocabulary(PIECES, special=[END], ends=[END], split=split))


def text_of(tokens: list[int]) -> bytes:
    return b"".join(PIECES[token] for token in tokens)


def inside_a_text(grammars: Grammars) -> Grammar:
    grammar = grammars.of(SCHEMA)
    grammar.forced()
    for token in split('": "'):
        grammar.take(token)
    return grammar


def test_a_cap_is_as_many_tokens_as_the_longest_answer_has_characters() -> None:
    longest = json.dumps({"text": "x" * 600, "kind": "bb", "flags": [False, False]})
    assert len(longest) <= token_cap(SCHEMA) <= len(longest) + 16


def test_a_choice_of_types_is_as_long_as_its_longest() -> None:
    assert token_cap({"type": ["string", "null"], "maxLength": 50}) == 52
    assert token_cap({"anyOf": [{"type": "null"}, {"const": "a longer constant"}]}) == len('"a longer constant"')


@pytest.mark.parametrize(
    "schema",
    [{}, {"type": "string"}, {"type": "array", "items": {"type": "null"}}, {"type": "string", "maxLength": 601}],
)
def test_a_schema_without_bounds_has_no_cap(schema: dict[str, object]) -> None:
    with pytest.raises(ModelError):
        token_cap(schema)


def test_random_walks_under_the_mask_end_in_answers_that_obey(grammars: Grammars) -> None:
    draw = random.Random(3)
    for _ in range(10):
        grammar = grammars.of(SCHEMA)
        said = grammar.forced()
        while not grammar.is_over:
            token = draw.choice(np.flatnonzero(grammar.mask()).tolist())
            assert grammar.allows(token)
            grammar.take(token)
            said += [token, *grammar.forced()]
        answer = json.loads(text_of(said))
        assert len(answer["text"]) <= 600
        assert answer["kind"] in {"a", "bb"}
        assert len(answer["flags"]) <= 2


def test_raw_control_characters_are_never_allowed_in_a_text(grammars: Grammars) -> None:
    grammar = inside_a_text(grammars)
    allowed = np.flatnonzero(grammar.mask()).tolist()
    assert ord("x") in allowed
    assert not [token for token in allowed if any(byte < 0x20 for byte in PIECES[token])]


def test_what_the_mask_refuses_is_refused_one_by_one_too(grammars: Grammars) -> None:
    grammar = inside_a_text(grammars)
    assert [grammar.allows(token) for token in range(len(PIECES))] == grammar.mask().tolist()


def test_the_field_names_need_no_model(grammars: Grammars) -> None:
    assert text_of(grammars.of(SCHEMA).forced()) == b'{"text'


def test_two_answers_under_one_schema_do_not_share_their_place(grammars: Grammars) -> None:
    first, second = grammars.of(SCHEMA), grammars.of(SCHEMA)
    first.forced()
    assert text_of(second.forced()) == b'{"text'


def test_a_schema_nobody_can_obey_is_refused(grammars: Grammars) -> None:
    with pytest.raises(ModelError, match="the schema cannot be used"):
        grammars.of({"type": "object", "properties": {"a": {"type": "nonsense"}}})


def test_without_temperature_the_likeliest_token_is_taken() -> None:
    logits = np.array([0.0, 3.0, 2.9], np.float32)
    assert {Sampler(temperature=0.0, seed=seed).next(logits, None) for seed in range(9)} == {1}


def test_with_temperature_near_tokens_are_drawn_and_far_ones_never() -> None:
    logits = np.array([-9.0, 3.0, 2.9, 2.8], np.float32)
    drawn = {Sampler(temperature=1.0, seed=seed).next(logits, None) for seed in range(60)}
    assert drawn == {1, 2, 3}


def test_a_log_probability_is_that_of_the_softmax() -> None:
    logits = np.array([1.0, 2.0, 3.0], np.float32)
    expected = np.log(np.exp(logits) / np.exp(logits).sum())
    assert [log_probability(logits, token) for token in range(3)] == pytest.approx(expected.tolist(), abs=1e-6)


@pytest.mark.parametrize(
    ("tokens", "circles"),
    [
        ([5] * 96, True),
        ([5] * 95, False),
        ([1, 2, 3] * 32, True),
        (list(range(40)) * 3, True),
        (list(range(40)) * 2 + list(range(39)), False),
        (list(range(65)) * 4, False),
        ([9, 9, 9, *range(200)], False),
        ([*range(50), *([7, 8] * 48)], True),
    ],
)
def test_a_circle_is_one_passage_three_times_and_96_tokens_long(tokens: list[int], circles: bool) -> None:
    assert goes_in_circles(tokens) is circles
