"""The form that calls of plain text share: words that nearly all have, with names and numbers left open."""

import re
from collections import Counter
from collections.abc import Sequence

_TOKEN = re.compile(r"[\w'-]+|[^\w\s]")
_FIXED = 0.9
"""Share of the calls that hold a word, for it to belong to the form."""


def fixed_words(texts: Sequence[str]) -> frozenset[str]:
    """Return the words that nearly all of *texts* hold."""
    counted = Counter(token for text in texts for token in set(_TOKEN.findall(text)))
    return frozenset(token for token, count in counted.items() if count >= _FIXED * len(texts) and not token.isdigit())


def form_of(text: str, fixed: frozenset[str]) -> str:
    """Return *text* with numbers and words that are not *fixed* left open; several open words in a row are one."""
    parts: list[str] = []
    for token in _TOKEN.findall(text):
        part = token if token in fixed else "<number>" if token.isdigit() else "<name>"
        if not (part == "<name>" and parts[-1:] == ["<name>"]):
            parts.append(part)
    return re.sub(r" ?([^\w\s<>]) ?", r"\1", " ".join(parts))


def usual_form(texts: Sequence[str]) -> tuple[str, int]:
    """Return the form that most of *texts* have, and how many have it."""
    fixed = fixed_words(texts)
    forms = Counter(form_of(text, fixed) for text in texts)
    return min(forms.items(), key=lambda item: (-item[1], item[0]))
