"""Situations that lessons are worded from: the action, the message that came back and the remedy, by step number."""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from t2s_local.analysts._lessons import quote
from t2s_local.analysts._mined.recovery import recoveries
from t2s_local.text.commands import changes_state
from t2s_local.text.events import Event, events_of
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.trajectory import Slice

Kind = Literal["failure", "success", "wish", "contrast", "skill"]
MOST_HINTS = 3
"""Most recoveries of one slice that a model is asked to word: later ones of a long run mostly repeat earlier ones."""


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """Steps of a run, by index, from which one lesson is worded."""

    kind: Kind
    piece: Slice
    before: int | None
    """Index of the action that failed or that the user corrected; None if there is none."""
    got: int | None
    """Index of the step that showed the fault: an error message, or the user's words; None if there is none."""
    remedy: tuple[int, ...]
    """Indices of the actions that made the difference, in order."""
    proof: int | None = None
    """Index of the result that shows that the remedy worked; None if there is none."""
    evidence: tuple[Quote, ...] = ()
    """Quotes from the mined analyst, if it found the situation."""
    line: str | None = None
    """Line of an existing skill that the action follows or goes against; None if the situation is about no line."""
    title: str = ""
    """Title of the section with the line."""
    is_kept: bool = False
    """Whether the action does what the line says."""

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """Quotes for the lesson, copied by code from the steps."""
        if self.evidence:
            return self.evidence
        role: Literal["observation", "correction"] = "correction" if self.kind == "wish" else "observation"
        places = [(self.before, "action"), (self.got, role), (self.proof, "result")]
        found = [(index, "fix" if self.before is not None else "action") for index in self.remedy]
        steps = self.piece.trajectory.steps
        return tuple(
            quote(self.piece, index, steps[index].text, role=name)  # type: ignore[arg-type]  # roles, as listed above
            for index, name in [*places, *found]
            if index is not None and steps[index].text.strip()
        )


def settled(piece: Slice, events: Sequence[Event]) -> tuple[Situation, ...]:
    """Return the failures of *piece* for which the mined analyst found a remedy, as situations, at most three."""
    found = [_of_hint(piece, hint) for hint in recoveries(piece, events) if isinstance(hint, Lesson)]
    return tuple(one for one in found if one is not None)[:MOST_HINTS]


def _of_hint(piece: Slice, hint: Lesson) -> Situation | None:
    places = {
        role: [item.step for item in hint.evidence if item.role == role] for role in ("action", "observation", "fix")
    }
    if not all(places.values()):
        return None
    before = places["action"][0]
    remedy = _telling(piece, before, sorted(set(places["fix"])))
    return (
        Situation(
            kind="failure",
            piece=piece,
            before=before,
            got=places["observation"][0],
            remedy=remedy,
            evidence=hint.evidence,
        )
        if remedy
        else None
    )


def between(piece: Slice, failed: Event, worked: Event) -> Situation | None:
    """Return the situation of *failed* and a later call that *worked*; None if no other action lies between them."""
    events = [event for event in events_of(piece) if failed.call < event.call <= worked.call]
    acting = [event.call for event in events if changes_state(event.tool, event.head) or event.call == worked.call]
    remedy = _telling(piece, failed.call, acting)
    if not remedy or failed.result is None:
        return None
    return Situation(
        kind="failure", piece=piece, before=failed.call, got=failed.result, remedy=remedy, proof=worked.result
    )


def _telling(piece: Slice, before: int, actions: Sequence[int]) -> tuple[int, ...]:
    """Return the *actions* whose text differs from the failed action."""
    steps = piece.trajectory.steps
    return tuple(index for index in actions if steps[index].text.strip() != steps[before].text.strip())


def failures(events: Sequence[Event], known: Sequence[Situation]) -> Iterator[Event]:
    """Yield the failures with a result that are in no situation of *known*, without infrastructure errors."""
    told = {one.before for one in known}
    for event in events:
        if event.failed and not event.is_infrastructure and event.result is not None and event.call not in told:
            yield event
