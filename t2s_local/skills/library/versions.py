"""The versions and the state of each skill, as the evidence log tells them; kept in an index beside the log."""

from collections.abc import Iterable, Mapping

import msgspec

from t2s_local.files import write_atomic
from t2s_local.skills.library.evidence_log import Head, head_of, reaches, read_log
from t2s_local.skills.library.own_folder import OwnFolder, bytes_of
from t2s_local.values.event import ASIDE, STATE_KINDS, VERSION_KINDS, Event, is_for_outcomes
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
    is_retired: bool = False
    """Whether it was set aside for what became of its runs, or for want of room: a run does not bring it back."""

    @property
    def is_aside(self) -> bool:
        """Return whether it was set aside."""
        return self.state in ASIDE

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
    """Return the history of every skill the log speaks of; from the index, as far as it reaches.

    Raises:
        InputError: a line of the log is no event; it is named.
    """
    stored = _stored(own)
    size = own.log.stat().st_size if own.log.exists() else 0
    if stored is not None and stored.head.size == size:
        return stored.skills
    if stored is not None and reaches(own.log, stored.head):
        return _told(read_log(own.log, since=stored.head), stored.skills)
    return _told(read_log(own.log), {})


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
    """Add *events* to the histories that are *known*."""
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
