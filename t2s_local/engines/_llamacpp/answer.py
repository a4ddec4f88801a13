"""State of one request while the scheduler generates its answer."""

from t2s_local.engines._llamacpp.constraints.grammar import Grammar
from t2s_local.engines._llamacpp.sampling import Sampler, goes_in_circles
from t2s_local.ports.engine import Finish, Request


class Generation:
    """A request with its evaluated tokens, pending tokens and the answer so far."""

    def __init__(self, job: int, request: Request, *, shared: list[int], own: list[int], cap: int) -> None:
        """Start with the tokens of the prompt: the *shared* prefix and the request's *own* tokens."""
        self.job = job
        self.request = request
        self.shared = shared
        self.pending = own
        """Tokens that are not evaluated yet."""
        self.draft: list[int] = []
        """Guessed tokens that were evaluated after the last confirmed token."""
        self.n_prompt = len(shared) + len(own)
        self.n_done = 0
        """Number of tokens that are evaluated and confirmed."""
        self.cap = cap
        self.generated: list[int] = []
        self.sampler = Sampler(temperature=request.temperature, seed=request.seed)
        self.grammar: Grammar | None = None
        self._lookup = _Lookup()
        self._lookup.extend(shared + own)

    def begin(self, grammar: Grammar) -> None:
        """Generate under *grammar*; tokens it forces at the start are evaluated together with the prompt's end."""
        self.grammar = grammar
        self._extend(grammar.forced())
        n_over = len(self.generated) - self.cap
        if n_over > 0:  # the answer will end at its cap, and there is no room to evaluate more
            del self.pending[-n_over:]

    def take(self, token: int, ends: frozenset[int]) -> Finish | None:
        """Append *token* and the tokens the grammar forces after it; return why the answer ended, or None."""
        if token in ends:
            return "stop"
        self._extend([token])
        if self.grammar is not None:
            self.grammar.take(token)
            self._extend(self.grammar.forced())
        is_over = self.grammar is not None and self.grammar.is_over
        if len(self.generated) >= self.cap + is_over:
            return "length"
        if is_over:
            return "stop"
        return "repeat" if goes_in_circles(self.generated) else None

    def _extend(self, tokens: list[int]) -> None:
        self.pending += tokens
        self.generated += tokens
        self._lookup.extend(tokens)

    def match(self) -> int:
        """Confirm the pending tokens that were guessed correctly; return how many there were."""
        n = 0
        while n < min(len(self.pending), len(self.draft)) and self.pending[n] == self.draft[n]:
            n += 1
        self.pending, self.draft = self.pending[n:], self.draft[n:]
        self.n_done += n
        return n

    def guess(self, n: int) -> list[int]:
        """Return *n* tokens that followed the last two tokens at their previous occurrence; zeros if there is none."""
        return self._lookup.guess(n)


class _Lookup:
    """Last position of each pair of tokens, used to guess the next tokens: lessons quote the text they are about."""

    def __init__(self) -> None:
        self._tokens: list[int] = []
        self._after: dict[tuple[int, int], int] = {}

    def extend(self, tokens: list[int]) -> None:
        for token in tokens:
            if len(self._tokens) > 1:
                self._after[self._tokens[-2], self._tokens[-1]] = len(self._tokens)
            self._tokens.append(token)

    def guess(self, n: int) -> list[int]:
        place = self._after.get((self._tokens[-2], self._tokens[-1])) if len(self._tokens) > 1 else None
        if place is None:
            return [0] * n
        known = self._tokens[place:]
        return [known[step % len(known)] for step in range(n)]
