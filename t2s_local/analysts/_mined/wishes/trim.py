"""Trimming of a user's message to the rule in it: without greeting, side remark or pasted text."""

import re
from collections.abc import Sequence

from t2s_local.analysts._mined.wishes.weigh import Weighed
from t2s_local.text.cues import cues_of

LONGEST = 240
"""Most characters of a rule: a longer text is a specification."""
_OPENING = re.compile(r"^(?P<opening>[^,.!?;:，、。！？…—–]{1,24})[,.!?;:，、。！？…—–]+\s*(?=\S)")
_CONCEDED = re.compile(
    r"^(?:i (?:know|realise|realize|did say|understand)\b|ich weiß|ya sé|sé que|я знаю|знаю)"
    r"[^.!?;]{0,120}?[\s,]+(?:but|aber|pero|но)\s+(?=\S)|^我知道[^。！？]{0,60}?但(?:是)?[，,]?",
    re.IGNORECASE,
)
"""Concessions of a user's own earlier words before the rule that revokes them: *I know I said x, but …*."""
_MOST_WORDS = 2
_MOST_UNSPACED = 4
_SMILE = re.compile(r"(?:\s+(?:[:;=]-?[)(DPpO/|]|\^_?\^|[\U0001f600-\U0001f64f]))+\s*$")
_SENTENCE_END = re.compile(r"[.!?。！？]\s+|\n")
_WORD = re.compile(r"[^\W\d_]+")
_BESIDE = frozenset({"complain", "mind", "polite"})
"""Cues of remarks that accompany a rule."""
_EDGES = " \t\n-–—*>"


def trimmed(found: Sequence[Weighed], text: str) -> str | None:
    """Return the part of *text*, verbatim, that states the rule; None if no sentence has evidence for a rule.

    The part runs from the first to the last sentence with evidence; if it is too long, it is the sentence with most.
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
    """Return the start of the sentence that a remark in brackets at *start* belongs to; None outside brackets.

    A remark gives a reason or an exception: without its sentence it can reverse the meaning.
    """
    bracket = text.rfind("(", 0, start + 1)
    if bracket <= text.rfind(")", 0, start) or not text[:bracket].strip():
        return None
    before = text[:bracket].rstrip()
    return max((found.end() for found in _SENTENCE_END.finditer(before[:-1])), default=0)


def _bare(text: str) -> str:
    """Return *text* without brackets around the whole, list marks, and a smiley at its end."""
    plain = _SMILE.sub("", text.strip(_EDGES))
    return plain[1:-1] if plain.startswith("(") and plain.find(")") == len(plain) - 1 else plain


def _without_opening(one: Weighed) -> str:
    """Return a sentence without a concession and without an empty opening of one or two words: *no*, *well*."""
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
