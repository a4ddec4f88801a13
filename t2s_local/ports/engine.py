"""Protocol of an engine, which answers requests to a language model with completions."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, Protocol

from t2s_local.values.value import Value


class Request(Value, frozen=True, kw_only=True):
    """A request to a model for one completion."""

    id: str
    prefix: str
    """Beginning of the prompt that many requests share, evaluated once: instructions and examples."""
    prompt: str
    """Rest of the prompt, which only this request has."""
    schema: dict[str, object] | None = None
    """JSON schema the answer must obey; None for free text.

    Every text needs a ``maxLength`` of at most 600 and every list a ``maxItems`` of at most 64.
    """
    max_tokens: int
    """Limit of tokens in the answer; lower if the longest answer that *schema* allows is shorter."""
    grammar: str | None = None
    """Grammar of the answer, in llguidance's Lark: an engine that supports grammars uses it instead of *schema*."""
    temperature: float = 0.0
    seed: int = 0


Finish = Literal["stop", "length", "repeat", "parked"]
"""End of an answer: complete, cut at its token limit, cut because it repeated itself, or not obtained (``parked``)."""


class Completion(Value, frozen=True, kw_only=True):
    """Answer of a model."""

    request_id: str
    text: str
    finish: Finish
    prompt_tokens: int
    generated_tokens: int
    reason: str | None = None
    """Reason if *finish* is ``parked``; otherwise None."""


class Continuation(Value, frozen=True, kw_only=True):
    """A text whose likelihood is measured, and the words that come before it."""

    given: str = ""
    """Words between the situation and *text*, such as advice; not scored."""
    text: str
    spans: tuple[tuple[int, int], ...] | None = None
    """Scored parts of *text*, in characters, ends exclusive; a token that overlaps one is scored. None for all."""


class Engine(Protocol):
    """Runs a local language model over many requests at once."""

    name: str
    digest: str
    """SHA-256 of the weights, which is part of the key of stored answers."""

    @property
    def context(self) -> int:
        """Number of tokens available to one request, prompt and answer together."""

    def count_tokens(self, text: str) -> int:
        """Count the tokens of *text* with the model's own tokenizer."""

    def complete(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Yield one completion for each of *requests*, in the order in which they finish.

        Raises:
            ModelError: the model cannot be run at all.
        """

    def score(self, situation: str, continuations: Sequence[Continuation]) -> tuple[tuple[float, ...], ...]:
        """Return the natural-log probabilities of the scored tokens of each of *continuations* after *situation*.

        One inner tuple for each continuation, one number for each scored token. The situation is evaluated once.

        Raises:
            ModelError: a continuation does not fit the context, or a text is empty.
        """

    def close(self) -> None:
        """Free the memory of the model; safe to call twice."""
