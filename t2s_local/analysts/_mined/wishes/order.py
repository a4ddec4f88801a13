"""Rewording of a user's message as an order for later agents, which did not see the conversation."""

import re
from collections.abc import Collection, Iterator
from functools import cache
from importlib import resources

from t2s_local.analysts._mined.wishes.course import Course, names
from t2s_local.text.cues import opening_of, pointers, without_asides, without_join
from t2s_local.text.lesson_words import INSTEAD_OF, SAID_OF
from t2s_local.text.text import squeeze

_SENTENCE = re.compile(r"(?<=[.!?。！？])(\s+)")
_QUESTION = re.compile(r"[?？][)\]\s]*$")
_TAG = re.compile(r"[,，、;–-]\s*¿?(?:[^\W\d_]+\s?){1,2}[?？]\s*$")
"""A question of one or two words after a statement: *…, right?*."""
_REASONED = re.compile(
    r"\b(?:should|would|will|must) be (fine|okay|ok|enough|good),? (?:since|because|as) ", re.IGNORECASE
)
"""A permission with its reason, which is the condition for another case: *this should be fine, since …*."""
_PERMITTED = re.compile(
    r"(?P<permission>[^()]+ is (?:fine|okay|ok|enough|good) where [^()]+?) \(we (?!(?:are|were|have|had|do|did|don't|"
    r"don’t|can|could|should|will|would|might|may|must|need|want|think|know|like|hope)\b)(?P<rule>[^()]+?)\.?\)\.?",
    re.IGNORECASE,
)
"""A permission under a condition, with the rule that it is an exception of in brackets: *… (we use … elsewhere)*."""
_ELSEWHERE = re.compile(r"\s+(?:in|for) (?:all |the |most )?other [a-z]+\b", re.IGNORECASE)
_JUST = re.compile(r"\b(and|or) just (?=[a-z]{2,}\b)")
_DIRECTIVE = re.compile(r"(?://|#) ?(?:\w+:[\w-]+|(?:noqa|type: ignore|eslint-disable|@ts-)[\w-]*)")
"""A comment for a linter or a compiler; what follows it is said of this line alone."""
_THEN = re.compile(r",?\s+then(?=[,.;!]|$)", re.IGNORECASE)
"""A reference to what was said before."""
_END = re.compile(r"[.!?。！？…][)\"”]?$")
_UNSPACED_END = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]$")
_PLAIN = re.compile(r"[^\W\d_]+(?=[\s,]|$)")
_SHORTENED = re.compile(r"\w+['’]\w+")
_NAMED = 2
"""Fewest distinctive words before a pronoun that can name what the pronoun refers to."""
_EARLY = 12
"""Most characters before a polite opening, such as *oh, and …*."""
_STEM = 4
"""Fewest letters that two forms of a word have in common at the start."""


def as_order(said: str, around: Course, *, line: str | None, is_undone: bool = False) -> str | None:
    """Return *said* as an order; None if it refers to something that neither *said* nor *line* names.

    Args:
        said: The user's words, trimmed to the rule.
        around: Actions of the agent before and after the message.
        line: The agent's line that the words are about; None if it is not known.
        is_undone: Whether the agent wrote the line and took it back: then the order is what to do instead of it.
    """
    told = without_join(squeeze("".join(map(_asserted, _SENTENCE.split(squeeze(said))))))
    told = _JUST.sub(r"\1 ", _THEN.sub("", _REASONED.sub(r"is \1 where ", told)))
    if not told or not _is_clear(told, around, line):
        return None
    first = _PLAIN.match(told)
    if first is not None and not names(first[0]) & (around.written | around.added):
        told = f"{told[0].upper()}{told[1:]}"
    if not _END.search(told):
        told = f"{told.rstrip(',;:，、；：')}{'。' if _UNSPACED_END.search(told) else '.'}"
    told = _rule_first(told)
    line = line if line is None or (found := _DIRECTIVE.match(line)) is None else found[0]
    return told if line is None else f"{told}{INSTEAD_OF if is_undone else SAID_OF}`{line}`."


def _rule_first(told: str) -> str:
    """Return a permission with a rule in brackets as the rule, and the permission after it."""
    found = _PERMITTED.fullmatch(told)
    if found is None:
        return told
    rule, permission = _ELSEWHERE.sub("", found["rule"]), found["permission"]
    return f"{rule[0].upper()}{rule[1:]}; {permission[0].lower()}{permission[1:]}."


def _asserted(sentence: str) -> str:
    """Return a sentence without *could we*, *for this* or *right?*; an empty text if it asks for no action."""
    asks = _QUESTION.search(sentence) is not None
    opening = opening_of(sentence)
    if opening is not None and opening.start <= _EARLY:
        return without_asides(_QUESTION.sub("", sentence[opening.end :]).strip())
    tag = _TAG.search(sentence)
    if tag is not None:
        return without_asides(sentence[: tag.start()])
    return without_asides(_QUESTION.sub("", sentence)) if opening is not None or not asks else ""


def _is_clear(told: str, around: Course, line: str | None) -> bool:
    """Return whether the words before each pronoun, or the *line* quoted with the order, name what it refers to."""
    own = _telling(names(line or ""))
    known = own | _telling(around.added | around.written)
    for at in pointers(told):
        before = _telling(names(_SHORTENED.sub(" ", told[:at])))
        if len(before) < _NAMED and not any(_is_known(name, known) for name in before):
            return any(_is_known(name, own) for name in _telling(names(told)))
    return True


def _is_known(name: str, known: Collection[str]) -> bool:
    return name in known or any(
        len(name) >= _STEM and len(one) >= _STEM and (one.startswith(name) or name.startswith(one)) for one in known
    )


def _telling(found: Collection[str]) -> frozenset[str]:
    return frozenset(_told(found))


def _told(found: Collection[str]) -> Iterator[str]:
    for name in found:
        if len(name) > 1 and name not in _common():
            yield name


@cache
def _common() -> frozenset[str]:
    """Return English words that occur in any text and any code."""
    return frozenset(resources.files("t2s_local.analysts._mined").joinpath("stopwords.txt").read_text("utf-8").split())
