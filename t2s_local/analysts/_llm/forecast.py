"""Estimate of the calls and tokens that asking a model will need, before any recording is read."""

from collections.abc import Sequence

from t2s_local.analysts._llm import evidence, wording
from t2s_local.ports.analyst import Forecast
from t2s_local.prompts import template

CALLS = 3.5
"""Questions per slice: none or one for step numbers, three wordings for each situation in it; measured on samples."""
PROMPT = 330
"""Tokens of a question beside its instructions; text that candidates share is counted once."""
ANSWER = 55
"""Mean tokens of an answer: a wording has about 70, step numbers 12."""
_CHARACTERS_A_TOKEN = 4


def forecast(sizes: Sequence[int], *, n_compared: int = 0, has_skills: bool = False) -> Forecast:
    """Estimate the calls and tokens of asking about slices; slices in which nothing happens cost less than estimated.

    Args:
        sizes: Characters of each slice.
        n_compared: Tasks with succeeding and failing runs, for each of which two runs are compared.
        has_skills: Whether two more questions about each slice are on an existing skill.
    """
    calls = round(CALLS * (len(sizes) + n_compared)) + 2 * len(sizes) * has_skills
    prompts = {*evidence.PROMPTS.values(), *wording.PROMPTS.values()} if calls else set()
    shared = sum(len(template(name)) // _CHARACTERS_A_TOKEN for name in prompts)
    return Forecast(calls=calls, prompt_tokens=PROMPT * calls // 2 + shared, answer_tokens=ANSWER * calls)
