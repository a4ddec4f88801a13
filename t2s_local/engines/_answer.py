"""One request on its way through the scheduler."""

from t2s_local.engines._grammar import Grammar
from t2s_local.engines._sampling import Sampler
from t2s_local.ports import Request


class Answer:
    """A request on its way."""

    def __init__(self, job: int, request: Request, *, shared: list[int], own: list[int], cap: int) -> None:
        """Start with the prompt's tokens: those it shares with others, and its own."""
        self.job = job
        self.request = request
        self.shared = shared
        self.pending = own
        """Tokens that are not evaluated yet."""
        self.n_prompt = len(shared) + len(own)
        self.n_done = 0
        """Tokens that are evaluated."""
        self.cap = cap
        self.generated: list[int] = []
        self.sampler = Sampler(temperature=request.temperature, seed=request.seed)
        self.grammar: Grammar | None = None
