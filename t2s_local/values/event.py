"""Lines of the evidence log: changes of the skills of a library, and the use of these skills in runs."""

from typing import Literal

from t2s_local.values.value import Value

VERSION_KINDS = frozenset({"adopted", "written", "edited", "joined", "merged", "proposed", "rolled_back"})
"""Kinds of events whose digest is a version of the skill."""
STATE_KINDS = frozenset({"draft", "active", "mature", "deprecated", "archived"})
"""Kinds of events that put a skill into the state of the same name; the last such event decides the state."""
ASIDE = frozenset({"deprecated", "archived"})
"""States in which a skill is not offered to agents."""
USED = "used"
"""Kind of the event that a recorded run used a skill, or was shown the skill."""
NOT_OUTCOMES = frozenset({"the runs no longer support it", "removed by hand"})
"""Reasons for deprecation that do not concern the outcomes of the runs that used the skill."""


class RecordedPart(Value, frozen=True, kw_only=True):
    """The part of a recording that was read already, so that no part is counted twice."""

    n_steps: int
    """Number of steps of the recording up to the end of the part."""
    mark: str
    """Digest of the steps of the recording up to the end of the part."""
    tokens: int
    """Estimated number of tokens that the skill's text used in the part."""
    n_attempts: int = 0
    """Number of calls that tried to load the skill."""
    n_complete: int = 0
    """Number of calls that loaded the skill, after which a command of the skill ran without an error."""


class Event(Value, frozen=True, kw_only=True):
    """One line of the evidence log; contains names and digests, but no quotes and no text of tasks."""

    at: str
    """ISO 8601 time in UTC."""
    kind: str
    """A kind in ``VERSION_KINDS`` or ``STATE_KINDS``, ``used``, or another fixed word such as ``gated``."""
    skill: str
    digest: str | None = None
    """Digest of the version the event is about."""
    run: str | None = None
    task: str | None = None
    """Digest of a task."""
    category: str | None = None
    outcome: Literal["success", "partial", "failure"] | None = None
    use: Literal["shown", "loaded", "followed"] | None = None
    verdict: Literal["helped", "hurt", "neutral", "inapplicable"] | None = None
    source: Literal["measured", "recorded", "inferred"] | None = None
    reason: str | None = None
    """A short fixed phrase that t2s wrote, never text from a recording."""
    rule: str | None = None
    """Number of the rule the event is about, such as ``R1``."""
    part: RecordedPart | None = None
    """Part of the recording that the event is about; None if the event is not about a recording."""
    prev: str | None = None
    """SHA-256 of the line before, in hex; None in the first line."""


def is_for_outcomes(event: Event) -> bool:
    """Return whether the event deprecates a skill because of the outcomes of the runs that used the skill."""
    return event.kind == "deprecated" and event.reason not in NOT_OUTCOMES


class Head(Value, frozen=True, kw_only=True):
    """Known end of an evidence log: number of lines, size and digest of the last line."""

    n_lines: int
    size: int
    """Size of the log in bytes."""
    last: str | None
    """SHA-256 of the last line; None for an empty log."""
