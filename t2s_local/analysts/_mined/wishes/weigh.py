"""How much a turn of the user speaks for a rule: the agent's course around it, and cues in the words."""

import re
from collections.abc import Sequence

from t2s_local.analysts._mined.wishes.course import Course, names
from t2s_local.text.cues import cues_of
from t2s_local.values.value import Value

ENOUGH = 2.5
"""Weight from which a turn is a rule: chosen on the open half of the turns of ``scripts/bench-wishes``."""
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
"""Cues of words that speak against what was done, where they name it."""
_STOPPED = 1.0
_OWN = -2.0
_OWN_SHARE = 0.2
"""Share of what is taken back above which it was the user's own wish."""
_ANSWERED = -2.0
_IDLE = -1.0
_LONG = -2.0
_LONG_FROM = 300
"""Characters of a turn from which on it says much else, and often in words of others."""


_ORDERING = frozenset({"polite", "complain"})
"""Cues of questions that ask for something to be done, or not."""
_QUESTION = re.compile(r"[?？][)\]\s]*$")


class Weighed(Value, frozen=True, kw_only=True):
    """Evidence in a sentence for and against a wish."""

    text: str
    cues: frozenset[str]
    weight: float
    """Of its cues alone."""
    introduced: frozenset[str]
    """Names in it that the agent uses from then on."""


def weigh(sentences: Sequence[str], around: Course, *, n_characters: int = 0) -> tuple[float, tuple[Weighed, ...]]:
    """Return how much *sentences*, said at once, speak for a rule, and what each of them does.

    Args:
        sentences: Sentences beside each other.
        around: What the agent did before and after.
        n_characters: Length of the whole turn, pasted text left out.
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
    return weight, found


def _weighed(sentence: str, around: Course) -> Weighed:
    cues = cues_of(sentence)
    said = names(sentence)
    if _QUESTION.search(sentence) and not cues & _ORDERING:
        cues, said = frozenset(), frozenset()
    return Weighed(
        text=sentence,
        cues=cues,
        weight=sum(_CUES[cue] for cue in sorted(cues)),
        introduced=frozenset(said & around.added - around.asked),
    )


def _of_course(around: Course) -> float:
    """Return what the agent's course adds: who is put right had acted, and goes another way from then on."""
    weight = 0.0
    if around.undone is not None:
        weight += _REDONE
    if len(around.removed & around.asked) > _OWN_SHARE * len(around.removed):
        weight += _OWN
    if around.stopped:
        weight += _STOPPED
    if around.asked_back and not around.stopped:
        weight += _ANSWERED
    if not around.acted:
        weight += _IDLE
    return weight
