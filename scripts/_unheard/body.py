"""The parts that bodies of both halves are built from."""

from collections.abc import Callable
from dataclasses import dataclass, field

from _unheard.sessions import Abilities, Act, Event, Json, Session
from _unheard.words import Tongue

ONE_BY_ONE = Abilities(system=False, several=False, parallel=False)
"""What a list of thought, action and observation can record."""


@dataclass(frozen=True, kw_only=True)
class Body:
    """A way of writing the steps of a run."""

    write: Callable[[Session, Tongue], Json]
    able: Abilities = field(default_factory=Abilities)
    is_list: bool = True
    """Whether it is a list of events, which a container may spread over lines or files; else the fields of a run."""
    has_task: bool = True
    """Whether the first request is among its steps; a run that lacks it states its task."""

    @property
    def name(self) -> str:
        """Its name."""
        return self.write.__name__


def acts(session: Session) -> list[Act]:
    """Return the acts of a session of one request."""
    return list(session.exchanges[0].acts)


def record(event: Event, tongue: Tongue, *, tag: str = "kind") -> dict[str, Json]:
    """Write one event as an object, with its kind or its speaker as *tag*."""
    words = tongue.words
    if tag == "kind":
        made: dict[str, Json] = {words.kind: tongue.event_kind(event.kind)}
        if event.kind in ("user", "assistant"):
            made[words.who] = tongue.speaker(event.kind)
    else:
        made = {words.who: tongue.speaker(event.kind)}
    if event.call is None:
        key = words.thought if event.kind == "thought" and tag == "who" else words.text
        return {**made, key: event.text}
    made[words.ref] = event.call.ref
    if event.kind == "call":
        return {**made, words.call: tongue.write_call(event.call, words)}
    return {**made, words.result: tongue.write_result(event.call, words)}
