"""Cues in what people write: that something is forbidden, replaced, customary, or taken back, in several languages."""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib import resources

_GAP = r"(?:\W+\w+){0,4}?\W+"
_POLITE = "polite"
"""Kind of what opens a polite question, which is taken away before the others are looked for."""
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Letters of Chinese, Japanese and Korean, whose words do not stand apart or carry endings."""


def cues_of(text: str) -> frozenset[str]:
    """Return the kinds of cues in *text*: those of ``cues.toml``."""
    kinds = _patterns()
    whole = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    plain = kinds[_POLITE].sub(" … ", whole)
    return frozenset(kind for kind, pattern in kinds.items() if pattern.search(whole if kind == _POLITE else plain))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    listed = tomllib.loads(resources.files("t2s_local.text").joinpath("cues.toml").read_text("utf-8"))
    return {
        kind: re.compile(_either([phrase for phrases in languages.values() for phrase in phrases]))
        for kind, languages in sorted(listed.items())
    }


def _either(phrases: Sequence[str]) -> str:
    return "|".join(sorted({_pattern(unicodedata.normalize("NFKC", phrase).casefold()) for phrase in phrases}))


def _pattern(phrase: str) -> str:
    if _UNSPACED.search(phrase):
        return re.escape(phrase)
    parts = [part.strip() for part in re.split("…|\\.\\.\\.", phrase)]
    inner = _GAP.join(re.escape(part).replace(r"\~", "~").replace("~", r"\w*") for part in parts if part)
    return rf"(?<!\w){inner}(?!\w)"
