"""Find phrases, in several languages, by which people forbid, replace, describe a habit, or take words back."""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

_GAP = r"(?:\W+\w+){0,4}?\W+"
_POINTS, _ASIDE, _JOINS = "points", "aside", "joins"
"""Kinds of phrases that are no cues for a rule: pointing words such as *it*, asides with such words such as *for this*,
and words such as *and* that join a sentence to the sentence before."""
_FOREIGN = frozenset({"forbid", "case", "asked"})
"""Kinds of phrases of languages other than English in texts that forbid something: no cues for a rule of a user."""
_POLITE = "polite"
"""Kind of phrases that begin a polite question; they are removed before the other kinds are searched."""
_FILLER = re.compile(r"[\s,]*(?:(?:also|just|please|maybe|bitte|auch|también|пожалуйста|也|再)[\s,]+)*", re.IGNORECASE)
"""Filler words between *could we* and the action."""
_SHARED = 4_096
"""Number of sentences whose results are cached: runs of one task begin with the same sentences."""
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Letters of Chinese, Japanese and Korean, whose words are not separated by spaces or have endings attached."""


@lru_cache(maxsize=_SHARED)
def cues_of(text: str) -> frozenset[str]:
    """Return the kinds of cues in *text*, by their names in ``cues.toml``."""
    kinds = _patterns()
    whole = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    plain = kinds[_POLITE].sub(" … ", whole)
    return frozenset(kind for kind, pattern in kinds.items() if pattern.search(whole if kind == _POLITE else plain))


def foreign_cues(text: str) -> frozenset[str]:
    """Return the kinds of phrases in *text* by which languages other than English forbid: forbid, case or asked."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    return frozenset(kind for kind in _FOREIGN if _every_pattern()[kind].search(plain))


def pointers(text: str) -> list[int]:
    """Return the offsets of pointing words such as *it* and *that* in *text*; *in this project* does not count.

    Pointing words before a capital letter, as of a name or a German noun, are articles and do not count either.
    """
    whole = text.replace("’", "'").lower()
    if len(whole) != len(text):
        return []
    kinds = _patterns()
    plain = kinds["habit"].sub(lambda found: "_" * len(found[0]), whole)
    return [found.start() for found in _points().finditer(plain) if not text[found.end() :].lstrip()[:1].isupper()]


class Opening(NamedTuple):
    """Start and end of the words that make an order a polite question, with the filler words after them."""

    start: int
    end: int


def opening_of(sentence: str) -> Opening | None:
    """Return the place of a polite opening such as *could we also* in *sentence*; None if there is none."""
    whole = sentence.replace("’", "'").lower()
    found = _patterns()[_POLITE].search(whole)
    if found is None or len(whole) != len(sentence):
        return None
    filler = _FILLER.match(whole, found.end())
    return Opening(found.start(), filler.end() if filler else found.end())


def without_join(sentence: str) -> str:
    """Return *sentence* without a joining word, such as *and* or *but*, at its start."""
    found = _every_pattern()[_JOINS].match(sentence.lower())
    return sentence if found is None else sentence[found.end() :].lstrip(" ,")


def without_asides(sentence: str) -> str:
    """Return *sentence* without asides such as *for this*, which mean nothing outside of the conversation."""
    whole = sentence.lower()
    if len(whole) != len(sentence):
        return sentence
    found = [one.span() for one in _every_pattern()[_ASIDE].finditer(whole) if one.start()]
    for start, end in reversed(found):
        sentence = f"{sentence[:start].rstrip()}{sentence[end:]}"
    return sentence


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    apart = {_POINTS, _ASIDE, _JOINS, *_FOREIGN}
    return {kind: pattern for kind, pattern in _every_pattern().items() if kind not in apart}


@cache
def _points() -> re.Pattern[str]:
    return _every_pattern()[_POINTS]


@cache
def _every_pattern() -> dict[str, re.Pattern[str]]:
    listed = tomllib.loads(resources.files("t2s_local.text").joinpath("cues.toml").read_text("utf-8"))
    return {
        kind: re.compile(_either([phrase for phrases in languages.values() for phrase in phrases]))
        for kind, languages in sorted(listed.items())
    }


def _either(phrases: Sequence[str]) -> str:
    """Return one pattern for all *phrases*, which tests the beginning of a word once, not once for each phrase."""
    plain = {unicodedata.normalize("NFKC", phrase).casefold() for phrase in phrases}
    unspaced = sorted(re.escape(phrase) for phrase in plain if _UNSPACED.search(phrase))
    spaced = sorted(_pattern(phrase) for phrase in plain if not _UNSPACED.search(phrase))
    return "|".join([*([rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)"] if spaced else []), *unspaced])


def _pattern(phrase: str) -> str:
    parts = [part.strip() for part in re.split("…|\\.\\.\\.", phrase)]
    return _GAP.join(re.escape(part).replace(r"\~", "~").replace("~", r"\w*") for part in parts if part)
