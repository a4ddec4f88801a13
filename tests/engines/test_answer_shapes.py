"""Shapes of answers: what a grammar lets through over a real vocabulary, and what it does not."""

import json
import random

import numpy as np
import pytest

from t2s_local.answer_shapes import CodedLine, Fields, Line, OneOf, grammar_of, schema_of, sources_of
from t2s_local.engines._llamacpp.constraints.grammar import Grammar, Grammars, Vocabulary
from t2s_local.engines._llamacpp.constraints.schema import token_cap
from t2s_local.errors import ModelError

COMMANDS = ("grep -rn \"T O\" src | sed 's/\\d//'", "git pull --rebase origin main")
FIELDS: Fields = {
    "failed": OneOf(choices=(1, 12)),
    "kind": OneOf(choices=("step", "never")),
    "when": Line(longest=30),
    "do": CodedLine(longest=40, sources=COMMANDS),
}
END = 256


@pytest.fixture(scope="module")
def grammars() -> Grammars:
    pieces = [*(bytes([byte]) for byte in range(256)), b"<end>"]
    return Grammars(lambda: Vocabulary(pieces, special=[END], ends=[END], split=lambda text: list(text.encode())))


def is_taken(grammar: Grammar, text: str) -> bool:
    for token in text.encode():
        if not grammar.allows(token):
            return False
        grammar.take(token)
    return True


def answered(**changes: object) -> str:
    return json.dumps({"failed": 12, "kind": "never", "when": "a push is late", "do": "Run it again."} | changes)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"failed": 1, "kind": "step"},
        {"do": "Run `git pull --rebase` first."},
        {"do": "Give `-rn \"T O\"` and `'s/\\d//'` alone."},
    ],
)
def test_numbers_that_exist_and_code_that_is_copied_are_said(grammars: Grammars, answer: dict[str, object]) -> None:
    assert is_taken(grammars.of_text(grammar_of(FIELDS)), answered(**answer))


@pytest.mark.parametrize(
    "answer",
    [
        {"failed": 2},
        {"failed": 121},
        {"kind": "gotcha"},
        {"when": "short"},
        {"when": "in `code` here"},
        {"when": "x" * 31},
        {"do": "Run `git push` first."},
        {"do": "Run `git pull --reb` first."},
        {"do": "Run `origin main grep` first."},
        {"do": "Run `` first."},
    ],
)
def test_nothing_else_can_be_said(grammars: Grammars, answer: dict[str, object]) -> None:
    assert not is_taken(grammars.of_text(grammar_of(FIELDS)), answered(**answer))


def test_random_walks_end_in_json_whose_code_stands_in_a_source(grammars: Grammars) -> None:
    draw = random.Random(5)
    n_coded = 0
    for _ in range(40):
        grammar = grammars.of_text(grammar_of(FIELDS, otherwise={"learned": False}))
        said = bytes(grammar.forced())
        while not grammar.is_over and len(said) < 500:
            allowed = [token for token in np.flatnonzero(grammar.mask()).tolist() if token < 128]
            token = draw.choice([one for one in allowed if one in b'"`'] or allowed)
            grammar.take(token)
            said += bytes([token, *grammar.forced()])
        if grammar.is_over:
            answer = json.loads(said)
            spans = answer.get("do", "").split("`")[1::2]
            assert all(any(span in command for command in COMMANDS) for span in spans)
            n_coded += bool(spans)
    assert n_coded


def test_a_grammar_that_is_none_is_refused_in_one_line(grammars: Grammars) -> None:
    with pytest.raises(ModelError, match=r"^the grammar cannot be used: [^\n]*unknown name[^\n]*$"):
        grammars.of_text("start: nothing")


def test_the_schema_of_a_shape_has_the_same_fields_and_bounds() -> None:
    schema = schema_of(FIELDS)
    assert list(schema["properties"]) == list(FIELDS)  # type: ignore[call-overload]  # a schema is typed as objects
    assert token_cap(schema) > 0


def test_sources_are_lines_that_code_can_be_copied_from() -> None:
    assert sources_of(["a\ngit log\n", "echo `date`", "git log"]) == ("git log",)
