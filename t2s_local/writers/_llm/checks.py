"""Checks by code of a model's words for a skill: invented words, filler, and advice that reverses the lessons."""

import re
from collections.abc import Sequence

from t2s_local.text.mentions import Haystack, is_empty, mentions
from t2s_local.text.text import clip, has_hidden, mask, squeeze, words
from t2s_local.values.lesson import Refusal
from t2s_local.writers._page.rules import FORBIDS, Rule

UNKNOWN = "writer: {} that is in no lesson"
EMPTY = "writer: empty generality"
HIDDEN = "writer: hidden characters"
TURNED = "writer: advice turned around"
ONE_RUN = "writer: advice with an id of one run"
BAD_NAME = "writer: name of another subject"
BAD_DESCRIPTION = "writer: description that cannot be used"

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+){1,4}")
_MOST_NAME = 48
_DESCRIPTION = range(100, 401)
_TAG = re.compile(r"[<>]|-{3,}")
_LEAST_TRIGGERS = 2
_LEAST_KNOWN = 0.6
"""Share of the longer words of a description that its rules and tasks must contain: the rest are the model's own."""
_SHORT = 3
"""Most letters of a word that counts as a preposition, an article or the like."""
_OF_ONE_RUN = ("<id>", "<hash>", "<email>", "<date>")


def words_of(rule: Rule) -> tuple[str, ...]:
    """Return all texts and quotes of the lessons of *rule*."""
    return tuple(
        text
        for lesson in rule.lessons
        for text in (
            lesson.when,
            lesson.do,
            lesson.because or "",
            *lesson.tools,
            *(quote.text for quote in lesson.evidence),
        )
    )


def against_rule(when: str, do: str, rule: Rule) -> Refusal | None:
    """Return the reason to refuse a wording of *rule*; None if it can be used."""
    if has_hidden(f"{when}\n{do}"):
        return Refusal(reason=HIDDEN, detail=clip(do, 80))
    texts = words_of(rule)
    known = Haystack(texts)
    named = (*mentions(when), *mentions(do))
    unknown = next((mention for mention in named if not known.holds(mention.text)), None)
    if unknown is not None:
        return Refusal(reason=UNKNOWN.format(unknown.kind), detail=clip(unknown.text, 80))
    if is_empty(do, known=texts):
        return Refusal(reason=EMPTY, detail=clip(do, 80))
    if any(part in mask(mention.text) for mention in mentions(do) for part in _OF_ONE_RUN):
        return Refusal(reason=ONE_RUN, detail=clip(do, 80))
    return Refusal(reason=TURNED, detail=clip(do, 80)) if _is_turned(do, rule) else None


def _is_turned(do: str, rule: Rule) -> bool:
    """Return whether a wording forbids what its lessons recommend, or recommends what they forbid."""
    forbids = bool(FORBIDS.match(do))
    if forbids != (rule.kind == "never") and "never" in (rule.kind, "never" if forbids else ""):
        return True
    forbidden = [lesson for lesson in rule.lessons if FORBIDS.match(lesson.do)]
    if not forbids:
        return len(forbidden) == len(rule.lessons) or _repeats_failure(do, rule)
    return not forbidden


def _repeats_failure(do: str, rule: Rule) -> bool:
    """Return whether the first command or name in *do* occurs in a failed action and in no action that worked."""
    quotes = [quote for lesson in rule.lessons for quote in lesson.evidence]
    failed = Haystack(quote.text for quote in quotes if quote.role == "action")
    worked = Haystack(quote.text for quote in quotes if quote.role == "fix")
    is_fixed = any(quote.role == "fix" for quote in quotes)
    named = mentions(do)[:1]
    return is_fixed and bool(named) and failed.holds(named[0].text) and not worked.holds(named[0].text)


def name_of(text: str, known: Sequence[str]) -> str | None:
    """Return *text* as the name of a skill; None if its form is wrong or a word does not occur in *known* texts."""
    name = "-".join(words(text)[:5])
    said = {word for one in known for word in words(one)}
    is_name = _SLUG.fullmatch(name) is not None and len(name) <= _MOST_NAME
    return name if is_name and all(_is_known(part, said) for part in name.split("-")) else None


def _is_known(part: str, said: set[str]) -> bool:
    stem = part.removesuffix("ing").removesuffix("s")
    return len(part) <= 3 or (
        len(stem) > 1 and any(word.startswith(stem[:-1] if len(stem) > 3 else stem) for word in said)
    )


def description_of(what: str, use_when: str, known: Sequence[str]) -> str | None:
    """Return the description of a skill; None if its form is wrong or the *known* texts do not support it."""
    line = squeeze(f"{_sentence(what)} Use when {squeeze(use_when).rstrip('.')}.")
    if len(line) not in _DESCRIPTION or has_hidden(line) or _TAG.search(line):
        return None
    haystack = Haystack(known)
    if not all(haystack.holds(mention.text) for mention in mentions(line)):
        return None
    said = {word for text in known for word in words(text)}
    telling = [word for word in words(f"{what} {use_when}") if len(word) > 3]
    if not telling or sum(_is_known(word, said) for word in telling) < _LEAST_KNOWN * len(telling):
        return None
    triggers = {word for word in words(use_when) if len(word) > 3}
    return line if len(triggers & said) >= _LEAST_TRIGGERS else None


def _sentence(text: str) -> str:
    said = squeeze(text).rstrip(".")
    return f"{said[:1].upper()}{said[1:]}."
