"""A user's turn trimmed to the rule in it: without a greeting, a remark beside it, or what was pasted."""

import re
from collections.abc import Sequence

from t2s_local.analysts._mined.wishes.weigh import Weighed
from t2s_local.text.cues import cues_of

LONGEST = 240
"""Characters of a rule: more is a specification."""
_OPENING = re.compile(r"^(?P<opening>[^,.!?;:，、。！？…—–]{1,24})[,.!?;:，、。！？…—–]+\s*(?=\S)")
_CONCEDED = re.compile(
    r"^(?:i (?:know|realise|realize|did say|understand)\b|ich weiß|ya sé|sé que|я знаю|знаю)"
    r"[^.!?;]{0,120}?[\s,]+(?:but|aber|pero|но)\s+(?=\S)|^我知道[^。！？]{0,60}?但(?:是)?[，,]?",
    re.IGNORECASE,
)
"""A user's own earlier words, granted before the rule that takes them back: *I know I said x, but …*."""
_MOST_WORDS = 2
_MOST_UNSPACED = 4
_SMILE = re.compile(r"(?:\s+(?:[:;=]-?[)(DPpO/|]|\^_?\^|[\U0001f600-\U0001f64f]))+\s*$")
_SENTENCE_END = re.compile(r"[.!?。！？]\s+|\n")
_WORD = re.compile(r"[^\W\d_]+")
_BESIDE = frozenset({"complain", "mind", "polite"})
"""Cues of what people say beside a rule."""
_EDGES = " \t\n-–—*>"


def trimmed(found: Sequence[Weighed], text: str) -> str | None:
    """Return the part of *text*, verbatim, that states the rule; None where no sentence speaks for one.

    From the first sentence that does to the last one, where that is short enough; otherwise the one that does most.
    """
    stating = [one for one in found if one.cues - _BESIDE]
    core = stating or [one for one in found if one.weight > 0] or [one for one in found if one.introduced]
    if not core:
        return None
    start, end = text.find(core[0].text), text.rfind(core[-1].text) + len(core[-1].text)
    if end - start > LONGEST or "\n\n" in text[start:end]:
        best = max(core, key=lambda one: (one.weight + bool(one.introduced), -len(one.text)))
        return _bare(_without_opening(best)) if len(best.text) <= LONGEST else None
    main = _main_before(text, start)
    if main is not None:
        whole = text[main : text.find(")", start) + 1 or end]
        return whole.strip(_EDGES) if len(whole) <= LONGEST and "\n\n" not in whole else None
    opening = len(core[0].text) - len(_without_opening(core[0]))
    return _bare(text[start + opening : end])


def _main_before(text: str, start: int) -> int | None:
    """Return where the sentence begins that a remark in brackets at *start* belongs to; None for what stands by itself.

    A remark says why, or what holds elsewhere: alone it can turn what was said round.
    """
    bracket = text.rfind("(", 0, start + 1)
    if bracket <= text.rfind(")", 0, start) or not text[:bracket].strip():
        return None
    before = text[:bracket].rstrip()
    return max((found.end() for found in _SENTENCE_END.finditer(before[:-1])), default=0)


def _bare(text: str) -> str:
    """Return *text* without the brackets around all of it, marks of lists, and a smile at its end."""
    plain = _SMILE.sub("", text.strip(_EDGES))
    return plain[1:-1] if plain.startswith("(") and plain.find(")") == len(plain) - 1 else plain


def _without_opening(one: Weighed) -> str:
    """Return a sentence without what is granted in it, and without the word or two that say nothing: *no*, *well*."""
    text = one.text
    conceded = _CONCEDED.match(text)
    if conceded is not None and cues_of(text[conceded.end() :]):
        text = text[conceded.end() :]
    while found := _OPENING.match(text):
        opening = found["opening"]
        spoken = _WORD.findall(opening)
        is_short = len(spoken) <= _MOST_WORDS and (
            opening.isascii() or max(map(len, spoken), default=0) <= 2 * _MOST_UNSPACED
        )
        rest = text[found.end() :]
        if not is_short or cues_of(opening) - _BESIDE or (not cues_of(rest) and cues_of(opening)):
            break
        text = rest
    return text
