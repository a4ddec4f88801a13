"""Skills as they will be written, and the words a writer finds for them."""

from typing import Literal

import msgspec

from t2s_local.values.cluster import ClusterId
from t2s_local.values.lesson import Effect, LessonId, Refusal
from t2s_local.values.value import Value


class RuleWords(Value, frozen=True, kw_only=True):
    """One rule in a writer's own words."""

    section: Literal["step", "gotcha", "never"]
    when: str
    do: str
    effect: Effect | None = None
    """Of these words on runs that they do not come from; None where nobody measured it."""


class Wording(Value, frozen=True, kw_only=True):
    """Sentences of a writer about a family in its own words, before the skill has a name."""

    rules: dict[str, RuleWords] = msgspec.field(default_factory=dict)
    """By the number of the rule (``R1`` …); a rule that is not here keeps the words of its lessons."""
    name: str | None = None
    description: str | None = None
    refused: tuple[Refusal, ...] = ()
    """What was said and is not used."""
    is_open: bool = False
    """Whether a question got no answer of use, so that it is asked again by the next run."""


class SkillFile(Value, frozen=True, kw_only=True):
    """One file of a skill."""

    path: str
    """Relative to the skill's folder, with ``/``."""
    text: str


class Skill(Value, frozen=True, kw_only=True):
    """One skill folder, as it will be written."""

    name: str
    description: str
    files: tuple[SkillFile, ...]
    """``SKILL.md`` first, then the rest by path."""
    lesson_ids: tuple[LessonId, ...]
    cluster_ids: tuple[ClusterId, ...]
    """Of its rules, in the order of their numbers: R1 first."""
    support: int
    """Number of distinct trajectories behind the skill."""
    notes: tuple[Refusal, ...] = ()
    """What its writer did not use, and why; stands in no file."""
