"""Log-probabilities of texts after one situation, which is evaluated once."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from t2s_local.engines._llamacpp.batch import Batch
from t2s_local.engines._llamacpp.llama import SCORED_ROWS, Context
from t2s_local.engines._llamacpp.sampling import log_probability
from t2s_local.errors import ModelError
from t2s_local.ports.engine import Continuation
from t2s_local.weights.plan import Plan


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A continuation as tokens."""

    tokens: list[int]
    """Tokens of the given words and of the text, up to the last scored token."""
    wanted: frozenset[int]
    """Positions in *tokens* that are scored."""


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """The tokens of everything that one call scores."""

    situation: list[int]
    told: tuple[Told, ...]


class Scoring:
    """Scorer in one slot of a context: one continuation after another on the state of the situation."""

    def __init__(
        self,
        context: Context,
        plan: Plan,
        batch: Batch,
        *,
        evaluate: Callable[[list[int], int], None],
        beat: Callable[[], None],
    ) -> None:
        """Use *batch* of *context*.

        Args:
            context: The context in which everything is evaluated.
            plan: Its sizes.
            batch: Rows of a call.
            evaluate: Evaluates tokens in an empty slot.
            beat: Called after each call.
        """
        self._context = context
        self._model = context.model
        self._plan = plan
        self._batch = batch
        self._evaluate = evaluate
        self._beat = beat

    def prepared(self, situation: str, continuations: Sequence[Continuation]) -> Prepared:
        """Return the tokens of everything that is scored.

        Raises:
            ModelError: a continuation does not fit the context, or a text is empty.
        """
        given = self._model.tokens(situation, start=True)
        told = tuple(map(self._told, continuations))
        for one, asked in zip(told, continuations, strict=True):
            if not given or not asked.text or len(given) + len(one.tokens) > self._plan.context:
                message = (
                    f"cannot score {len(one.tokens)} tokens after {len(given)} in a context of {self._plan.context}"
                )
                raise ModelError(message)
        return Prepared(situation=given, told=told)

    def values(self, prepared: Prepared, slot: int) -> tuple[tuple[float, ...], ...]:
        """Return the log-probabilities of the scored tokens of each continuation, computed in the empty *slot*."""
        *shared, last = prepared.situation
        self._evaluate(shared, slot)
        state = self._context.save(slot) if self._model.is_recurrent and shared else None
        found = []
        for one in prepared.told:
            found.append(tuple(self._values(one, last, slot, place=len(shared))))
            if not self._model.is_recurrent:
                self._context.cut(slot, len(shared))
            elif state is None:
                self._context.forget(slot)
            else:
                self._context.restore(slot, state)
        return tuple(found)

    def _told(self, asked: Continuation) -> Told:
        given, tokens = self._model.tokens(asked.given) if asked.given else [], self._model.tokens(asked.text)
        marked = range(len(tokens)) if asked.spans is None else self._reaching(asked, tokens)
        wanted = frozenset(len(given) + at for at in marked)
        return Told(tokens=(given + tokens)[: max(wanted, default=-1) + 1], wanted=wanted)

    def _reaching(self, asked: Continuation, tokens: Sequence[int]) -> Iterator[int]:
        """Yield the positions of the tokens that overlap one of the spans."""
        spans = [tuple(len(asked.text[:end].encode()) for end in span) for span in asked.spans or ()]
        start = 0
        for at, token in enumerate(tokens):
            stop = start + len(self._model.piece(token))
            if any(begin < stop and start < end for begin, end in spans):
                yield at
            start = stop

    def _values(self, one: Told, last: int, slot: int, *, place: int) -> Iterator[float]:
        rows = [last, *one.tokens[:-1]] if one.tokens else []
        for start, stop in self._chunks(len(rows), one.wanted):
            wanted = [at for at in range(start, stop) if at in one.wanted]
            self._batch.clear()
            self._batch.add(rows[start:stop], sequence=slot, place=place + start, wanted=0)
            self._batch.want([at - start for at in wanted])
            self._context.decode(self._batch)
            yield from [log_probability(self._context.logits(at - start), one.tokens[at]) for at in wanted]
            self._beat()

    def _chunks(self, n: int, wanted: frozenset[int]) -> Iterator[tuple[int, int]]:
        """Yield ranges of rows, each at most a batch and with at most as many scored rows as logits are kept."""
        start = n_wanted = 0
        for at in range(n):
            if at - start == self._plan.batch or n_wanted == min(self._plan.batch, SCORED_ROWS):
                yield start, at
                start, n_wanted = at, 0
            n_wanted += at in wanted
        if start < n:
            yield start, n
