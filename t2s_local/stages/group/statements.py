"""Statements of lessons: claim, actions and situation of each, computed once a run."""

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
    """Statements by lesson id; each is computed at its first use."""

    def __init__(self) -> None:
        """Start without statements."""
        self._known: dict[LessonId, Statement] = {}

    def of(self, lesson: Lesson) -> Statement:
        """Return the statement of *lesson*."""
        known = self._known.get(lesson.id)
        if known is None:
            known = self._known[lesson.id] = Statement(
                claim=claim_of(lesson), stance=stance(lesson), situation=content(lesson.when)
            )
        return known
