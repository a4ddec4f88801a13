"""Threads that ask several questions in parallel, each thread a "lane" for questions with the same prefix.

A server keeps the state of the last question of each of its slots, and gives a new question the slot with the same
start. So the wordings of one lesson, sent one after another, cost only their own tokens; sent together, each question
evaluates the whole prefix.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from t2s_local.ports.engine import Completion, Request

Answer = Callable[[Request], Completion]
_AHEAD = 2
"""Waiting questions per lane from which the next one is chosen."""
_LEAST = 400
"""Length of a prefix in characters below which evaluating it is faster than waiting for another question."""
_SHARE = 4
"""Ratio of prefix to prompt above which a question waits for the running question with the same prefix."""


class Lanes:
    """Pool of threads that ask questions; their errors are raised where the answers are read."""

    def __init__(self, n: int, answer: Answer) -> None:
        """Prepare *n* lanes.

        Args:
            n: Questions asked in parallel.
            answer: Answers one question; called on several threads at once.
        """
        self._n = n
        self._answer = answer

    def answers(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Yield the answers to *requests*, one each, in the order they finish."""
        fresh = iter(requests)
        waiting: list[Request] = []
        last: list[str | None] = [None] * self._n
        busy: dict[Future[Completion], int] = {}
        is_drawn = False
        pool = ThreadPoolExecutor(self._n)
        try:
            while True:
                while not is_drawn and len(waiting) < self._n * _AHEAD:
                    request = next(fresh, None)
                    is_drawn = request is None
                    waiting += [] if request is None else [request]
                while (pair := _paired(set(busy.values()), waiting, last)) is not None:
                    lane, request = pair
                    waiting.remove(request)
                    last[lane] = request.prefix
                    busy[pool.submit(self._answer, request)] = lane
                if not busy:
                    return
                done, _ = wait(busy, return_when=FIRST_COMPLETED)
                for future in sorted(done, key=busy.__getitem__):
                    del busy[future]
                    yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _paired(busy: set[int], waiting: list[Request], last: list[str | None]) -> tuple[int, Request] | None:
    """Return an idle lane and a question with the prefix of its last question, or else with a new prefix; or None."""
    idle = [lane for lane in range(len(last)) if lane not in busy]
    pairs = ((lane, request) for lane in idle for request in waiting if last[lane] == request.prefix)
    if (pair := next(pairs, None)) is not None:
        return pair
    begun = {last[lane] for lane in busy}
    fresh = next((request for request in waiting if request.prefix not in begun or not _waits(request)), None)
    return (idle[0], fresh) if idle and fresh is not None else None


def _waits(request: Request) -> bool:
    """Return whether a question is mostly prefix: after another question with that prefix it costs little."""
    return len(request.prefix) > max(_LEAST, _SHARE * len(request.prompt))
