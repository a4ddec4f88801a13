"""Contrast: actions of succeeding runs of a task that failing runs of the same task lack.

There are two views. The first divergence of a succeeding and a failing run of one task shows where they part. The
association of an action with success, over all tasks with runs of both outcomes, shows what distinguishes them in
general.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.association import Association, Feature, associations, features_of
from t2s_local.analysts._mined.labelled_runs import Run, mixed
from t2s_local.analysts._mined.topics import Topics
from t2s_local.text.commands import is_reflection, is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import first_line, quoted
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.value import Value

MOST_CHANCE = 0.05
"""Largest probability of a chance divergence that is reported: 3 of each of one task, or 3 against 2 of two tasks."""


class Parting(Value, frozen=True, kw_only=True):
    """Divergence of the succeeding runs of a task from the failing ones."""

    good: Event
    """Action of all runs that succeeded and of none that failed."""
    after: Event | None
    """Action before *good* in both kinds of runs; None at the start."""
    instead: Event | None
    """Action of a failing run in the place of *good*; None if that run ended there."""
    n_wins: int
    n_losses: int


def telling_actions(runs: Sequence[Run], topics: Topics) -> Iterator[Lesson]:
    """Yield one lesson for every order or argument value that distinguishes success from failure within tasks."""
    members = [run for group in mixed(runs).values() for run in group]
    for item in associations(runs):
        if item.feature.before is None and item.feature.argument is None:
            continue  # That runs which did the task used the tool it takes says nothing.
        carriers = [members[position] for position in item.carriers]
        won_with, with_it, won_without, without = item.counts
        tools = sorted({features_of(run)[item.feature].tool for run in carriers})
        call = "run" if all(map(is_shell, tools)) else "call"
        yield lesson(
            when=_situation(item, topics, carriers, call=call),
            do=_advice(item, call=call),
            because=(
                f"of the runs of the same tasks, {won_with} of {with_it} that did succeeded, "
                f"against {won_without} of {without} that did not (log-odds {item.log_odds:+.1f}, z {item.z:+.1f})"
            ),
            polarity="success" if item.z > 0 else "failure",
            pattern="contrast",
            evidence=[quoted for run in carriers[:3] for quoted in _show(run, item.feature)],
            trajectories=(run.piece.trajectory for run in carriers),
            tools=tools,
        )


def _situation(item: Association, topics: Topics, carriers: Sequence[Run], *, call: str) -> str:
    if item.feature.before is not None:
        return f"before `{item.feature.before}`"
    if item.z < 0:
        return f"you are about to {call} {item.feature.action}"
    asked = first_line(carriers[0].piece.request or "", limit=160)
    return topics.phrase(item.task_ids) or f"in a task like {quoted(asked)}"


def _advice(item: Association, *, call: str) -> str:
    action = item.feature.action
    if item.feature.before is not None:
        verb = call.capitalize() if item.z > 0 else f"Do not {call}"
        return f"{verb} {action}{' first' if item.z > 0 else ''}."
    if item.z > 0:
        return f"{call.capitalize()} {action} where the task calls for it."
    return f"Do not {call} {action} before you have made sure that the task allows it and asks for it."


def _show(run: Run, feature: Feature) -> Iterator[Quote]:
    event = features_of(run)[feature]
    yield quote(run.piece, event.call, event.action, role="action")


def divergences(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every task whose succeeding runs agree on a step that its failing runs lack.

    A divergence is reported only if chance would rarely part the runs in this way: the fewer runs a task has, the more
    tasks have to diverge at the same step.
    """
    found = [(group, parting) for group in mixed(runs).values() if (parting := _divergence(group)) is not None]
    chance: dict[tuple[str, str], float] = {}
    for _, parting in found:
        key = _place(parting), _step(parting)
        chance[key] = chance.get(key, 1.0) * _chance(parting)
    for group, parting in found:
        if chance[_place(parting), _step(parting)] <= MOST_CHANCE:
            yield _parted(group, parting)


def _chance(parting: Parting) -> float:
    """Return the probability that the runs that contain a step are by chance exactly the succeeding ones."""
    return 1 / math.comb(parting.n_wins + parting.n_losses, parting.n_wins)


def _step(parting: Parting) -> str:
    rather = f"rather than {_brief(parting.instead)}" if parting.instead is not None else "rather than end the run"
    return f"Go on with {_brief(parting.good)} {rather}."


def _place(parting: Parting) -> str:
    return f"after `{parting.after.head}`" if parting.after is not None else "at the start"


def _parted(group: Sequence[Run], parting: Parting) -> Lesson:
    place = _place(parting)
    asked = first_line(group[0].piece.request or "", limit=160)
    good = parting.good
    won, lost = parting.n_wins, parting.n_losses
    return lesson(
        when=f"{place}, in a task like {quoted(asked)}" if asked else place,
        do=_step(parting),
        because=f"{won} of {won} succeeding runs of this task did, and 0 of {lost} failing ones",
        polarity="success",
        pattern="contrast",
        evidence=[quote(_of(group, good).piece, good.call, good.action, role="fix")],
        trajectories=(run.piece.trajectory for run in group if run.succeeded),
        tools=(good.tool,),
    )


def _of(group: Sequence[Run], event: Event) -> Run:
    return next(run for run in group if event in run.events)


def _brief(event: Event) -> str:
    return f"`{event.head}`"


def _key(event: Event) -> str:
    return event.head


def _divergence(group: Sequence[Run]) -> Parting | None:
    wins, losses = [run for run in group if run.succeeded], [run for run in group if not run.succeeded]
    best: tuple[int, Run, Run] | None = None
    for win in wins:
        for loss in losses:
            shared = divergence(win.events, loss.events)
            if shared is not None and (best is None or shared > best[0]):
                best = (shared, win, loss)
    if best is None or best[0] >= len(best[1].events):
        return None
    shared, win, loss = best
    good = win.events[shared]
    won = sum(any(_key(event) == _key(good) for event in run.events) for run in wins)
    lost = sum(any(_key(event) == _key(good) for event in run.events) for run in losses)
    if good.failed or is_reflection(good.head) or won < len(wins) or lost or min(len(wins), len(losses)) < 2:
        return None
    instead = loss.events[shared] if shared < len(loss.events) else None
    after = win.events[shared - 1] if shared else None
    return Parting(good=good, after=after, instead=instead, n_wins=len(wins), n_losses=len(losses))


def divergence(one: Sequence[Event], other: Sequence[Event]) -> int | None:
    """Return the index of the first action in which two runs differ, from 0; None if their actions are the same."""
    for index, (first, second) in enumerate(zip_longest(one, other)):
        if first is None or second is None or _key(first) != _key(second):
            return index
    return None
