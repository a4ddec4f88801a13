"""Questions answered with step numbers: which call failed, which fixed it, what the user wants, which call mattered."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from t2s_local.analysts._llm.faults import NO_FAULTS, judged_events
from t2s_local.analysts._llm.pairs import pair, parted
from t2s_local.analysts._llm.situation import Kind, Situation, between, failures, settled
from t2s_local.answer_shapes import OneOf, grammar_of, schema_of
from t2s_local.ports.engine import Request
from t2s_local.prompts import fill
from t2s_local.text.effect.shown import cut, line_of
from t2s_local.text.events import Event
from t2s_local.values.lesson import Unit
from t2s_local.values.trajectory import Slice, StepFaults

NOTHING = {"learned": False}
PROMPTS: Mapping[Kind, str] = {
    "failure": "failure_evidence.v1.md",
    "success": "success_evidence.v1.md",
    "wish": "wish_evidence.v1.md",
    "contrast": "contrast_evidence.v1.md",
}
_ANSWER_TOKENS = 48
_MOST_LINES = 36
"""Most numbered lines of a question: about 1,500 tokens."""
_AFTER = 6
"""Number of calls after a failure among which the call that fixed it is looked for."""
FEWEST_CALLS = 3
"""Fewest calls of a successful run for which it is worth asking which call mattered."""
_TASK = 300


class EvidenceQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question whose answer names numbered steps."""

    id: str
    kind: Kind
    piece: Slice
    steps: tuple[int, ...]
    """Step index for each number of the question; the first belongs to number 1."""
    choices: dict[str, tuple[int, ...]]
    """Numbers that each field of the answer may name."""
    faults: StepFaults = msgspec.field(default_factory=dict)
    """Calls that a judge called wrong."""

    def request(self, *, seed: int, beside: str = "") -> Request:
        """Return the request to the model, with the text *beside* about an existing skill after the instructions."""
        numbered = [
            line_of(number, self.piece.trajectory.steps[index]) for number, index in enumerate(self.steps, start=1)
        ]
        task = cut(self.piece.request or "", _TASK)
        fields = {name: OneOf(choices=numbers) for name, numbers in self.choices.items()}
        return Request(
            id=self.id,
            prefix=f"{fill(PROMPTS[self.kind])}{beside}",
            prompt="\n".join([f"Task: {task}", *numbered, "Answer"]),
            schema=schema_of(fields),
            grammar=grammar_of(fields, otherwise=NOTHING),
            max_tokens=_ANSWER_TOKENS,
            seed=seed,
        )


def questions(unit: Unit, *, alone: bool, faults: StepFaults = NO_FAULTS) -> Iterator[EvidenceQuestion | Situation]:
    """Yield the questions about *unit* worth asking; if *alone*, also the situations for which code found the remedy.

    Args:
        unit: A slice, or the slices of one task, with their steps. If its ``questions`` are None, all kinds are asked.
        alone: Whether the model also words situations for which code found the remedy; otherwise the writer does.
        faults: Calls that a judge called wrong.
    """
    found = _contrast(unit) if unit.kind == "task" else _about(unit, alone=alone, faults=faults)
    for item in found:
        if isinstance(item, Situation) or unit.questions is None or item.kind in unit.questions:
            yield item


def _about(unit: Unit, *, alone: bool, faults: StepFaults) -> Iterator[EvidenceQuestion | Situation]:
    piece = unit.slices[0]
    events = judged_events(piece, faults)
    known = settled(piece, events)
    if alone:
        yield from known
    unsettled = list(failures(events, known))
    if unsettled and piece.trajectory.outcome != "failure":
        yield from about_failures(unit, piece, events, unsettled, faults=faults)
    yield from _wish(unit, piece)
    if not known and not unsettled and piece.trajectory.outcome == "success" and len(events) >= FEWEST_CALLS:
        yield from _ask(unit, "success", piece, [event.call for event in events][-_MOST_LINES:], ("mattered",))


def about_failures(
    unit: Unit,
    piece: Slice,
    events: Sequence[Event],
    failed: Sequence[Event],
    *,
    faults: StepFaults = NO_FAULTS,
) -> Iterator[EvidenceQuestion]:
    """Yield the question which call fixed one of the failures *failed*; no question if no call after them worked."""
    yield from _ask(unit, "failure", piece, _around(piece, events, failed), ("failed", "fixed"), faults=faults)


def read(question: EvidenceQuestion, text: str) -> Situation | str:
    """Return the situation that an answer names, or the reason why it names none."""
    try:
        said = msgspec.json.decode(text, type=dict[str, int | bool])
    except msgspec.DecodeError:
        return NOT_READ
    if said == NOTHING:
        return NO_LESSON
    if any(said.get(name) not in numbers for name, numbers in question.choices.items()):
        return NOT_OFFERED
    named = {name: question.steps[int(said[name]) - 1] for name in question.choices}
    return _situation(question, named) or NO_CHANGE


NO_LESSON = "no lesson: the model found nothing that holds"
NOT_READ = "answer does not fit the question"
NOT_OFFERED = "step that was not offered"
NO_CHANGE = "nothing was done between failure and success"


def _situation(question: EvidenceQuestion, named: Mapping[str, int]) -> Situation | None:
    piece = question.piece
    events = {event.call: event for event in judged_events(piece, question.faults)}
    match question.kind:
        case "failure":
            failed, worked = events[named["failed"]], events[named["fixed"]]
            return between(piece, failed, worked) if failed.failed and not worked.failed else None
        case "wish":
            return _wished(piece, events, named["wish"])
        case _:
            event = events[named["mattered"]]
            return Situation(
                kind=question.kind, piece=piece, before=None, got=None, remedy=(event.call,), proof=event.result
            )


def _wished(piece: Slice, events: Mapping[int, Event], at: int) -> Situation:
    """Return the user's message at step *at* with the call before it and the next call that passed, as a situation.

    The call before may belong to an earlier slice of the run.
    """
    before = _call_before(piece, at)
    after = min((call for call in events if call > at and not events[call].failed), default=None)
    return Situation(kind="wish", piece=piece, before=before, got=at, remedy=() if after is None else (after,))


def _wish(unit: Unit, piece: Slice) -> Iterator[EvidenceQuestion]:
    """Yield the question which of the user's messages after a call is a wish; nothing for a scripted task."""
    shown = _said(piece)
    if shown:
        yield from _ask(unit, "wish", piece, sorted(shown)[:_MOST_LINES], ("wish",))


def has_wish(piece: Slice) -> bool:
    """Return whether a user wrote a message after a call of the agent; False for a scripted task."""
    return bool(_said(piece))


def _said(piece: Slice) -> set[int]:
    """Return the steps in which a user writes after a call, and these calls; empty for a scripted task."""
    if piece.trajectory.task_id is not None:
        return set()
    steps = piece.trajectory.steps
    said = [at for at in range(piece.start, piece.stop) if steps[at].kind == "user" and steps[at].text.strip()]
    before = {at: _call_before(piece, at) for at in said}
    return {step for at, call in before.items() if call is not None for step in (call, at)}


def _call_before(piece: Slice, at: int) -> int | None:
    """Return the last call before step *at* with no user message in between; None if there is no such call."""
    for index in range(at - 1, -1, -1):
        kind = piece.trajectory.steps[index].kind
        if kind in {"tool_call", "user"}:
            return index if kind == "tool_call" else None
    return None


def _contrast(unit: Unit) -> Iterator[EvidenceQuestion]:
    won, lost = pair(unit.slices)
    calls = parted(won, lost)
    if calls:
        yield from _ask(unit, "contrast", won, calls[:_MOST_LINES], ("mattered",))


def _ask(
    unit: Unit,
    kind: Kind,
    piece: Slice,
    shown: Sequence[int],
    fields: Sequence[str],
    *,
    faults: StepFaults = NO_FAULTS,
) -> Iterator[EvidenceQuestion]:
    steps = piece.trajectory.steps
    results = {event.call: event for event in judged_events(piece, faults)}
    failed = {at for at, event in results.items() if event.failed}
    offered = {"failed": failed, "wish": {at for at in shown if steps[at].kind == "user"}}
    choices = {
        name: tuple(
            number for number, at in enumerate(shown, start=1) if at in offered.get(name, results.keys() - failed)
        )
        for name in fields
    }
    if all(choices.values()):
        yield EvidenceQuestion(
            id=f"{unit.id}-{kind}", kind=kind, piece=piece, steps=tuple(shown), choices=choices, faults=faults
        )


def _around(piece: Slice, events: Sequence[Event], failed: Sequence[Event]) -> list[int]:
    """Return the steps of the last failures: the calls, their results, the messages, and the next calls, at most 36."""
    shown: dict[int, None] = {}
    for event in reversed(failed):
        after = [other for other in events if other.call > event.call][:_AFTER]
        stop = (after[-1].result or after[-1].call) + 1 if after else piece.stop
        steps = [at for at in range(event.call, stop) if piece.trajectory.steps[at].text.strip()]
        if shown and len(shown) + len(steps) > _MOST_LINES:
            break
        shown |= dict.fromkeys(steps[:_MOST_LINES])
    return sorted(shown)
