"""Compute marks (sets of features) by which a rule is recognised in a later run, even in other words."""

import re
from collections.abc import Container, Iterable, Sequence

from t2s_local.text.messages import masked_messages
from t2s_local.text.text import jaccard, mask, normalise, overlap_coefficient, words
from t2s_local.values.decision import RuleMark
from t2s_local.values.lesson import Lesson
from t2s_local.values.value import digest

ALIKE = 0.5
"""Least share of common words or steps of two rules that are the same."""
_REMEDY = frozenset({"fix", "correction", "result"})
_OCCASION = frozenset({"observation", "request", "action"})
_NAME = re.compile(r"\w+")
_CODE = re.compile(r"`([^`]+)`")


def mark_of(lessons: Sequence[Lesson]) -> RuleMark:
    """Return the features of the rule formed by *lessons*, of which the medoid (the most central lesson) is the first.

    Lessons that name other commands than the medoid are left out. Grouping sometimes joins opposite remedies of one
    failure, but a person reads only the medoid, so a decision about the rule says nothing about the other remedy.
    """
    lessons = [lesson for lesson in lessons if not is_other_remedy(lessons[0], lesson)]
    return RuleMark(
        signatures=_digests(normalise(lesson.signature) for lesson in lessons),
        messages=_digests(text for lesson in lessons for text in _messages(lesson)),
        remedy=_digests(_remedy(lessons[0])),
        occasions=_places(lessons, _OCCASION),
        remedies=_places(lessons, _REMEDY),
    )


def is_same_rule(one: RuleMark, other: RuleMark) -> bool:
    """Return whether two rules are the same.

    Two rules are the same in three cases: a lesson of each has the same masked words; or both are about one message and
    their remedies, without the words of the failure, share half of their words; or they share a step that occasioned
    the rule and half of the steps that show the remedy. The last case exists because a model that reads the same steps
    again words the same rule differently.
    """
    if not set(one.signatures).isdisjoint(other.signatures):
        return True
    if (
        not set(one.messages).isdisjoint(other.messages)
        and jaccard(frozenset(one.remedy), frozenset(other.remedy), empty=0.0) >= ALIKE
    ):
        return True
    is_occasion_shared = not set(one.occasions).isdisjoint(other.occasions)
    return (
        is_occasion_shared
        and overlap_coefficient(frozenset(one.remedies), frozenset(other.remedies), empty=0.0) >= ALIKE
    )


def is_other_remedy(one: Lesson, other: Lesson) -> bool:
    """Return whether both remedies name commands, and these commands share less than half of their words."""
    first, second = _code(one), _code(other)
    return bool(first and second) and len(first & second) < ALIKE * len(first | second)


def keys_of(found: RuleMark) -> frozenset[str]:
    """Return the features of a mark that are compared first: two marks of one rule share at least one feature."""
    return frozenset((*found.signatures, *found.messages, *found.occasions))


def _messages(lesson: Lesson) -> set[str]:
    """Return the masked messages that a lesson quotes, with and without names from its situation and parts of names."""
    given = {word for code in _CODE.findall(lesson.when) for word in _NAME.findall(code.casefold())}
    parts = given | {part for word in given for part in word.split("_")}
    found = masked_messages(lesson)
    return found | {_without(names, text) for text in found for names in (given, parts)}


def _without(names: Container[str], text: str) -> str:
    return _NAME.sub(lambda name: "<name>" if name[0] in names else name[0], text)


def _remedy(lesson: Lesson) -> set[str]:
    """Return the words of a lesson's remedy, by which two remedies of one failure are compared.

    These are the words of its commands that the failed command lacks; without commands the words of the advice that the
    situation lacks, or all words of the advice if the situation contains all of them. Words of the failure occur in any
    of its remedies.
    """
    if code := _code(lesson):
        return code
    said = set(words(mask(lesson.do)))
    return said - set(words(mask(lesson.when))) or said


def _code(lesson: Lesson) -> set[str]:
    """Return the words in code spans of the remedy that the code spans of the situation lack."""
    done, failed = (set(words(mask(" ".join(_CODE.findall(text))))) for text in (lesson.do, lesson.when))
    return done - failed


def _digests(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({digest(text) for text in texts}))


def _places(lessons: Iterable[Lesson], roles: frozenset[str]) -> tuple[str, ...]:
    quotes = (quote for lesson in lessons for quote in lesson.evidence if quote.role in roles)
    return tuple(sorted({digest(quote.trajectory_id, str(quote.step)) for quote in quotes}))
