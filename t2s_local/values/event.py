"""Lines of the evidence log: what became of the skills of a library."""

from typing import Literal

from t2s_local.values.value import Value

VERSION_KINDS = frozenset({"adopted", "written", "edited", "merged", "proposed", "rolled_back"})
"""Kinds of events whose digest is a version of the skill."""
STATE_KINDS = frozenset({"active", "deprecated"})
"""Kinds of events that put a skill into the state of that name; the last one counts."""


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
    prev: str | None = None
    """SHA-256 of the line before, in hex; None in the first line."""
