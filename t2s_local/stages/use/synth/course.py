"""Lessons from the course of a single run: the order of its actions, and the errors that no later step resolved.

One run proves nothing, so the main job never learns such lessons. A throw-away skill uses them as facts about the
nearest run.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from t2s_local.safety.signs import spot
from t2s_local.stages.intake.slices import slice_trajectory
from t2s_local.stages.steps.steps import FATAL, judge_steps
from t2s_local.text.commands import is_shell, only_looks
from t2s_local.text.events import Event, events_of
from t2s_local.text.text import clip, mask, quoted, squeeze
from t2s_local.values.lesson import Lesson, LessonId, Polarity, Quote
from t2s_local.values.trajectory import Outcome, Trajectory
from t2s_local.values.value import digest

ANALYST = "course"
_MOST_ACTIONS = 6
_LONGEST_ACTION = 120
_LONGEST_TASK = 120
_MOST_ERRORS = 2
_SHORTEST_ORDER = 12
"""Least number of characters of an action that is searched in tool results: many results contain a shorter action."""
_END: Mapping[Outcome | None, str] = {
    "success": "succeeded",
    "partial": "succeeded in part",
    "failure": "failed",
    None: "has no known outcome",
}


def lessons_of(run: Trajectory, task: str) -> tuple[Lesson, ...]:
    """Return the lessons that the course of *run* shows; if the run failed, even in part, they advise against it.

    A run in which a tool result addresses the agent has no lessons, since that result may have dictated any action. An
    action whose words occur in an earlier tool result is left out.

    Args:
        run: A recorded run.
        task: Text of its task; empty if unknown.
    """
    if speaks(run):
        return ()
    events = [event for piece in slice_trajectory(run) for event in events_of(piece) if not _is_dictated(run, event)]
    order = _order(run, events, task)
    return tuple(_errors(run, events)) if order is None else (order, *_errors(run, events))


def speaks(run: Trajectory) -> bool:
    """Return whether a tool result of *run* contains an order to the agent."""
    return any(step.kind == "tool_result" and spot(step.text, "phrase") for step in run.steps)


def _is_dictated(run: Trajectory, event: Event) -> bool:
    """Return whether an earlier tool result contains the words of an action, and no message of a person does."""
    words = squeeze(event.action)
    if len(words) < _SHORTEST_ORDER:
        return False
    earlier = run.steps[: event.call]
    from_tools = any(step.kind == "tool_result" and words in squeeze(step.text) for step in earlier)
    return from_tools and not any(step.kind in {"user", "system"} and words in squeeze(step.text) for step in earlier)


def _order(run: Trajectory, events: Sequence[Event], task: str) -> Lesson | None:
    """Return the order of the actions that worked; None if there are none."""
    done: dict[str, Event] = {}
    for event in events:
        if not event.failed and event.result is not None:
            done.setdefault(_shown(event), event)
    telling = {shown: event for shown, event in done.items() if not only_looks(event.tool, event.head)}
    chosen = dict(list((telling if len(telling) > 1 else done).items())[:_MOST_ACTIONS])
    if not chosen:
        return None
    way = ", then ".join(f"`{shown}`" for shown in chosen)
    has_failed = run.outcome in {"failure", "partial"}
    return _lesson(
        run,
        when=f"the task is like {quoted(clip(squeeze(task), _LONGEST_TASK))}" if task else "a task is like that run's",
        do=f"Do not stop at {way}." if has_failed else f"Work in this order: {way}.",
        because=f"the run that worked so {_END[run.outcome]}",
        polarity="failure" if has_failed else "success",
        pattern="sequence",
        quotes=[
            Quote(trajectory_id=run.id, step=event.call, role="action", text=_verbatim(event))
            for event in chosen.values()
        ],
        tools=[event.tool for event in chosen.values()],
    )


def _errors(run: Trajectory, events: Sequence[Event]) -> Iterator[Lesson]:
    """Yield the errors that no later step resolved, each once."""
    actions = {event.call: event for event in events}
    seen: set[str] = set()
    for verdict in judge_steps(run):
        event = actions.get(verdict.step)
        message = (verdict.quote or "").split("\n", 1)[0].strip()
        if verdict.verdict != FATAL or event is None or event.result is None or not message or mask(message) in seen:
            continue
        if message not in run.steps[event.result].text:
            continue
        seen.add(mask(message))
        yield _lesson(
            run,
            when=f"`{_shown(event)}` fails with {quoted(clip(message, 160))}",
            do="Change the approach: the run that met this error never got past it.",
            because=None,
            polarity="failure",
            pattern="recovery",
            quotes=[
                Quote(trajectory_id=run.id, step=event.call, role="action", text=_verbatim(event)),
                Quote(trajectory_id=run.id, step=event.result, role="observation", text=message),
            ],
            tools=[event.tool],
        )
        if len(seen) == _MOST_ERRORS:
            return


def _shown(event: Event) -> str:
    """Return a short form of an action: the beginning of a line of code, or the name of a tool with short arguments."""
    text = squeeze(event.action)
    if not text.startswith(("{", "[")):
        shown = text if is_shell(event.tool) or event.head in text else f"{event.tool}: {text}"
    else:
        named = _with_names(text)
        shown = f"{event.tool} {named}" if len(named) <= _LONGEST_ACTION else event.tool
    return clip(shown, _LONGEST_ACTION).replace("`", "'")


def _with_names(arguments: str) -> str:
    """Return the arguments of a call, with a placeholder for each value with digits, which is specific to that run."""
    try:
        values = msgspec.json.decode(arguments)
    except (msgspec.DecodeError, RecursionError):
        return mask(arguments)
    return json.dumps(_named(values, "value"), ensure_ascii=False, separators=(",", ":"))


def _named(value: object, name: str) -> object:
    if isinstance(value, dict):
        return {key: _named(item, str(key)) for key, item in value.items()}
    if isinstance(value, list):
        return list({str(item): item for item in (_named(one, name) for one in value)}.values())
    is_own = isinstance(value, int | float) and not isinstance(value, bool)
    return f"<{name}>" if is_own or (isinstance(value, str) and re.search(r"\d", value)) else value


def _verbatim(event: Event) -> str:
    """Return the first lines of an action, word for word."""
    return event.action.strip()[: 2 * _LONGEST_ACTION].strip() or event.action


def _lesson(
    run: Trajectory,
    *,
    when: str,
    do: str,
    because: str | None,
    polarity: Polarity,
    pattern: str,
    quotes: Sequence[Quote],
    tools: Sequence[str],
) -> Lesson:
    identity = digest(ANALYST, pattern, when, do, run.id, *(quote.text for quote in quotes))
    return Lesson(
        id=LessonId(identity),
        when=when,
        do=do,
        because=because,
        polarity=polarity,
        pattern=pattern,
        signature=squeeze(mask(f"{when}. {do}")),
        evidence=tuple(sorted(set(quotes))),
        trajectory_ids=(run.id,),
        task_ids=(run.task_id or run.id,),
        analyst=ANALYST,
        tools=tuple(sorted(set(tools))),
    )
