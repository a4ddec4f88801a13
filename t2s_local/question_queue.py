"""Send questions to an engine, many at a time, and repeat questions without a usable answer."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Generic, TypeVar

from t2s_local.ports.engine import Completion, Engine, Request

Question = TypeVar("Question")


class QuestionQueue(Generic[Question]):
    """A queue of questions to an engine: repeated questions come first, new ones are drawn when the engine is free."""

    def __init__(self, engine: Engine, request_of: Callable[[Question], Request]) -> None:
        """Make a queue for *engine*.

        Args:
            engine: The engine that answers.
            request_of: Converts a question into a request; no two requests have the same id.
        """
        self._engine = engine
        self._request_of = request_of
        self._again: deque[Question] = deque()

    def again(self, question: Question) -> None:
        """Add *question* to the queue, before all new questions."""
        self._again.append(question)

    def answers(self, fresh: Iterator[Question]) -> Iterator[tuple[Question, Completion]]:
        """Yield the questions in *fresh* and those added meanwhile, each with its answer, in the order of the answers.

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
    """Return an iterator of the same requests; None if there are none."""
    first = next(requests, None)
    return None if first is None else chain([first], requests)
