"""Recordings behind a rule for the page: origin, failed action, working action, and the steps around them."""

from t2s_local.report.limits import Limits
from t2s_local.report.spans import cut, difference, with_quotes
from t2s_local.report.values import RecordingView, Span, StepView
from t2s_local.runs.finished.why import Recording, StepLine
from t2s_local.text.text import clip, squeeze
from t2s_local.values.lesson import Quote

_TASK = 200


def recording_view(item: Recording, project: str | None, limits: Limits) -> RecordingView:
    """Return the view of a recording; *project* is the project's name on the page."""
    failing, message, working = _sides(item, limits)
    quotes: dict[int, list[str]] = {}
    for quote in item.quotes:
        quotes.setdefault(quote.step, []).append(quote.text)
    return RecordingView(
        id=item.id,
        source=item.source,
        line=next((step.line for step in item.steps if step.index in quotes), None),
        project=project,
        day=None if item.started_at is None else item.started_at[:10],
        outcome=item.outcome or "unknown",
        task=None if item.task is None else clip(squeeze(item.task), _TASK),
        failing=failing,
        message=message,
        working=working,
        steps=tuple(_step(step, quotes.get(step.index, []), limits) for step in item.steps),
        quotes=tuple(cut(quote.text, limits.quote).text for quote in item.quotes),
    )


def _step(step: StepLine, quotes: list[str], limits: Limits) -> StepView:
    spans, n_cut = with_quotes(step.text, quotes, around=limits.around, longest=limits.quote)
    return StepView(
        index=step.index,
        kind=step.kind.replace("_", " "),
        tool=step.tool,
        line=step.line,
        spans=spans,
        n_cut=n_cut,
        is_quoted=bool(quotes),
    )


def _sides(item: Recording, limits: Limits) -> tuple[tuple[Span, ...], str | None, tuple[Span, ...]]:
    """Return the failed action, its result, and the later action that worked, with differences marked.

    All are empty if the rule quotes no result of an action.
    """
    seen = next((quote for quote in item.quotes if quote.role == "observation"), None)
    if seen is None:
        return (), None, ()
    failing = _action_before(item, seen.step)
    working = next((quote for quote in item.quotes if quote.role == "fix" and quote.step > seen.step), None)
    message = cut(seen.text, limits.quote).text
    old = "" if failing is None else cut(failing, limits.quote).text
    new = "" if working is None else cut(working.text, limits.quote).text
    if old and new and working is not None and _is_action(item, working):
        before, after = difference(old, new)
        return before, message, after
    return _whole(old), message, _whole(new)


def _action_before(item: Recording, step: int) -> str | None:
    """Return the action before the result at *step*: the last quoted action, or else the last tool call."""
    quoted = [quote.text for quote in item.quotes if quote.role == "action" and quote.step < step]
    calls = [one.text for one in item.steps if one.kind == "tool_call" and one.index < step]
    return next(iter([*quoted[-1:], *calls[-1:]]), None)


def _is_action(item: Recording, quote: Quote) -> bool:
    return any(step.index == quote.step and step.kind == "tool_call" for step in item.steps)


def _whole(text: str) -> tuple[Span, ...]:
    return (Span(text=text),) if text else ()
