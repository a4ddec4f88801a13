"""Turn runs into walks through the graph: requests, actions, errors, and the action that resolved the task."""

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from t2s_local.safety.redaction.sanitise import sanitise
from t2s_local.stages.graph.labels import action_label, masked, words_label
from t2s_local.text.commands import changes_state, head_of, is_idle, is_reflection, only_looks
from t2s_local.text.events import events_of
from t2s_local.values.trajectory import Slice, SliceId, Step, Trajectory
from t2s_local.values.work_graph import NodeKind, Walk, WalkEvent

_LONGEST_SOURCE = 2_000
"""Largest number of characters of a step from which its label is computed."""
_LONGEST_QUOTE = 300
ASKED = "asked"
"""Family of users' messages. The family of an error is the names it quotes: two missing modules are two nodes."""
_NAMED = re.compile(r"['\"`]([\w.:/@-]{1,60})['\"`]")


def outline_of(run: Trajectory) -> Trajectory:
    """Return *run* reduced to the steps of its walk: users' messages, calls, and the error of every failed call.

    Each step of the outline has the index of its step in *run* as its line.
    """
    whole = Slice(id=SliceId(run.id), trajectory=run, start=0, stop=len(run.steps), request=None)
    said = {index: step.text for index, step in enumerate(run.steps) if step.kind == "user" and step.text.strip()}
    if said and run.task:
        said[min(said)] = run.task
    steps = {index: Step(kind="user", text=text[:_LONGEST_SOURCE], line=index) for index, text in said.items()}
    for event in events_of(whole):
        steps[event.call] = Step(
            kind="tool_call", text=event.action[:_LONGEST_SOURCE], tool=event.tool, line=event.call
        )
        if event.error is not None and event.result is not None and not event.is_infrastructure:
            steps[event.result] = Step(kind="tool_result", text=event.error, line=event.result)
    return Trajectory(
        id=run.id,
        source=run.source,
        format=run.format,
        steps=tuple(steps[index] for index in sorted(steps)),
        task_id=run.task_id,
        agent=run.agent,
        label=run.label,
        project=run.project,
    )


def walks_of(outlines: Sequence[Trajectory]) -> tuple[Walk, ...]:
    """Return the walks of the outlines of runs, without secrets and personal data, in the same order.

    Runs without an action have no walk.
    """
    return tuple(filter(None, map(_walk, sanitise(outlines).trajectories)))


def unresolved(walk: Walk) -> Walk:
    """Return *walk* with its resolution turned into an ordinary action."""
    events = (
        msgspec.structs.replace(event, kind="action") if event.kind == "resolution" else event for event in walk.events
    )
    return msgspec.structs.replace(walk, events=tuple(without_repeats(events)))


def actions_alone(walk: Walk) -> Walk:
    """Return *walk* with only its actions, including the action that resolved it."""
    acts = (event for event in unresolved(walk).events if event.kind == "action")
    return msgspec.structs.replace(walk, events=tuple(without_repeats(acts)))


def without_repeats(events: Iterable[WalkEvent]) -> Iterator[WalkEvent]:
    """Yield *events* without events that repeat the kind and the label of the event before."""
    last = None
    for event in events:
        if last is None or (event.kind, event.label) != (last.kind, last.label):
            yield event
        last = event


def _walk(run: Trajectory) -> Walk | None:
    """Return the walk of an outline; None if it has no action."""
    resolving = _resolving(run.steps) if run.outcome == "success" else None
    events = (_event(step, is_resolution=step is resolving) for step in run.steps)
    found = tuple(without_repeats(event for event in events if event.label))
    acts = [at for at, event in enumerate(found) if event.kind != "observation"]
    if not acts:
        return None
    found = tuple(event for at, event in enumerate(found) if at <= acts[-1] or event.family != ASKED)
    return Walk(
        run=run.id,
        task=run.task_id or run.id,
        outcome=run.outcome,
        agent=run.agent,
        project=run.project,
        events=found,
    )


def _event(step: Step, *, is_resolution: bool) -> WalkEvent:
    quote = step.text.strip()[:_LONGEST_QUOTE].strip()
    line = step.line or 0
    if step.kind == "tool_call":
        tool = step.tool or "tool"
        kind: NodeKind = "resolution" if is_resolution else "action"
        family = f"{tool}\t{head_of(tool, step.text)}"
        return WalkEvent(kind=kind, label=action_label(tool, step.text), family=family, step=line, quote=quote)
    if step.kind == "user":
        return WalkEvent(kind="observation", label=words_label(step.text), family=ASKED, step=line, quote=quote)
    named = " ".join(sorted({found[1] for found in _NAMED.finditer(step.text)}))
    return WalkEvent(kind="observation", label=masked(step.text), family=f"error {named}", step=line, quote=quote)


def _resolving(steps: Sequence[Step]) -> Step | None:
    """Return the last call that changed the state, else the last call that did more than look, else the last call."""
    calls = [step for step in steps if step.kind == "tool_call"]
    acting = [step for step in calls if not _only_prepares(step)]
    changing = [step for step in acting if changes_state(step.tool or "", head_of(step.tool or "", step.text))]
    return [*calls[-1:], *acting[-1:], *changing[-1:]][-1] if calls else None


def _only_prepares(call: Step) -> bool:
    tool = call.tool or ""
    head = head_of(tool, call.text)
    return is_idle(head) or is_reflection(head) or only_looks(tool, head)
