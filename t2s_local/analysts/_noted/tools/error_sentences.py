"""Wording of the errors of several calls as one sentence."""

import re
from collections.abc import Sequence

from t2s_local.analysts._lessons import TAG
from t2s_local.analysts._mined.ways.messages import shown
from t2s_local.text.text import squeeze

ERROR_PREFIX = re.compile(r"^(?:\w*(?:Error|Exception)|error|failed|failure|invalid request)\s*:\s*", re.IGNORECASE)
"""Kind of an error at the start of its message."""
STATES_RULE = re.compile(
    r"\b(?:cannot|can ?not|can'?t|must|may not|should(?:n'?t)?|only|not allowed|forbidden|not permitted|requires?"
    r"|required|non-\w+|does not (?:allow|support)|at (?:least|most)|exceeds?|unsupported|not supported|either)\b",
    re.IGNORECASE,
)
"""Words of an error that states a general rule, and not only what is missing in one case."""
_QUOTED = re.compile(r"'[^'\n]{1,80}'|\"[^\"\n]{1,80}\"")


def sentence_of(errors: Sequence[str]) -> str:
    """Return the common text of *errors* as a sentence, with differing parts masked."""
    raw = sorted({squeeze(ERROR_PREFIX.sub("", TAG.sub("", error))) for error in errors})
    text = raw[0] if len(raw) == 1 else shown(_opened(raw))[1:-1]
    first = text.split(" ", 1)[0]
    text = f"{text[0].upper()}{text[1:]}" if first.isalpha() and first.islower() else text
    return f"{text.rstrip('.')}."


def _opened(errors: Sequence[str]) -> list[str]:
    """Return *errors* with an ellipsis in quotations that differ: parts of quotations may be equal by chance."""
    quotes = [_QUOTED.findall(error) for error in errors]
    if len({len(found) for found in quotes}) > 1:
        return list(errors)
    differ = [len(set(place)) > 1 for place in zip(*quotes, strict=True)]
    return [_with_holes(error, differ) for error in errors]


def _with_holes(error: str, differ: Sequence[bool]) -> str:
    """Return *error* with an ellipsis in every quotation whose item in *differ* is true."""
    parts, at = [], 0
    for place, found in enumerate(_QUOTED.finditer(error)):
        if differ[place]:
            parts += [error[at : found.start() + 1], "…", found[0][-1]]
            at = found.end()
    return "".join([*parts, error[at:]])
