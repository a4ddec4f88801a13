"""Choice of the next token, and detection of answers that repeat themselves."""

import math
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from t2s_local.engines._llamacpp.constraints.grammar import Grammar

_MIN_P = 0.05
"""Smallest probability of a token that may be drawn, as a share of the most likely token's."""
_PERIODS = 64
"""Longest repeated passage that is looked for, in tokens."""
_CIRCLE_TOKENS = 96
"""Fewest repeated tokens that count as a loop: four lines of a list can look alike by chance."""


class Sampler:
    """Sampler of the tokens of one answer."""

    def __init__(self, *, temperature: float, seed: int) -> None:
        """Start a random number generator for this answer alone: other answers in the batch do not affect it."""
        self._temperature = temperature
        self._random = random.Random(seed)

    def next(self, logits: "NDArray[np.float32]", grammar: "Grammar | None") -> int:
        """Draw a token.

        A token is drawn without the grammar first. Only if the grammar refuses it is the mask computed and another
        token drawn under it, in the same order as llama.cpp's own sampling.
        """
        token = self._draw(logits)
        if grammar is None or grammar.allows(token):
            return token
        import numpy as np

        allowed = np.flatnonzero(grammar.mask())
        return int(allowed[self._draw(logits[allowed])])

    def _draw(self, logits: "NDArray[np.float32]") -> int:
        import numpy as np

        best = int(logits.argmax())
        if self._temperature <= 0:
            return best
        floor = logits[best] + self._temperature * math.log(_MIN_P)
        near = np.flatnonzero(logits >= floor)
        weights = np.exp((logits[near].astype(np.float64) - logits[best]) / self._temperature).cumsum()
        return int(near[np.searchsorted(weights, self._random.random() * weights[-1], side="right")])


def goes_in_circles(tokens: Sequence[int]) -> bool:
    """Return whether *tokens* end in a repeated short passage, for at least 96 tokens and three repetitions."""
    n = len(tokens)
    for period in range(1, _PERIODS + 1):
        length = max(_CIRCLE_TOKENS, 3 * period)
        if length > n:
            return False
        if tokens[n - period] == tokens[n - 2 * period] and all(
            tokens[place] == tokens[place - period] for place in range(n - length + period, n)
        ):
            return True
    return False


def log_probability(logits: "NDArray[np.float32]", token: int) -> float:
    """Return the natural-log probability of *token* under *logits*."""
    import numpy as np

    best = float(logits.max())
    return float(logits[token]) - best - math.log(float(np.exp(logits - best, dtype=np.float64).sum()))
