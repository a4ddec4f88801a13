"""Likelihoods of texts under a server's model, read from the tokens that a grammar forces the server to write.

A llama-server returns the likelihood of every token it writes before a grammar excludes the others. A grammar that
allows exactly one text yields the likelihood of that text, at the cost of writing it.
"""

import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from typing import cast

from t2s_local.engines._server.wire import CallError, Wire
from t2s_local.errors import ModelError
from t2s_local.ports.engine import Continuation


class Likelihood:
    """Scorer of continuations on one server."""

    def __init__(self, wire: Wire, model: str, *, n: int) -> None:
        """Score on *wire* with *model*, *n* continuations in parallel."""
        self._wire = wire
        self._model = model
        self._n = n

    def is_offered(self) -> bool:
        """Return whether the server returns the likelihood of text that a grammar forces."""
        try:
            return len(self._forced("One, two, ", "three")) > 0
        except (CallError, ModelError):
            return False

    def values(self, situation: str, continuations: Sequence[Continuation]) -> tuple[tuple[float, ...], ...]:
        """Return the natural-log probabilities of the scored tokens of each of *continuations* after *situation*.

        Raises:
            ModelError: a text is empty, or the server does not return likelihoods.
            CallError: the server does not answer.
        """
        first, *others = continuations
        found = [self._scored(situation, first)]
        with ThreadPoolExecutor(self._n) as pool:
            found += pool.map(lambda one: self._scored(situation, one), others)
        return tuple(found)

    def _scored(self, situation: str, one: Continuation) -> tuple[float, ...]:
        spans = one.spans if one.spans is not None else ((0, len(one.text)),)
        start, stop = _whole_words(one.text, spans)
        before, forced = one.text[:start], one.text[start:stop]
        if not situation or not forced:
            message = "cannot score an empty text"
            raise ModelError(message)
        wanted = [tuple(len(one.text[start:at].encode()) for at in span) for span in spans]
        told, at = [], 0
        for n_bytes, value in self._forced(f"{situation}{one.given}{before}", forced):
            if any(begin < at + n_bytes and at < end for begin, end in wanted):
                told.append(value)
            at += n_bytes
        return tuple(told)

    def _forced(self, prompt: str, text: str) -> list[tuple[int, float]]:
        """Return the length in bytes and the log-probability of each token of *text* after *prompt*.

        Raises:
            ModelError: the server does not return likelihoods of the forced text.
            CallError: the server does not answer.
        """
        asked = {
            "model": self._model,
            "prompt": prompt,
            "grammar": f"%llguidance {{}}\nstart: {json.dumps(text, ensure_ascii=False)}\n",
            "n_predict": len(text.encode()) + 1,
            "n_probs": 1,
            "temperature": 0,
            "cache_prompt": True,
            "stream": False,
        }
        answer = self._wire.post(f"{self._wire.address.root}/completion", asked)
        found = list(_tokens(answer))
        if b"".join(piece for piece, _ in found) != text.encode():
            message = "cannot score: the server does not say the likelihood of what it is forced to write"
            raise ModelError(message)
        return [(len(piece), value) for piece, value in found]


def _whole_words(text: str, spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return start and end of the whole words around *spans*, with the space before them, as tokens are split."""
    start = min((begin for begin, _ in spans), default=0)
    stop = max((end for _, end in spans), default=0)
    words = re.split(r"(?=(?<!\s)\s)", text)
    places = [0, *accumulate(map(len, words))]
    return max(at for at in places if at <= start), min(at for at in places if at >= stop)


def _tokens(answer: object) -> Iterator[tuple[bytes, float]]:
    """Yield the bytes and the log-probability of every written token, without the tokens that end a text."""
    fields = cast("dict[str, object]", answer) if isinstance(answer, dict) else {}
    told = fields.get("completion_probabilities")
    for one in told if isinstance(told, list) else []:
        piece, value = one.get("bytes"), one.get("logprob")
        if isinstance(piece, list) and isinstance(value, float | int) and piece:
            yield bytes(piece), float(value)
