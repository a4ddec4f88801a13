"""Protocol of an engine: requests in, completions out."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, Protocol

from t2s_local.values.value import Value


class Request(Value, frozen=True, kw_only=True):
    """One thing to ask a model."""

    id: str
    prefix: str
    """The part many requests share, evaluated once: instructions and examples."""
    prompt: str
    """The part of this request alone."""
    schema: dict[str, object] | None = None
    """JSON schema the answer must obey; None for free text.

    Every text needs a ``maxLength`` of at most 600 and every list a ``maxItems`` of at most 64.
    """
    max_tokens: int
    """Cap of the answer; a schema whose longest answer is shorter lowers it."""
    grammar: str | None = None
    """Grammar of this one answer, in llguidance's Lark: an engine that knows grammars takes it in place of *schema*."""
    temperature: float = 0.0
    seed: int = 0


Finish = Literal["stop", "length", "repeat", "parked"]
"""How an answer ended: by itself, at its token cap, going round in circles, or not had at all, for a reason given."""


class Completion(Value, frozen=True, kw_only=True):
    """Answer of a model."""

    request_id: str
    text: str
    finish: Finish
    prompt_tokens: int
    generated_tokens: int
    reason: str | None = None
    """Why it is parked."""


class Continuation(Value, frozen=True, kw_only=True):
    """A text whose likelihood is asked for, and what is said before it."""

    given: str = ""
    """Words between the situation and the text: advice, for example. Not scored."""
    text: str
    spans: tuple[tuple[int, int], ...] | None = None
    """Parts of *text* that are scored, by character, each end exclusive: a token that reaches into one. None is all."""


class Engine(Protocol):
    """Runs a local language model over many requests at once."""

    name: str
    digest: str
    """SHA-256 of the weights: part of the key answers are stored under."""

    @property
    def context(self) -> int:
        """Tokens one request may use, prompt and answer together."""

    def count_tokens(self, text: str) -> int:
        """Count the tokens of *text* with the model's own tokenizer."""

    def complete(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Answer *requests*, each once, in the order they finish.

        Raises:
            ModelError: the model cannot be run at all.
        """

    def score(self, situation: str, continuations: Sequence[Continuation]) -> tuple[tuple[float, ...], ...]:
        """Natural-log probabilities of the scored tokens of each of *continuations* after *situation*, one a token.

        The situation is evaluated once; a continuation costs its own tokens.

        Raises:
            ModelError: a continuation does not fit the context, or a text is empty.
        """

    def close(self) -> None:
        """Give back the memory; safe to call twice."""
