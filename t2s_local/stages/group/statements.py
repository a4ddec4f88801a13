"""Statements of lessons: claim, actions and situation of each, computed once a run."""

from msgspec.structs import replace

from t2s_local.stages.group.claims import Claim, claim_of
from t2s_local.stages.group.directives import Stance, stance
from t2s_local.text.text import content
from t2s_local.values.lesson import Lesson, LessonId
from t2s_local.values.value import Value


class Statement(Value, frozen=True, kw_only=True):
    """Parts of one lesson that grouping compares."""

    claim: Claim
    stance: Stance
    situation: frozenset[str]
    """Words of the situation without endings."""


class Statements:
    """Statements by lesson; lessons with the same words share the parts, which are computed at their first use."""

    def __init__(self) -> None:
        """Start without statements."""
        self._known: dict[LessonId, Statement] = {}
        self._same_words: dict[tuple[str, ...], Statement] = {}

    def of(self, lesson: Lesson) -> Statement:
        """Return the statement of *lesson*."""
        known = self._known.get(lesson.id)
        if known is None:
            words = (lesson.analyst, lesson.pattern, lesson.when, lesson.do)
            known = self._same_words.get(words)
            if known is None:
                known = self._same_words[words] = Statement(
                    claim=claim_of(lesson), stance=stance(lesson), situation=content(lesson.when)
                )
            if known.claim.tools != lesson.tools:
                known = replace(known, claim=replace(known.claim, tools=lesson.tools))
            self._known[lesson.id] = known
        return known
