"""Which steps of a slice a model is shown: what the mined analyst quotes first, then failures, the end, the rest."""

from collections.abc import Iterator, Sequence

from t2s_local.analysts._events import Event, events_of
from t2s_local.analysts._llm.excerpt import Excerpt, StepSelection, estimated
from t2s_local.analysts._mined.lookup import lookups
from t2s_local.analysts._mined.loop import loops
from t2s_local.analysts._mined.recovery import recoveries
from t2s_local.analysts._mined.wishes.corrections import corrections
from t2s_local.text.commands import changes_state, edited_file, is_shell, without_cd
from t2s_local.text.text import clip, squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

SHARE = 0.055
"""Tokens of a slice that are sent: a recording is mostly output nobody needs; see decision 0601."""
LEAST = 400
"""Tokens a slice is given however short it is: below, a failure and its way out do not fit."""
MOST = 2000
"""Tokens a slice is given at most: what an answer of a small model still draws on; see decision 0601."""
_ACTION = 160
_WORDS = 240
_LINE = 30


def budget_for(piece: Slice) -> int:
    """Tokens of the excerpt of *piece*."""
    return round(min(MOST, max(LEAST, SHARE * sum(estimated(step.text) for step in piece.steps))))


def hints_of(piece: Slice) -> tuple[Lesson, ...]:
    """What the mined analyst finds in *piece* alone, by id."""
    events = events_of(piece)
    found = (
        *recoveries(piece, events),
        *loops(piece, events),
        *corrections(piece, events),
        *lookups(piece, events),
    )
    lessons = {item.id: item for item in found if isinstance(item, Lesson) and _is_inside(item, piece)}
    return tuple(lessons[key] for key in sorted(lessons))


def _is_inside(hint: Lesson, piece: Slice) -> bool:
    """Return whether everything *hint* quotes stands in *piece*: a correction may be of what was done before it."""
    return all(piece.start <= quote.step < piece.stop for quote in hint.evidence)


def described(hints: Sequence[Lesson], *, run: str = "") -> tuple[str, ...]:
    """The hints in step numbers alone, so that no recorded text stands outside the fence; in order of the steps."""
    lines = []
    for hint in hints:
        quotes = sorted(hint.evidence, key=lambda quote: quote.step)
        lines.append((quotes[0].step, ", ".join(f"{quote.role} {run}{quote.step}" for quote in quotes), hint.pattern))
    return tuple(f"{pattern.replace('_', ' ')}: {steps}" for _, steps, pattern in sorted(lines))


def choose(piece: Slice, hints: Sequence[Lesson], *, budget: int) -> Excerpt:
    """The steps of *piece* worth sending.

    Args:
        piece: The slice.
        hints: What the mined analyst found in it; the words it quotes are shown whatever the budget.
        budget: Tokens the excerpt may have otherwise.
    """
    events = events_of(piece)
    selection = StepSelection(budget=budget)
    for step, wanted in quoted(piece, hints):
        selection.show(piece, step, wanted, must=True)
    for step, wanted in (*_failing(events), *_end(piece, events)):
        selection.show(piece, step, wanted)
    outline(selection, events)
    for step, wanted in _said(piece, events, hints):
        selection.show(piece, step, wanted)
    return selection.excerpt(n_steps=piece.stop - piece.start)


def outline(selection: StepSelection, events: Sequence[Event], *, run: str = "") -> None:
    """Show the other calls as one line each: first those that change something, then the rest."""
    for event in sorted(events, key=lambda event: (not changes_state(event.tool, event.head), event.call)):
        line = in_short(event)
        selection.outline(event.call, line, run=run, n_cut=max(0, len(event.action) - len(line)))


def in_short(event: Event) -> str:
    """A call on one line."""
    if is_shell(event.tool):
        text = squeeze(without_cd(event.action))
    else:
        text = f"{event.tool} {edited_file(event.tool, event.action) or squeeze(event.action)}"
    return clip(text, _LINE) + (" (failed)" if event.failed else "")


def quoted(piece: Slice, hints: Sequence[Lesson]) -> Iterator[tuple[int, str]]:
    """Step and words of everything *hints* quote from *piece*."""
    for hint in hints:
        for quote in hint.evidence:
            if quote.trajectory_id == piece.trajectory.id and piece.start <= quote.step < piece.stop:
                yield quote.step, quote.text


def _failing(events: Sequence[Event]) -> Iterator[tuple[int, str]]:
    """Failures, last first: what a run ended on says most about why it failed."""
    for event in reversed(events):
        if event.failed and not event.is_infrastructure and event.result is not None:
            yield event.call, event.action[:_ACTION]
            yield event.result, event.error or event.output[:_ACTION]


def _end(piece: Slice, events: Sequence[Event]) -> Iterator[tuple[int, str]]:
    """The last call with what came of it, and the last words."""
    steps = piece.trajectory.steps
    for event in events[-1:]:
        yield event.call, event.action[:_ACTION]
        if event.result is not None:
            yield event.result, event.output[-_ACTION:]
    for index in range(piece.stop - 1, piece.start, -1):
        if steps[index].kind == "assistant" and steps[index].text.strip():
            yield index, steps[index].text[:_WORDS]
            return


def _said(piece: Slice, events: Sequence[Event], hints: Sequence[Lesson]) -> Iterator[tuple[int, str]]:
    """What the agent said between a failure and what followed, and the last call's own words."""
    steps = piece.trajectory.steps
    shown = {step for step, _ in quoted(piece, hints)}
    for event in events:
        if event.failed or event.call in shown:
            after = event.result or event.call
            for index in range(after + 1, min(after + 3, piece.stop)):
                if steps[index].kind in {"assistant", "thought"} and steps[index].text.strip():
                    yield index, steps[index].text[:_WORDS]
                    break
