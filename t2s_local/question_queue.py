"""Puts questions to an engine, many at a time, and those again whose answers were of no use."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Generic, TypeVar

from t2s_local.ports.engine import Completion, Engine, Request

Question = TypeVar("Question")


class QuestionQueue(Generic[Question]):
    """One round of questions: fresh ones are drawn as the engine has room for them, those put back come first."""

    def __init__(self, engine: Engine, request_of: Callable[[Question], Request]) -> None:
        """Ask *engine*.

        Args:
            engine: Who is asked.
            request_of: Words a question; no two requests have the same id.
        """
        self._engine = engine
        self._request_of = request_of
        self._again: deque[Question] = deque()

    def again(self, question: Question) -> None:
        """Ask *question* too, before any fresh one."""
        self._again.append(question)

    def answers(self, fresh: Iterator[Question]) -> Iterator[tuple[Question, Completion]]:
        """Ask *fresh* and whatever is put back meanwhile, each once, in the order the answers come.

        Raises:
            ModelError: the model cannot be run at all.
        """
        known: dict[str, Question] = {}
        while (requests := _begun(self._requests(fresh, known))) is not None:
            for completion in self._engine.complete(requests):
                yield known.pop(completion.request_id), completion

    def _requests(self, fresh: Iterator[Question], known: dict[str, Question]) -> Iterator[Request]:
        while (question := self._again.popleft() if self._again else next(fresh, None)) is not None:
            request = self._request_of(question)
            known[request.id] = question
            yield request


def _begun(requests: Iterator[Request]) -> Iterator[Request] | None:
    """The same requests; None where there is none."""
    first = next(requests, None)
    return None if first is None else chain([first], requests)
