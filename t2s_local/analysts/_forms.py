"""Common forms: of plain-text calls that share nearly all their words, and of dates and times."""

import re
from collections import Counter
from collections.abc import Sequence

_TOKEN = re.compile(r"[\w'-]+|[^\w\s]")
_DATE = re.compile(r"0000-00-00")
_TIME = re.compile(r"(?<![0:])00:00(?P<seconds>:00)?(?![0:])")
_LONGEST = 40
_DIRECTIVES = {"%Y": "YYYY", "%m": "MM", "%d": "DD", "%H": "HH", "%M": "MM", "%S": "SS"}
_FIXED = 0.9
"""Share of the calls that must contain a word for the word to belong to the form."""


def fixed_words(texts: Sequence[str]) -> frozenset[str]:
    """Return the words that nearly all of *texts* contain."""
    counted = Counter(token for text in texts for token in set(_TOKEN.findall(text)))
    return frozenset(token for token, count in counted.items() if count >= _FIXED * len(texts) and not token.isdigit())


def form_of(text: str, fixed: frozenset[str]) -> str:
    """Return *text* with each number as ``<number>`` and words that are not *fixed* as ``<name>``.

    Several such words in a row become one ``<name>``.
    """
    parts: list[str] = []
    for token in _TOKEN.findall(text):
        part = token if token in fixed else "<number>" if token.isdigit() else "<name>"
        if not (part == "<name>" and parts[-1:] == ["<name>"]):
            parts.append(part)
    return re.sub(r" ?([^\w\s<>]) ?", r"\1", " ".join(parts))


def usual_form(texts: Sequence[str]) -> tuple[str, int]:
    """Return the most frequent form of *texts*, and the number of texts that have it."""
    fixed = fixed_words(texts)
    forms = Counter(form_of(text, fixed) for text in texts)
    return min(forms.items(), key=lambda item: (-item[1], item[0]))


def shape_of(value: str) -> str:
    """Return *value* with every digit replaced by 0."""
    return re.sub(r"\d", "0", value)


def format_of(shape: str) -> str | None:
    """Return the date or time format of *shape* as inline code, such as YYYY-MM-DD; None for any other shape."""
    if len(shape) > _LONGEST or not (_DATE.search(shape) or _TIME.search(shape)):
        return None
    told = _TIME.sub(lambda found: "HH:MM:SS" if found["seconds"] else "HH:MM", _DATE.sub("YYYY-MM-DD", shape))
    return f"`{told}`" if "0" not in told else None


def says_format(error: str, spelt: str) -> bool:
    """Return whether an *error* states the format *spelt*, as ``YYYY-MM-DD`` or as ``%Y-%m-%d``."""
    told = re.sub("|".join(_DIRECTIVES), lambda found: _DIRECTIVES[found[0]], error)
    return spelt.strip("`") in told
