"""Cues in what people write: that something is forbidden, replaced, customary, or taken back, in several languages."""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources

_GAP = r"(?:\W+\w+){0,4}?\W+"
_POLITE = "polite"
"""Kind of what opens a polite question, which is taken away before the others are looked for."""
_SHARED = 4_096
"""Results that are kept by sentence: runs of one task begin with the same ones."""
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Letters of Chinese, Japanese and Korean, whose words do not stand apart or carry endings."""


@lru_cache(maxsize=_SHARED)
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
    """Return one pattern for all *phrases*; where a word begins is looked for once, not phrase by phrase."""
    plain = {unicodedata.normalize("NFKC", phrase).casefold() for phrase in phrases}
    unspaced = sorted(re.escape(phrase) for phrase in plain if _UNSPACED.search(phrase))
    spaced = sorted(_pattern(phrase) for phrase in plain if not _UNSPACED.search(phrase))
    return "|".join([*([rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)"] if spaced else []), *unspaced])


def _pattern(phrase: str) -> str:
    parts = [part.strip() for part in re.split("…|\\.\\.\\.", phrase)]
    return _GAP.join(re.escape(part).replace(r"\~", "~").replace("~", r"\w*") for part in parts if part)
