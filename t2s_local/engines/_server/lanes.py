"""Several questions under way at once, those that begin alike one after another on the same lane.

A server keeps the state of the last question of each of its slots, and gives a new one the slot that begins like it. So
the wordings of one lesson, sent one after another, cost their own tokens; sent together, each evaluates everything.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from t2s_local.ports.engine import Completion, Request

Answer = Callable[[Request], Completion]
_AHEAD = 2
"""Questions that are looked at beside those under way, a lane."""
_LEAST = 400
"""Characters that are evaluated sooner than another question could be waited for."""
_SHARE = 4
"""Times what is shared is as long as the rest where a question waits for the one that begins like it."""


class Lanes:
    """Asks questions on several threads; what they raise is raised where the answers are read."""

    def __init__(self, n: int, answer: Answer) -> None:
        """Prepare *n* lanes.

        Args:
            n: Questions under way at once.
            answer: Answers one question; called on several threads at once.
        """
        self._n = n
        self._answer = answer

    def answers(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Answer *requests*, each once, in the order they finish."""
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
    """A lane and a question that go well together: that begins like its last one, or like none under way."""
    idle = [lane for lane in range(len(last)) if lane not in busy]
    pairs = ((lane, request) for lane in idle for request in waiting if last[lane] == request.prefix)
    if (pair := next(pairs, None)) is not None:
        return pair
    begun = {last[lane] for lane in busy}
    fresh = next((request for request in waiting if request.prefix not in begun or not _waits(request)), None)
    return (idle[0], fresh) if idle and fresh is not None else None


def _waits(request: Request) -> bool:
    """Return whether nearly all of a question is what others share: it costs little once one of them is answered."""
    return len(request.prefix) > max(_LEAST, _SHARE * len(request.prompt))
