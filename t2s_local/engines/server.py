"""Engine on a server that the user names: llama-server, Ollama, LM Studio, vLLM, or another OpenAI-compatible server.

Before the first question the server is asked for its model and tested for its abilities; nothing about it is assumed.
A prompt that the server cuts short is noticed by its count of tokens read, and such an answer is not used.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from t2s_local.engines._server.address import ServerAddress, is_server, read_address
from t2s_local.engines._server.facts import count_tokens, describe, model_error
from t2s_local.engines._server.lanes import Lanes
from t2s_local.engines._server.likelihood import Likelihood
from t2s_local.engines._server.probing import ask, context_of, manner_of
from t2s_local.engines._server.questions import Reply, completion_of, parked
from t2s_local.engines._server.wire import CallError, UnreachableError, Wire
from t2s_local.errors import ModelError
from t2s_local.ports.engine import Completion, Continuation, Request
from t2s_local.values.value import digest

__all__ = ["ServerAddress", "ServerEngine", "is_server", "load", "read_address"]

PATIENCE = 300.0
"""Seconds of silence after which a call fails: a long prompt in each of several slots takes minutes on slow cores."""
_ATTEMPTS = 3
_PAUSE = 0.5
"""Seconds before the second attempt (less if the patience is short); twice as many before the third."""
_SLOTS = 4
"""Parallel questions if the server does not state its number; more would wait in the server and time out there."""
_FRAME_TOKENS = 48
"""Tokens that a chat template puts around a question."""
_BYTES_A_TOKEN = 3
"""Bytes per token if the server cannot count; our texts have more on average, so that the estimate is too high."""
_CUT = 0.9
_SURELY_CUT = 0.4
"""Shares of a question's tokens below which the server cut it short: if they were counted, and if estimated."""
_FINAL = frozenset({401, 403, 404})


def load(
    address: ServerAddress,
    *,
    context: int | None = None,
    sequences: int | None = None,
    say: Callable[[str], None] | None = None,
    patience: float = PATIENCE,
) -> "ServerEngine":
    """Ask the server at *address* for its model and test its abilities.

    Args:
        address: The server.
        context: Most tokens of a question with its answer; None for as many as are useful.
        sequences: Parallel questions; None for as many as the server states.
        say: Called with lines about the model and how it is asked.
        patience: Seconds of silence after which a call fails.

    Raises:
        ModelError: there is no such server or model, or its context is too small.
    """
    wire = Wire(address, patience=patience)
    return ServerEngine(wire, context=context, sequences=sequences, say=say or _keep_quiet)


class ServerEngine:
    """An :class:`t2s_local.ports.engine.Engine` on a server."""

    def __init__(self, wire: Wire, *, context: int | None, sequences: int | None, say: Callable[[str], None]) -> None:
        """Ask the server for its model and test its abilities; call :func:`load` instead.

        Raises:
            ModelError: there is no such server or model, or its context is too small.
        """
        self._wire = wire
        self._say = say
        self._model = describe(wire)
        self.name = self._model.name
        try:
            self._manner = manner_of(wire, self.name, knows_grammars=self._model.is_llama)
            self.context = context_of(wire, self.name, self._manner, wanted=context)
        except CallError as fault:
            raise model_error(fault, wire) from fault
        self.digest = digest(self._model.identity, self._manner.shape, str(self._manner.thinks))
        self.tokens = 0
        """Tokens generated so far."""
        self.n_at_once = sequences or self._model.slots or _SLOTS
        self._likelihood = Likelihood(wire, self.name, n=self.n_at_once)
        for line in self.about():
            say(line)

    @property
    def device(self) -> str:
        """``server``: the device behind it is unknown."""
        return "server"

    def about(self) -> tuple[str, ...]:
        """Return lines about the server, how it is asked, and the address that the network seal allows."""
        host, port = self._wire.target
        shapes = {
            "grammar": "answers held to a grammar",
            "schema": "answers held to a JSON schema",
            "object": "answers held to JSON alone, checked by code",
            "text": "answers held to nothing, checked by code",
        }
        thinks = "; it thinks before each answer, which takes its time" if self._manner.thinks else ""
        shown = f"[{host}]" if ":" in host else host
        sizes = f"ctx {self.context} x {self.n_at_once} questions at once"
        return (
            f"{self.name} at {self._wire.address.place}: {sizes}, {shapes[self._manner.shape]}{thinks}.",
            f"The seal lets {shown}:{port} through and nothing beside it.",
        )

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens of *text*, counted by the server, or else estimated from its bytes."""
        counted = count_tokens(self._wire, self.name, text) if self._model.counts_tokens else None
        return counted if counted is not None else -(-len(text.encode("utf-8", "replace")) // _BYTES_A_TOKEN)

    def complete(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Yield the answers to *requests*, one each, in the order they finish.

        Raises:
            ModelError: the server is gone, or refuses every question.
        """
        for completion in Lanes(self.n_at_once, self._answered).answers(requests):
            self.tokens += completion.generated_tokens
            yield completion

    def score(self, situation: str, continuations: Sequence[Continuation]) -> tuple[tuple[float, ...], ...]:
        """Return the natural-log probabilities of the scored tokens of each of *continuations* after *situation*.

        Raises:
            ModelError: the server returns no likelihoods, a continuation does not fit the context, or a text is empty.
        """
        if not self._says_likelihoods:
            message = "cannot score: the server says no likelihoods"
            raise ModelError(message)
        try:
            return self._likelihood.values(situation, continuations)
        except CallError as fault:
            message = f"cannot score: {fault.message}"
            raise ModelError(message) from fault

    def close(self) -> None:
        """End the questions that are under way; safe to call twice."""
        self._wire.close()

    @cached_property
    def _says_likelihoods(self) -> bool:
        is_offered = self._model.is_llama and self._likelihood.is_offered()
        if not is_offered:
            self._say("The server says no likelihoods: code's checks alone decide on what the model says.")
        return is_offered

    def _answered(self, request: Request) -> Completion:
        n_prompt, is_counted = self._size(request)
        if n_prompt + request.max_tokens > self.context:
            reason = f"too long: {n_prompt} tokens and an answer of {request.max_tokens} exceed {self.context}"
            return parked(request, reason, prompt_tokens=n_prompt)
        try:
            reply = self._asked(request)
        except CallError as fault:
            if isinstance(fault, UnreachableError) or fault.status in _FINAL:
                raise model_error(fault, self._wire) from fault
            return parked(request, fault.message, prompt_tokens=n_prompt)
        least = n_prompt * (_CUT if is_counted else _SURELY_CUT) - 2 * _FRAME_TOKENS
        if reply.prompt_tokens is not None and reply.prompt_tokens < least:
            reason = f"the server read {reply.prompt_tokens} tokens of {n_prompt}: it cut the question short"
            return parked(request, reason, prompt_tokens=n_prompt)
        return completion_of(request, reply)

    def _asked(self, request: Request) -> Reply:
        """Ask up to three times, as long as the error is one that may pass.

        Raises:
            CallError: the last attempt failed, or the error is permanent.
        """
        for attempt in range(1, _ATTEMPTS):
            try:
                return ask(self._wire, self.name, request, self._manner)
            except CallError as fault:
                if not fault.is_passing:
                    raise
                time.sleep(min(_PAUSE, self._wire.patience / 10) * attempt)
        return ask(self._wire, self.name, request, self._manner)

    def _size(self, request: Request) -> tuple[int, bool]:
        """Return the tokens of a question, and whether they were counted: only if they could exceed the context."""
        text = f"{request.prefix}\n{request.prompt}"
        most = len(text.encode("utf-8", "replace")) + _FRAME_TOKENS
        if most + request.max_tokens <= self.context or not self._model.counts_tokens:
            return self._reckoned(text), False
        return self.count_tokens(text) + _FRAME_TOKENS, True

    def _reckoned(self, text: str) -> int:
        return -(-len(text.encode("utf-8", "replace")) // _BYTES_A_TOKEN) + _FRAME_TOKENS


def _keep_quiet(_: str) -> None:
    pass
