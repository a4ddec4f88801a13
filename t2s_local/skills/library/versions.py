"""The versions and the state of each skill, as the evidence log tells them; kept in an index beside the log."""

from collections.abc import Iterable, Mapping

import msgspec

from t2s_local.files import write_atomic
from t2s_local.skills.library.evidence_log import Head, head_of, read_log
from t2s_local.skills.library.own_folder import OwnFolder, bytes_of
from t2s_local.values.event import STATE_KINDS, VERSION_KINDS, Event
from t2s_local.values.value import Value

ACTIVE = "active"
DEPRECATED = "deprecated"


class VersionEvent(Value, frozen=True, kw_only=True):
    """Something that gave a skill a version."""

    number: int
    """Of the version, from 1; the same files have the same number whenever they come back."""
    digest: str
    kind: str
    at: str
    run: str | None
    reason: str | None


class SkillHistory(Value, frozen=True, kw_only=True):
    """Everything the log tells of one skill."""

    state: str = ACTIVE
    """Its last state event."""
    events: tuple[VersionEvent, ...] = ()
    """Oldest first."""

    def number_of(self, digest: str) -> int | None:
        """Return the number of a version; None where there is none with these files."""
        return next((event.number for event in self.events if event.digest == digest), None)

    @property
    def last(self) -> VersionEvent | None:
        """The newest event; None where there is none."""
        return self.events[-1] if self.events else None


class _Index(Value, frozen=True, kw_only=True):
    head: Head
    skills: dict[str, SkillHistory]


def histories(own: OwnFolder) -> dict[str, SkillHistory]:
    """Return the history of every skill the log speaks of; from the index where it is as long as the log.

    Raises:
        InputError: a line of the log is no event; it is named.
    """
    stored = _stored(own)
    size = own.log.stat().st_size if own.log.exists() else 0
    return stored.skills if stored is not None and stored.head.size == size else _told(read_log(own.log))


def known_head(own: OwnFolder) -> Head | None:
    """Return how far the log reached when the index was written; None where there is no index."""
    stored = _stored(own)
    return None if stored is None else stored.head


def write_index(own: OwnFolder) -> None:
    """Bring the index up to the log.

    Raises:
        InputError: a line of the log is no event; it is named.
        T2SError: the index cannot be written.
    """
    index = _Index(head=head_of(own.log), skills=_told(read_log(own.log)))
    data = msgspec.json.encode(index, order="deterministic") + b"\n"
    if bytes_of(own.index) != data:
        write_atomic(own.index, data)


def _stored(own: OwnFolder) -> _Index | None:
    data = bytes_of(own.index)
    try:
        return None if data is None else msgspec.json.decode(data, type=_Index)
    except msgspec.DecodeError:
        return None


def _told(events: Iterable[Event]) -> dict[str, SkillHistory]:
    states: dict[str, str] = {}
    found: dict[str, list[VersionEvent]] = {}
    numbers: dict[str, dict[str, int]] = {}
    for event in events:
        if event.kind in STATE_KINDS:
            states[event.skill] = event.kind
        if event.kind in VERSION_KINDS and event.digest is not None:
            known = numbers.setdefault(event.skill, {})
            number = known.setdefault(event.digest, len(known) + 1)
            found.setdefault(event.skill, []).append(_version(event, number, event.digest))
    return {name: _history(name, states, found) for name in sorted(found.keys() | states.keys())}


def _history(name: str, states: Mapping[str, str], found: Mapping[str, list[VersionEvent]]) -> SkillHistory:
    return SkillHistory(state=states.get(name, ACTIVE), events=tuple(found.get(name, ())))


def _version(event: Event, number: int, digest: str) -> VersionEvent:
    return VersionEvent(number=number, digest=digest, kind=event.kind, at=event.at, run=event.run, reason=event.reason)
