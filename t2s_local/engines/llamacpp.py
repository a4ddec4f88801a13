"""Engine on local models by llama.cpp: batched, with constrained answers, in separate processes.

The engine itself never crashes. It starts a worker for the model (one a GPU if there are several), sends it requests,
and if llama.cpp crashes the worker, starts another with a smaller plan.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import TypeVar

import msgspec

from t2s_local.engines._llamacpp import messages
from t2s_local.engines._llamacpp.batch import Batch
from t2s_local.engines._llamacpp.llama import Context, Model
from t2s_local.engines._llamacpp.process import WorkerLostError, listen
from t2s_local.engines._llamacpp.seat import ATTEMPTS, Seat, Task
from t2s_local.errors import ModelError
from t2s_local.files import file_digest
from t2s_local.ports.engine import Completion, Continuation, Request
from t2s_local.weights.fit import Wishes, fit, say_plan, smaller, unused_gpu
from t2s_local.weights.gguf import read_header
from t2s_local.weights.hardware import machine
from t2s_local.weights.plan import Plan

__all__ = ["Batch", "Context", "LlamaCpp", "Model", "load"]
Reply = TypeVar("Reply", bound=messages.Message)

HANG_SECONDS = 300.0
"""Seconds of silence after which a worker counts as hung; 256 tokens of a 9B model need 40 s on two slow cores."""
_AHEAD = 2
"""Requests sent to a worker beside those in its slots, so that a slot never waits for the engine."""
_ESCAPE_TEMPERATURE = 0.4
_TURN = 0x9E3779B9
"""Number added to the seed of a second try, so that it does not equal the seed of another request."""


def load(
    path: Path,
    *,
    wishes: Wishes | None = None,
    template: str | None = None,
    workers: int | None = None,
    hang_after: float = HANG_SECONDS,
    weights_digest: str | None = None,
    say: Callable[[str], None] | None = None,
) -> "LlamaCpp":
    """Load the GGUF file *path*.

    Args:
        path: The model.
        wishes: Sizes that are fixed beforehand; the rest is planned for this machine.
        template: Chat template to use in place of the file's.
        workers: Processes that each load the model; None for one per visible GPU, or one without a GPU.
        hang_after: Seconds of silence after which a worker is ended.
        weights_digest: SHA-256 of the file if it is known already.
        say: Called with a line about the plan, and about every lost worker.

    Raises:
        ModelError: the file is broken, or the machine cannot run it.
    """
    header = read_header(path)
    wishes = wishes or Wishes()
    speak = say or _keep_quiet
    here = machine()
    gpus: list[int | None] = [None]
    if here.backends and len(here.gpus) > 1 and wishes.gpu_layers != 0:
        gpus = [gpu.number for gpu in here.gpus]
    plans = [fit(header, here, wishes, gpu=gpu) for gpu in gpus]
    plans *= -(-(workers or len(plans)) // len(plans))
    speak(say_plan(plans[0]))
    if (warning := unused_gpu(here, plans[0], wishes)) is not None:
        speak(warning)
    known = weights_digest or file_digest(path)
    return LlamaCpp(path, plans, digest=known, template=template, hang_after=hang_after, say=speak)


class LlamaCpp:
    """An :class:`t2s_local.ports.engine.Engine` on llama.cpp."""

    def __init__(
        self,
        path: Path,
        plans: list[Plan],
        *,
        digest: str,
        template: str | None,
        hang_after: float,
        say: Callable[[str], None],
    ) -> None:
        """Start one worker per plan; call :func:`load` instead.

        Raises:
            ModelError: a worker cannot be started.
        """
        self.path = path
        self.name = path.stem
        self.digest = digest
        self.context = min(plan.context for plan in plans)
        self._hang_after = hang_after
        self._numbers = count()
        self._fresh: Iterator[Request] | None = None
        self._again: deque[Task] = deque()
        self._finished: deque[Completion] = deque()
        self._seats: list[Seat] = []
        try:
            for plan in plans:
                rungs = [plan, *smaller(plan)]
                self._seats.append(Seat(path, rungs, template=template, hang_after=hang_after, say=say))
        except ModelError:
            self.close()
            raise

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers."""
        return tuple(seat.process.pid for seat in self._seats)

    @property
    def device(self) -> str:
        """``gpu`` if a worker has layers on a GPU, otherwise ``cpu``."""
        return "gpu" if any(seat.plan.gpu_layers for seat in self._seats) else "cpu"

    @property
    def usage(self) -> tuple[messages.Usage, ...]:
        """Resources that each worker has used."""
        return tuple(seat.usage for seat in self._seats)

    def count_tokens(self, text: str) -> int:
        """Count the tokens of *text* with the model's own tokenizer."""
        answer = self._ask(messages.CountTokens(text=text), messages.Counted)
        return answer.n

    def score(self, situation: str, continuations: Sequence[Continuation]) -> tuple[tuple[float, ...], ...]:
        """Return the natural-log probabilities of the scored tokens of each of *continuations* after *situation*.

        Raises:
            ModelError: a continuation does not fit the context, or a text is empty.
        """
        question = messages.Score(situation=situation, continuations=tuple(continuations))
        answer = self._ask(question, messages.Scored)
        if answer.reason is not None:
            raise ModelError(answer.reason)
        return answer.values

    def complete(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Yield the answers to *requests*, one each, in the order they finish.

        A request that was being evaluated when its worker died is tried again alone, and parked after the third time.
        An answer that repeats itself is tried once more with another seed and another temperature. An answer that
        reaches its token limit is yielded as it is: the caller knows how to ask for less.

        Raises:
            ModelError: the model cannot be run at all.
            ValueError: the engine is already answering.
        """
        if self._fresh is not None:
            message = "the engine is already answering"
            raise ValueError(message)
        self._fresh = iter(requests)
        try:
            while self._feed() or self._finished:
                while self._finished:
                    yield self._finished.popleft()
                self._listen()
        finally:
            self._abandon()

    def close(self) -> None:
        """End the workers; safe to call twice."""
        for seat in self._seats:
            seat.stop()

    def _feed(self) -> bool:
        """Send tasks to every worker with free slots; return whether any task is under way."""
        for seat in self._seats:
            room = 1 if self._again and self._again[0].deaths else seat.plan.sequences + _AHEAD
            while not seat.is_alone and len(seat.tasks) < room:
                task = self._next()
                if task is None:
                    break
                seat.give(task)
                if task.deaths:
                    break
        return any(seat.tasks for seat in self._seats)

    def _next(self) -> Task | None:
        if self._again:
            return self._again.popleft()
        request = next(self._fresh, None) if self._fresh else None
        return None if request is None else Task(job=next(self._numbers), request=request)

    def _listen(self) -> None:
        """Wait for messages of the workers, and record finished tasks and lost workers."""
        busy = [seat for seat in self._seats if seat.tasks]
        if not busy:
            return
        longest = self._hang_after - max(seat.process.silent for seat in busy)
        ready = listen([seat.process for seat in busy], longest=longest)
        heard = [seat for seat in busy if seat.process in ready]
        silent = [seat for seat in busy if seat not in heard and seat.process.silent >= self._hang_after]
        for seat in heard:
            try:
                self._note(seat, seat.listen())
            except WorkerLostError as loss:
                self._restart(seat, loss)
        for seat in silent:
            self._restart(seat, seat.process.hung(self._hang_after))

    def _note(self, seat: Seat, message: messages.ToEngine) -> None:
        if not isinstance(message, messages.WorkerDone):
            return
        task = seat.tasks.pop(message.job, None)
        if task is None:
            return
        if message.completion.finish == "repeat" and not task.is_second:
            self._again.append(_second_try(task))
        else:
            self._finished.append(message.completion)

    def _restart(self, seat: Seat, loss: WorkerLostError) -> None:
        again, parked = seat.restart(loss)
        self.context = min(seat.plan.context for seat in self._seats)
        self._finished += parked
        self._again = deque(sorted([*self._again, *again], key=lambda task: -task.deaths))

    def _ask(self, question: messages.Message, kind: type[Reply]) -> Reply:
        """Send *question* to the first worker and wait for its answer; record other messages that arrive meanwhile.

        Raises:
            ModelError: the worker was lost three times.
        """
        seat = self._seats[0]
        reason = ""
        for _ in range(ATTEMPTS):
            seat.process.send(question)
            try:
                while not isinstance(answer := seat.listen(), kind):
                    self._note(seat, answer)
            except WorkerLostError as loss:
                reason = loss.message
                self._restart(seat, loss)
            else:
                return answer
        message = f"the model's process was lost {ATTEMPTS} times: {reason}"
        raise ModelError(message)

    def _abandon(self) -> None:
        """Drop the requests that are left when the caller stops reading."""
        for seat in self._seats:
            if seat.tasks:
                seat.tasks.clear()
                seat.process.send(messages.Drop())
        self._fresh = None
        self._again.clear()
        self._finished.clear()


def _second_try(task: Task) -> Task:
    """Return the request with another seed: at half the temperature, or if that is 0, at 0.4 to leave the loop."""
    request = task.request
    cooler = msgspec.structs.replace(
        request, seed=request.seed + _TURN, temperature=request.temperature / 2 or _ESCAPE_TEMPERATURE
    )
    return Task(job=task.job, request=cooler, is_second=True)


def _keep_quiet(_: str) -> None:
    pass
