"""How much asking a model will come to, before any recording is looked into."""

from collections.abc import Sequence

from t2s_local.analysts._llm.choice import LEAST, MOST, SHARE
from t2s_local.analysts._llm.excerpt import estimated
from t2s_local.analysts._llm.kinds import KINDS
from t2s_local.ports.analyst import Forecast
from t2s_local.prompts import template

_AROUND = 90
"""Tokens of a question beside its excerpt: the task, the facts, the hints, what frames them."""
_ANSWER = 260
"""Tokens of an answer with one lesson; three take about 750, none five."""


def forecast(sizes: Sequence[int], *, n_compared: int = 0) -> Forecast:
    """Estimate what asking about slices comes to; slices in which nothing happens cost less than this.

    Args:
        sizes: Characters of each slice.
        n_compared: Tasks with succeeding and failing runs, for each of which two runs are compared.
    """
    excerpts = [min(size / 3, min(MOST, max(LEAST, SHARE * size / 3))) for size in sizes]
    mean = sum(excerpts) / max(1, len(excerpts))
    calls = len(sizes) + n_compared
    shared = sum(estimated(template(kind.prompt)) for kind in KINDS) if calls else 0
    own = sum(excerpts) + 2 * mean * n_compared + _AROUND * calls
    return Forecast(calls=calls, prompt_tokens=round(own) + shared, answer_tokens=_ANSWER * calls)
