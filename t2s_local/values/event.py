"""Lines of the evidence log: what became of the skills of a library, and how they were used."""

from typing import Literal

from t2s_local.values.value import Value

VERSION_KINDS = frozenset({"adopted", "written", "edited", "joined", "merged", "proposed", "rolled_back"})
"""Kinds of events whose digest is a version of the skill."""
STATE_KINDS = frozenset({"draft", "active", "mature", "deprecated", "archived"})
"""Kinds of events that put a skill into the state of that name; the last one counts."""
ASIDE = frozenset({"deprecated", "archived"})
"""States of skills that no agent is given."""
USED = "used"
"""Kind of the event that a recording used a skill, or had it in sight."""
NOT_OUTCOMES = frozenset({"the runs no longer support it", "removed by hand"})
"""Reasons to deprecate a skill that say nothing of what became of the runs that used it."""


class RecordedPart(Value, frozen=True, kw_only=True):
    """Part of a recording that was read, so that it is read once."""

    n_steps: int
    """Steps of the recording up to its end."""
    mark: str
    """Digest of these steps."""
    tokens: int
    """Tokens that the skill took in the part, estimated."""
    n_attempts: int = 0
    """Calls for the skill."""
    n_complete: int = 0
    """Calls that loaded it, after which one of its commands ran without an error."""


class Event(Value, frozen=True, kw_only=True):
    """One line of the evidence log; names and digests alone, no quote and no text of a task."""

    at: str
    """ISO 8601 time in UTC."""
    kind: str
    """A kind of version, a state, or how a skill was used."""
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
    """A short phrase of our own."""
    rule: str | None = None
    """Number of the rule the event is about, such as ``R1``."""
    part: RecordedPart | None = None
    """Where the event is about a recording."""
    prev: str | None = None
    """SHA-256 of the line before, in hex; None in the first line."""


def is_for_outcomes(event: Event) -> bool:
    """Return whether a skill was deprecated for what became of the runs that used it."""
    return event.kind == "deprecated" and event.reason not in NOT_OUTCOMES
