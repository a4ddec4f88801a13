"""Continuous batching: many requests in one context, whose slots are refilled as answers end."""

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from t2s_local.engines._llamacpp.answer import Generation
from t2s_local.engines._llamacpp.batch import Batch
from t2s_local.engines._llamacpp.chat import Frame
from t2s_local.engines._llamacpp.constraints.grammar import Grammar, Grammars
from t2s_local.engines._llamacpp.constraints.schema import token_cap
from t2s_local.engines._llamacpp.llama import Context
from t2s_local.engines._llamacpp.prefixes import Prefixes
from t2s_local.engines._llamacpp.scoring import Scoring
from t2s_local.errors import ModelError
from t2s_local.ports.engine import Completion, Continuation, Finish, Request
from t2s_local.weights.plan import Plan

_ROWS = 8
"""Fewest rows with which llama.cpp's CPU kernels round alike."""


class Scheduler:
    """Scheduler that runs requests in one context, as many in parallel as there are slots."""

    def __init__(
        self,
        context: Context,
        plan: Plan,
        *,
        frames: tuple[Frame, Frame],
        started: Callable[[int], None],
        beat: Callable[[], None],
    ) -> None:
        """Set up the slots.

        Args:
            context: The context in which everything is evaluated.
            plan: Its sizes.
            frames: The chat template around requests without and with a shared part.
            started: Called with the number of a job that leaves the queue.
            beat: Called after each step.
        """
        self._context = context
        self._model = context.model
        self._plan = plan
        self._frames = frames
        self._started = started
        self._beat = beat
        self._batch = Batch(plan.batch + plan.rows)
        self._grammars = Grammars(context.model.words)
        self._prefixes = Prefixes(context, unified=plan.unified)
        self._queue: deque[Generation] = deque()
        self._slots: list[Generation | None] = [None] * plan.sequences
        self._padding: list[tuple[int, int]] = []
        """Slots with filler rows, and the position from which these are removed after the batch."""
        self._n_guesses = 0 if context.model.is_recurrent else plan.guesses
        self.n_guessed_right = 0
        """Tokens that were guessed correctly and so evaluated before they were drawn."""
        self._group = _group(plan, rows=1 + self._n_guesses)
        self._was_chunk = False

    @property
    def is_busy(self) -> bool:
        """Return whether any request is queued or being answered."""
        return bool(self._queue) or any(self._slots)

    @property
    def has_room(self) -> bool:
        """Return whether a slot is free."""
        return None in self._slots

    def submit(self, job: int, request: Request) -> Completion | None:
        """Put *request* into the queue; if it cannot be answered, return a parked completion with the reason."""
        shared, own = self._tokens(request)
        n_prompt = len(shared) + len(own)
        cap = request.max_tokens
        reason = None
        try:
            if request.grammar is None and request.schema is not None:
                cap = min(cap, token_cap(request.schema))
            self._grammar(request)
        except ModelError as error:
            reason = error.message
        room = self._plan.context - self._n_guesses
        if n_prompt + cap > room:
            reason = f"too long: {n_prompt} tokens and an answer of {cap} exceed {room}"
        if reason is not None:
            return Completion(
                request_id=request.id,
                text="",
                finish="parked",
                prompt_tokens=n_prompt,
                generated_tokens=0,
                reason=reason,
            )
        self._queue.append(Generation(job, request, shared=shared, own=own, cap=cap))
        return None

    def drop(self) -> None:
        """Forget all queued and unfinished requests."""
        self._queue.clear()
        for slot, answer in enumerate(self._slots):
            if answer is not None:
                self._free(slot)

    def step(self) -> Iterator[tuple[int, Completion]]:
        """Fill free slots, evaluate one batch, and yield the job numbers and completions that this finished."""
        self._admit()
        wanted = self._fill()
        if self._batch.n:
            self._context.decode(self._batch)
        while self._padding:
            self._context.cut(*self._padding.pop())
        for slot, rows in wanted:
            answer = self._slots[slot]
            if answer is not None:
                finish = self._read(slot, answer, rows)
                if finish is not None:
                    self._free(slot)
                    yield answer.job, self._completion(answer, finish)
        self._beat()

    def score(self, situation: str, continuations: Sequence[Continuation]) -> tuple[tuple[float, ...], ...]:
        """Return the log-probabilities of the scored tokens of each of *continuations*, computed in a free slot.

        Raises:
            ModelError: a continuation does not fit the context, or a text is empty.
        """
        scoring = Scoring(self._context, self._plan, self._batch, evaluate=self._evaluate, beat=self._beat)
        told = scoring.prepared(situation, continuations)
        slot = self._slots.index(None)
        try:
            return scoring.values(told, slot)
        finally:
            self._context.forget(slot)

    def _tokens(self, request: Request) -> tuple[list[int], list[int]]:
        frame = self._frames[bool(request.prefix)]
        tokens = self._model.tokens
        starts = bool(frame.before) and frame.before.startswith(self._model.special("bos") or "\0")
        shared = tokens(frame.before, special=True, start=not starts)
        if request.prefix:
            shared += tokens(request.prefix) + tokens(frame.between, special=True)
        return shared, tokens(request.prompt) + tokens(frame.after, special=True)

    def _admit(self) -> None:
        for slot, taken in enumerate(self._slots):
            if taken is not None or not self._queue:
                continue
            answer = self._queue.popleft()
            self._started(answer.job)
            self._slots[slot] = answer
            grammar = self._grammar(answer.request)
            if grammar is not None:
                answer.begin(grammar)
            answer.n_done = self._prefixes.give(answer.shared, slot, self._evaluate)
            if not answer.n_done:
                answer.pending = answer.shared + answer.pending

    def _grammar(self, request: Request) -> Grammar | None:
        if request.grammar is not None:
            return self._grammars.of_text(request.grammar)
        return None if request.schema is None else self._grammars.of(request.schema)

    def _evaluate(self, tokens: list[int], slot: int, known: int = 0) -> None:
        """Evaluate *tokens* in *slot*, which contains the first *known* of them, without computing logits."""
        for start in range(known, len(tokens), self._plan.batch):
            chunk = tokens[start : start + self._plan.batch]
            self._batch.clear()
            self._batch.add(chunk, sequence=slot, place=start, wanted=0)
            self._context.decode(self._batch)
            self._beat()

    def _fill(self) -> list[tuple[int, range]]:
        """Fill the batch; return the slots with the rows whose logits continue their answers.

        In a unified cache all running answers are evaluated together with a chunk of a prompt. If every sequence has
        its own cache, llama.cpp would evaluate the two separately, so chunks and answers alternate: no answer waits for
        more than one chunk. A recurrent model evaluates prompts first: filler rows cannot be removed from the state of
        half a prompt.
        """
        self._batch.clear()
        taken = [(slot, answer) for slot, answer in enumerate(self._slots) if answer is not None]
        chunks = [pair for pair in taken if len(pair[1].pending) > 1][:1]
        steps = [slot for slot, answer in taken if len(answer.pending) == 1]
        if not self._plan.unified and chunks and steps:
            self._was_chunk = self._model.is_recurrent or not self._was_chunk
            chunks, steps = (chunks, []) if self._was_chunk else ([], steps)
        wanted = [self._step(slot) for slot in self._in_groups(steps)]
        wanted += [self._chunk(slot, answer) for slot, answer in chunks]
        return [pair for pair in wanted if pair[1]]

    def _in_groups(self, slots: list[int]) -> list[int]:
        """Return all slots of the groups to which *slots* belong, in order; a group has eight rows.

        On a CPU fewer rows are multiplied by other kernels, which round differently; and llama.cpp needs a single step
        for sequences with consecutive numbers. In whole groups an answer does not depend on its neighbours, and no step
        is split (decision 0403).
        """
        size = self._group
        groups = sorted({slot // size for slot in slots})
        return [group * size + place for group in groups for place in range(size)]

    def _step(self, slot: int) -> tuple[int, range]:
        """Add the one pending token of *slot* with guesses after it; for a slot without one, add filler rows."""
        answer = self._slots[slot]
        if answer is None or len(answer.pending) > 1:
            place, n = answer.n_done if answer else 0, 1 + self._n_guesses
            self._padding.append((slot, place))
            self._batch.add([0] * n, sequence=slot, place=place, wanted=n)
            return slot, range(0)
        answer.draft = answer.guess(self._n_guesses)
        tokens = answer.pending + answer.draft
        rows = self._batch.add(tokens, sequence=slot, place=answer.n_done, wanted=len(tokens))
        answer.pending = []
        answer.n_done += 1
        return slot, rows

    def _chunk(self, slot: int, answer: Generation) -> tuple[int, range]:
        """Add the next pending tokens of a prompt, in chunks of equal size."""
        n_chunks = -(-len(answer.pending) // self._plan.batch)
        n = -(-len(answer.pending) // n_chunks)
        chunk, answer.pending = answer.pending[:n], answer.pending[n:]
        rows = self._batch.add(chunk, sequence=slot, place=answer.n_done, wanted=int(not answer.pending))
        answer.draft = []
        answer.n_done += n
        return slot, rows

    def _read(self, slot: int, answer: Generation, rows: range) -> Finish | None:
        """Draw tokens from *rows* as long as the guesses are right, and remove the wrong guesses from the context."""
        row = rows[0]
        while not answer.pending:
            token = answer.sampler.next(self._context.logits(row), answer.grammar)
            finish = answer.take(token, self._model.ends)
            if finish is not None:
                return finish
            n_right = answer.match()
            row += n_right
            self.n_guessed_right += n_right
        if answer.draft:
            self._context.cut(slot, answer.n_done)
        return None

    def _free(self, slot: int) -> None:
        self._slots[slot] = None
        self._context.forget(slot)

    def _completion(self, answer: Generation, finish: Finish) -> Completion:
        tokens = answer.generated[: answer.cap] if finish == "length" else answer.generated
        text = b"".join(map(self._model.piece, tokens)).decode("utf-8", "replace")
        return Completion(
            request_id=answer.request.id,
            text=text,
            finish=finish,
            prompt_tokens=answer.n_prompt,
            generated_tokens=len(tokens),
        )


def _group(plan: Plan, *, rows: int) -> int:
    """Return the number of slots, *rows* each, evaluated together to fill eight rows; 1 if rounding may differ."""
    if plan.gpu_layers or plan.unified:
        return 1
    size = _ROWS // math.gcd(_ROWS, rows)
    return size if plan.sequences % size == 0 else plan.sequences
