"""Loops: an action that fails in the same way three times or more."""

from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote, said
from t2s_local.analysts._mined.fix import describe_fix, instruction
from t2s_local.analysts._mined.recovery import describe_call
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event, action_signature
from t2s_local.text.failures import error_signature
from t2s_local.values.lesson import Lesson, Refusal
from t2s_local.values.trajectory import Slice

REPEATS = 3
"""Fewest attempts of a loop: a second attempt is only a retry."""
_AFTER = 6


def loops(piece: Slice, events: Sequence[Event]) -> Iterator[Lesson | Refusal]:
    """Yield one lesson for each loop of *piece* that another action ended, and a refusal for each other loop."""
    position = 0
    while position < len(events):
        attempts = _attempts(events, position)
        if len(attempts) >= REPEATS:
            way_out = _way_out(events, attempts)
            out = None if way_out is None else _said(piece, attempts[-1], way_out)
            if way_out is None or out is None:
                yield Refusal(reason="loop without a way out")
            else:
                yield _lesson(piece, attempts, way_out, out)
        position += max(1, len(attempts))


def _attempts(events: Sequence[Event], position: int) -> Sequence[Event]:
    first = events[position]
    if not first.failed or first.error is None or first.is_infrastructure:
        return ()
    stop = position + 1
    while stop < len(events) and _is_repeat(first, events[stop]):
        stop += 1
    return events[position:stop]


def _is_repeat(first: Event, event: Event) -> bool:
    if not event.failed or event.error is None or event.head != first.head:
        return False
    if is_shell(event.tool) and event.action != first.action and action_signature(event) != action_signature(first):
        return False
    return event.error == first.error or error_signature(event.error) == error_signature(first.error or "")


def _way_out(events: Sequence[Event], attempts: Sequence[Event]) -> Event | None:
    after = events.index(attempts[-1]) + 1
    for event in events[after : after + _AFTER]:
        if not event.failed and event.result is not None and event.head == attempts[0].head:
            return event
    return next((event for event in events[after : after + 1] if not event.failed and event.result is not None), None)


def _said(piece: Slice, last: Event, way_out: Event) -> str | None:
    if way_out.head != last.head:
        return instruction(way_out)
    fix = describe_fix(piece, last, (), way_out)
    return None if fix is None else fix.do.rstrip(".")


def _lesson(piece: Slice, attempts: Sequence[Event], way_out: Event, out: str) -> Lesson:
    first = attempts[0]
    quotes = [quote(piece, event.call, event.action, role="action") for event in attempts[:REPEATS]]
    quotes.append(quote(piece, first.result or first.call, first.error or "", role="observation"))
    quotes.append(quote(piece, way_out.call, way_out.action, role="fix"))
    return lesson(
        when=f"{describe_call(first)} keeps failing with {said(first.error or '')}",
        do=f"Stop after the second identical error and change the approach: {out[0].lower()}{out[1:]}.",
        because=f"{len(attempts)} attempts in a row failed the same way",
        polarity="failure",
        pattern="loop",
        evidence=quotes,
        trajectories=(piece.trajectory,),
        tools=(first.tool,),
    )
