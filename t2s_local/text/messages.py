"""Mask the parts of tools' messages, as quoted in lessons, that differ between runs."""

import re

from t2s_local.text.text import mask, normalise
from t2s_local.values.lesson import Lesson

_QUOTED = re.compile(r"'[^'\n]{1,80}'|\"[^\"\n]{1,80}\"|`[^`\n]{1,80}`")


def masked_messages(lesson: Lesson) -> set[str]:
    """Return the tool results that *lesson* quotes, in normal form, with masks, also for names in quotation marks."""
    shown = [quote.text for quote in lesson.evidence if quote.role == "observation"]
    return {error_kind(text) for text in shown}


def error_kind(text: str) -> str:
    """Return a message in normal form, with parts that differ between runs and names in quotation marks masked."""
    return normalise(_QUOTED.sub("<name>", mask(text)))
