"""Grammars that decide which tokens may come next, from a JSON schema or from a grammar in the request.

llguidance computes the masks; decision 0402 compares it with llama.cpp's own grammars.
"""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from t2s_local.errors import ModelError

if TYPE_CHECKING:
    import llguidance
    import numpy as np
    from numpy.typing import NDArray


class Vocabulary:
    """A vocabulary with the attributes and the call that llguidance expects."""

    def __init__(
        self, tokens: Sequence[bytes], *, special: Sequence[int], ends: Sequence[int], split: Callable[[str], list[int]]
    ) -> None:
        """Describe a vocabulary.

        Args:
            tokens: The bytes of every token.
            special: Ids of the tokens that are not text.
            ends: Ids of the special tokens that end an answer, at least one.
            split: The tokenizer: returns the token ids of a text.
        """
        self.tokens = tokens
        self.special_token_ids = special
        self.ends = ends
        self.eos_token_id = ends[0]
        self.bos_token_id: int | None = None
        self._split = split

    def __call__(self, text: bytes) -> list[int]:
        """Return the token ids of *text*."""
        return self._split(text.decode("utf-8", "replace"))


class Grammars:
    """Cache of compiled grammars for one vocabulary, one a schema."""

    def __init__(self, words: Callable[[], Vocabulary]) -> None:
        """Set up without the vocabulary, which *words* reads at the first schema: 150,000 tokens take a while."""
        self._words = words
        self._tokenizer: llguidance.LLTokenizer | None = None
        self._made: dict[str, llguidance.LLMatcher] = {}

    def of(self, schema: dict[str, object]) -> "Grammar":
        """Return a new grammar for one answer under *schema*.

        Raises:
            ModelError: the schema cannot be turned into a grammar.
        """
        import llguidance

        key = json.dumps(schema)
        if key not in self._made:
            # White space as json.dumps writes it: fewer choices, so more tokens are forced and need no model.
            grammar = llguidance.LLMatcher.grammar_from_json_schema(
                key, overrides={"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
            )
            self._made[key] = self._matcher(grammar, "schema")
        return Grammar(self._made[key].deep_copy(), self._n_vocab)

    def of_text(self, text: str) -> "Grammar":
        """Return a grammar for one answer from a request's own Lark grammar; it is not cached.

        Raises:
            ModelError: *text* is no valid grammar.
        """
        import llguidance

        return Grammar(self._matcher(llguidance.LLMatcher.grammar_from_lark(text), "grammar"), self._n_vocab)

    def _matcher(self, grammar: str, what: str) -> "llguidance.LLMatcher":
        import llguidance

        if self._tokenizer is None:
            words = self._words()
            self._n_vocab = len(words.tokens)
            self._tokenizer = llguidance.LLTokenizer(llguidance.TokenizerWrapper(words), eos_token=list(words.ends))
        matcher = llguidance.LLMatcher(self._tokenizer, grammar, log_level=0)
        if matcher.is_error():
            message = f"the {what} cannot be used: {matcher.get_error().strip().partition(chr(10))[0]}"
            raise ModelError(message)
        return matcher


class Grammar:
    """Progress of one answer through its grammar."""

    def __init__(self, matcher: "llguidance.LLMatcher", n_vocab: int) -> None:
        """Start at the beginning of the answer."""
        self._matcher = matcher
        self._n_vocab = n_vocab

    def allows(self, token: int) -> bool:
        """Return whether *token* may come next; far cheaper than the mask, and enough in most cases."""
        return self._matcher.validate_tokens([token]) == 1

    def mask(self) -> "NDArray[np.bool_]":
        """Return for each token whether it may come next. Shape ``(n_vocab,)``."""
        import numpy as np

        bits = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        return np.unpackbits(bits, bitorder="little")[: self._n_vocab].view(np.bool_)

    def take(self, token: int) -> None:
        """Advance by *token*, which must be allowed."""
        self._matcher.consume_token(token)

    def forced(self) -> list[int]:
        """Return the tokens that the grammar leaves no choice about, and advance by them."""
        tokens = self._matcher.compute_ff_tokens()
        self._matcher.consume_tokens(tokens)
        return tokens

    @property
    def is_over(self) -> bool:
        """Return whether the answer is complete."""
        return self._matcher.is_stopped()
