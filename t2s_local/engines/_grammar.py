"""Answers that obey a JSON schema: what may come next, and how long an answer can get.

llguidance computes the masks; decision 0402 compares it with llama.cpp's own grammars.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from t2s_local.errors import ModelError

if TYPE_CHECKING:
    import llguidance
    import numpy as np
    from numpy.typing import NDArray

    from t2s_local.engines._llama import Model

MAX_FIELD = 600
"""Longest text a field may have: longer ones are where small models begin to loop."""
_MAX_ITEMS = 64
_NUMBER_CHARACTERS = 24


class Grammars:
    """Makes the grammar of a schema, once a schema, for one model."""

    def __init__(self, model: "Model") -> None:
        """Prepare the vocabulary when the first schema comes: a second for 150,000 tokens."""
        self._model = model
        self._tokenizer: llguidance.LLTokenizer | None = None
        self._made: dict[str, llguidance.LLMatcher] = {}

    def of(self, schema: dict[str, object]) -> "Grammar":
        """A grammar for one answer.

        Raises:
            ModelError: the schema cannot be turned into a grammar.
        """
        import llguidance
        from llguidance.llamacpp import lltokenizer_from_vocab

        key = json.dumps(schema)
        if key not in self._made:
            if self._tokenizer is None:
                self._tokenizer = lltokenizer_from_vocab(self._model.vocabulary, eos_token=sorted(self._model.ends))
            # One spelling of the white space, that of json.dumps: fewer choices, more tokens that need no model.
            grammar = llguidance.LLMatcher.grammar_from_json_schema(
                key, overrides={"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
            )
            matcher = llguidance.LLMatcher(self._tokenizer, grammar, log_level=0)
            if matcher.is_error():
                message = f"the schema cannot be used: {matcher.get_error().strip()}"
                raise ModelError(message)
            self._made[key] = matcher
        return Grammar(self._made[key].deep_copy(), self._model.n_vocab)


class Grammar:
    """Where one answer stands in its schema."""

    def __init__(self, matcher: "llguidance.LLMatcher", n_vocab: int) -> None:
        """Start at the beginning of the answer."""
        self._matcher = matcher
        self._n_vocab = n_vocab

    def allows(self, token: int) -> bool:
        """Whether *token* may come next: far cheaper than the mask, and the usual case."""
        return self._matcher.validate_tokens([token]) == 1

    def mask(self) -> "NDArray[np.bool_]":
        """Which tokens may come next. Shape ``(n_vocab,)``."""
        import numpy as np

        bits = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        return np.unpackbits(bits, bitorder="little")[: self._n_vocab].view(np.bool_)

    def take(self, token: int) -> None:
        """Go on with *token*, which is allowed."""
        self._matcher.consume_token(token)

    def forced(self) -> list[int]:
        """The tokens that must come next, whatever the model thinks; taken at once."""
        tokens = self._matcher.compute_ff_tokens()
        self._matcher.consume_tokens(tokens)
        return tokens

    @property
    def is_over(self) -> bool:
        """Whether the answer is complete."""
        return self._matcher.is_stopped()


def token_cap(schema: dict[str, object]) -> int:
    """Tokens that are enough for any answer under *schema*: as many as it may have characters.

    Raises:
        ModelError: a field has no bound, or one above 600 characters.
    """
    return _characters(schema, "$")


def _characters(schema: dict[str, object], place: str) -> int:
    choices = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if isinstance(choices, list):
        return max(len(json.dumps(choice)) for choice in choices)
    match schema.get("type"):
        case "string":
            return 2 + _bound(schema, "maxLength", place, MAX_FIELD)
        case "integer" | "number":
            return _NUMBER_CHARACTERS
        case "boolean" | "null":
            return len("false")
        case "array":
            item = _characters(_child(schema, "items", place), f"{place}[]")
            return 2 + _bound(schema, "maxItems", place, _MAX_ITEMS) * (item + 2)
        case "object":
            fields = _child(schema, "properties", place)
            sizes = (
                len(json.dumps(name)) + 4 + _characters(_object(field, f"{place}.{name}"), f"{place}.{name}")
                for name, field in fields.items()
            )
            return 2 + sum(sizes)
    branches = schema.get("anyOf")
    if isinstance(branches, Sequence):
        return max(_characters(_object(branch, place), place) for branch in branches)
    message = f"the schema has no usable type at {place}"
    raise ModelError(message)


def _bound(schema: dict[str, object], key: str, place: str, highest: int) -> int:
    value = schema.get(key)
    if not isinstance(value, int) or not 0 <= value <= highest:
        message = f"the schema wants {key} of at most {highest} at {place}"
        raise ModelError(message)
    return value


def _child(schema: dict[str, object], key: str, place: str) -> dict[str, object]:
    return _object(schema.get(key), f"{place}.{key}")


def _object(value: object, place: str) -> dict[str, object]:
    if not isinstance(value, dict):
        message = f"the schema has no object at {place}"
        raise ModelError(message)
    return cast("dict[str, object]", value)
