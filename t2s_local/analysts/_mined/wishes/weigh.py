"""Evidence for a rule in a message of the user: cues in the words, and the agent's actions around it."""

import re
from collections.abc import Sequence

from t2s_local.analysts._mined.wishes.course import Course, names
from t2s_local.text.cues import cues_of
from t2s_local.values.value import Value

ENOUGH = 2.5
"""Least weight of a rule, tuned on the half of the messages of ``scripts/bench-wishes`` that is not held out."""
_CUES = {
    "habit": 2.0,
    "prohibit": 1.0,
    "replace": 1.0,
    "oblige": 1.0,
    "limit": 1.0,
    "complain": 1.0,
    "choose": 0.5,
    "polite": 0.0,
    "mind": -2.5,
}
_REDONE = 1.0
_INTRODUCED = 1.0
_NAMED = 1.0
_AGAINST = frozenset({"prohibit", "replace"})
"""Cues of words that reject an action that they name."""
_STOPPED = 2.0
_STANDING = frozenset({"habit", "prohibit", "oblige", "choose", "complain"})
_ONCE = -2.0
"""Weight of an order without a word, such as *always*, that extends it to later tasks: it is about this task only."""
_OWN = -2.0
_OWN_SHARE = 0.2
"""Share of the removed words from the user's own earlier message above which the user has changed their mind."""
_ANSWERED = -2.0
_IDLE = -1.0
_LONG = -2.0
_LONG_FROM = 300
"""Characters from which on a message contains much beside a rule, often in words of others."""


_ORDERING = frozenset({"polite", "complain"})
"""Cues of questions that ask for an action or against one."""
_OF_ORDERS = frozenset({"habit", "choose"})
"""Cues that, in a polite request after which the agent takes nothing back, only describe the requested result."""
_QUESTION = re.compile(r"[?？][)\]\s]*$")


class Weighed(Value, frozen=True, kw_only=True):
    """A sentence of the user with the evidence for and against a wish in it."""

    text: str
    cues: frozenset[str]
    weight: float
    """Sum of the weights of the sentence's cues."""
    introduced: frozenset[str]
    """Names in the sentence that the agent uses only from then on."""


def weigh(sentences: Sequence[str], around: Course, *, n_characters: int = 0) -> tuple[float, tuple[Weighed, ...]]:
    """Return the weight of consecutive *sentences* as a rule, and the evidence in each sentence.

    Args:
        sentences: Consecutive sentences of one message.
        around: Actions of the agent before and after the message.
        n_characters: Length of the whole message without pasted text.
    """
    found = tuple(_weighed(sentence, around) for sentence in sentences)
    cues = frozenset().union(*(one.cues for one in found))
    weight = sum(_CUES[cue] for cue in sorted(cues)) + _of_course(around)
    if any(one.introduced for one in found):
        weight += _INTRODUCED
    if any(one.cues & _AGAINST and names(one.text) & around.written - around.asked for one in found):
        weight += _NAMED
    if n_characters >= _LONG_FROM:
        weight += _LONG
    swaps = around.undone is not None and any(one.introduced for one in found)
    if not cues & _STANDING and not ("limit" in cues and swaps):
        weight += _ONCE
    return weight, found


def _weighed(sentence: str, around: Course) -> Weighed:
    cues = cues_of(sentence)
    said = names(sentence)
    if _QUESTION.search(sentence) and not cues & _ORDERING:
        cues, said = frozenset(), frozenset()
    introduced = said & around.added - around.asked
    if "polite" in cues and (around.undone is None or not introduced):
        cues -= _OF_ORDERS
    return Weighed(
        text=sentence,
        cues=cues,
        weight=sum(_CUES[cue] for cue in sorted(cues)),
        introduced=introduced,
    )


def _of_course(around: Course) -> float:
    """Return the weight of the agent's actions: a corrected agent had acted before, and acts differently afterwards."""
    weight = 0.0
    if around.undone is not None:
        weight += _REDONE
    if len(around.removed & around.asked) > _OWN_SHARE * len(around.removed):
        weight += _OWN
    if around.stopped:
        weight += _STOPPED
    if around.asked_back and not around.stopped:
        weight += _ANSWERED
    if not around.acted and not around.stopped:
        weight += _IDLE
    return weight
