"""How much asking a model will come to, before any recording is looked into."""

from collections.abc import Sequence

from t2s_local.analysts._llm import evidence, wording
from t2s_local.ports.analyst import Forecast
from t2s_local.prompts import template

CALLS = 3.5
"""Questions a slice: one about numbers or none, and three candidates for each situation in it; measured on samples."""
PROMPT = 330
"""Tokens a question shows beside its instructions, what candidates share counted once."""
ANSWER = 55
"""Tokens of an answer: a wording takes about 70, numbers 12."""
_CHARACTERS_A_TOKEN = 4


def forecast(sizes: Sequence[int], *, n_compared: int = 0) -> Forecast:
    """Estimate what asking about slices comes to; slices in which nothing happens cost less than this.

    Args:
        sizes: Characters of each slice.
        n_compared: Tasks with succeeding and failing runs, for each of which two runs are compared.
    """
    calls = round(CALLS * (len(sizes) + n_compared))
    prompts = {*evidence.PROMPTS.values(), *wording.PROMPTS.values()} if calls else set()
    shared = sum(len(template(name)) // _CHARACTERS_A_TOKEN for name in prompts)
    return Forecast(calls=calls, prompt_tokens=PROMPT * calls // 2 + shared, answer_tokens=ANSWER * calls)
