"""Compute versions and state of each skill from the evidence log, with an index file beside the log."""

from collections.abc import Iterable, Mapping

import msgspec

from t2s_local.files import write_atomic
from t2s_local.skills.library.own_folder import OwnFolder, bytes_of
from t2s_local.values.event import ASIDE, STATE_KINDS, VERSION_KINDS, Event, Head, is_for_outcomes
from t2s_local.values.value import Value

ACTIVE = "active"
DEPRECATED = "deprecated"


class VersionEvent(Value, frozen=True, kw_only=True):
    """An event that gave a skill a version."""

    number: int
    """Number of the version, from 1; identical files always have the same number."""
    digest: str
    kind: str
    at: str
    run: str | None
    reason: str | None


class SkillHistory(Value, frozen=True, kw_only=True):
    """State and versions of one skill from the log."""

    state: str = ACTIVE
    """State by the last state event of the skill."""
    events: tuple[VersionEvent, ...] = ()
    """Events that gave the skill a version, oldest first."""
    is_retired: bool = False
    """Whether the skill was set aside for poor results or lack of room, so that no run writes it again."""

    @property
    def is_aside(self) -> bool:
        """Return whether the skill is set aside."""
        return self.state in ASIDE

    def number_of(self, digest: str) -> int | None:
        """Return the number of the version with this digest; None if there is no such version."""
        return next((event.number for event in self.events if event.digest == digest), None)

    @property
    def last(self) -> VersionEvent | None:
        """The newest event; None if there is no event."""
        return self.events[-1] if self.events else None


class _Index(Value, frozen=True, kw_only=True):
    head: Head
    skills: dict[str, SkillHistory]


def histories(own: OwnFolder) -> dict[str, SkillHistory]:
    """Return the history of every skill in the log; only events after the end of the index are read from the log.

    Raises:
        InputError: a line of the log is not a valid event; the message names the line.
    """
    stored = _stored(own)
    size = own.log.stat().st_size if own.log.exists() else 0
    if stored is not None and stored.head.size == size:
        return stored.skills
    if stored is None and size == 0:
        return {}
    from t2s_local.skills.library.evidence_log import reaches, read_log

    if stored is not None and reaches(own.log, stored.head):
        return _told(read_log(own.log, since=stored.head), stored.skills)
    return _told(read_log(own.log), {})


def known_head(own: OwnFolder) -> Head | None:
    """Return the end of the log at the time the index was written; None if there is no index."""
    stored = _stored(own)
    return None if stored is None else stored.head


def write_index(own: OwnFolder) -> None:
    """Update the index to the current log.

    Raises:
        InputError: a line of the log is not a valid event; the message names the line.
        T2SError: the index cannot be written.
    """
    from t2s_local.skills.library.evidence_log import head_of

    index = _Index(head=head_of(own.log), skills=histories(own))
    data = msgspec.json.encode(index, order="deterministic") + b"\n"
    if bytes_of(own.index) != data:
        write_atomic(own.index, data)


def _stored(own: OwnFolder) -> _Index | None:
    data = bytes_of(own.index)
    try:
        return None if data is None else msgspec.json.decode(data, type=_Index)
    except msgspec.DecodeError:
        return None


def _told(events: Iterable[Event], known: Mapping[str, SkillHistory]) -> dict[str, SkillHistory]:
    """Return the *known* histories with *events* added."""
    states = {name: (history.state, history.is_retired) for name, history in known.items()}
    found = {name: list(history.events) for name, history in known.items()}
    numbers = {name: {event.digest: event.number for event in history.events} for name, history in known.items()}
    for event in events:
        if event.kind in STATE_KINDS:
            states[event.skill] = (event.kind, event.kind == "archived" or is_for_outcomes(event))
        if event.kind in VERSION_KINDS and event.digest is not None:
            given = numbers.setdefault(event.skill, {})
            number = given.setdefault(event.digest, len(given) + 1)
            found.setdefault(event.skill, []).append(_version(event, number, event.digest))
    return {name: _history(name, states, found) for name in sorted(found.keys() | states.keys())}


def _history(
    name: str, states: Mapping[str, tuple[str, bool]], found: Mapping[str, list[VersionEvent]]
) -> SkillHistory:
    state, is_retired = states.get(name, (ACTIVE, False))
    return SkillHistory(state=state, events=tuple(found.get(name, ())), is_retired=is_retired)


def _version(event: Event, number: int, digest: str) -> VersionEvent:
    return VersionEvent(number=number, digest=digest, kind=event.kind, at=event.at, run=event.run, reason=event.reason)
