"""Messages of tools that lessons quote, without what differs between two runs."""

import re

from t2s_local.text.text import mask, normalise
from t2s_local.values.lesson import Lesson

_QUOTED = re.compile(r"'[^'\n]{1,80}'|\"[^\"\n]{1,80}\"|`[^`\n]{1,80}`")


def masked_messages(lesson: Lesson) -> set[str]:
    """Return the words that *lesson* quotes of results, masked, names in quotation marks too."""
    shown = [quote.text for quote in lesson.evidence if quote.role == "observation"]
    return {error_kind(text) for text in shown}


def error_kind(text: str) -> str:
    """Return a message in normal form with what differs between two runs masked, names in quotation marks too."""
    return normalise(_QUOTED.sub("<name>", mask(text)))
