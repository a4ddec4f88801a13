"""Contrast: what succeeding runs of a task do and failing runs of the same task do not.

Two views. The first divergence of a succeeding and a failing run of one task says where they part. The association of
an action with success, over all tasks that have runs of both kinds, says what tells them apart in general: a
Mantel-Haenszel odds ratio stratified by task (Mantel and Haenszel 1959) with a prior of one half a cell, so that the
difficulty of a task never counts as an effect of an action.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

from t2s_local.analysts._commands import SHELL_TOOLS, changes_state, is_reflection
from t2s_local.analysts._events import Event
from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._topics import Topics
from t2s_local.text import first_line, mask
from t2s_local.types import Lesson, Quote, Slice, Value

MIN_Z = 1.96
"""Two-sided 5 %: weaker associations are chance as often as not among the dozens that are tried."""
MIN_RUNS = 3
MAX_LESSONS = 12
_SAME_CARRIERS = 0.8


class Run(Value, frozen=True, kw_only=True):
    """One labelled run with what it did."""

    piece: Slice
    events: tuple[Event, ...]

    @property
    def succeeded(self) -> bool:
        """Whether the run is labelled as a success."""
        return self.piece.trajectory.outcome == "success"


class Feature(Value, frozen=True, kw_only=True):
    """Something a run did: called an action, or called one before another."""

    action: str
    before: str | None = None


class Association(Value, frozen=True, kw_only=True):
    """How a feature goes with success, within tasks."""

    feature: Feature
    log_odds: float
    z: float
    counts: tuple[int, int, int, int]
    """Successes with it, runs with it, successes without it, runs without it."""
    carriers: tuple[int, ...]
    """Positions of the runs that have it and the outcome it speaks for."""
    task_ids: tuple[str, ...]


def mixed(runs: Sequence[Run]) -> Mapping[str, Sequence[Run]]:
    """Runs by task, of the tasks that have succeeding and failing ones."""
    groups: dict[str, list[Run]] = {}
    for run in runs:
        task_id = run.piece.trajectory.task_id
        if task_id is not None and run.piece.trajectory.outcome in {"success", "failure"}:
            groups.setdefault(task_id, []).append(run)
    return {task_id: group for task_id, group in sorted(groups.items()) if len({run.succeeded for run in group}) == 2}


def features_of(run: Run) -> Mapping[Feature, Event]:
    """What *run* did, each with the first event that shows it."""
    found: dict[Feature, Event] = {}
    first: dict[str, Event] = {}
    for event in run.events:
        if event.failed or is_reflection(event.head):
            continue
        for name in _names(run, event):
            found.setdefault(Feature(action=name), event)
        first.setdefault(event.head, event)
    return found | dict(_orders(first))


def _orders(first: Mapping[str, Event]) -> Iterator[tuple[Feature, Event]]:
    for head, event in first.items():
        if changes_state(event.tool, head):
            for earlier, other in first.items():
                if other.call < event.call and earlier != head:
                    yield Feature(action=f"`{earlier}`", before=head), event


def _names(run: Run, event: Event) -> Iterator[str]:
    yield f"`{event.head}`"
    if event.tool.lower() in SHELL_TOOLS:
        return
    arguments = run.piece.trajectory.steps[event.call].arguments or {}
    for name, value in arguments.items():
        if isinstance(value, bool) or (isinstance(value, str) and value.isascii() and 0 < len(value) <= 24):
            text = str(value)
            if mask(text) == text and not any(character.isdigit() for character in text) and " " not in text:
                yield f"`{event.head}` with `{name}` = `{text}`"


def associations(runs: Sequence[Run]) -> Sequence[Association]:
    """Features that go with success or failure within tasks, strongest first; one for those that go together."""
    groups = mixed(runs)
    members = [run for group in groups.values() for run in group]
    tables = [features_of(run) for run in members]
    names = sorted(
        {feature for table in tables for feature in table}, key=lambda item: (item.action, item.before or "")
    )
    found = [item for name in names if (item := _associate(name, members, tables)) is not None]
    found.sort(key=lambda item: (-abs(item.z), item.feature.before is not None, item.feature.action))
    chosen: list[Association] = []
    for item in found:
        if len(chosen) < MAX_LESSONS and not any(_overlap(item.carriers, other.carriers) for other in chosen):
            chosen.append(item)
    return chosen


def _overlap(one: Sequence[int], other: Sequence[int]) -> bool:
    first, second = set(one), set(other)
    return len(first & second) >= _SAME_CARRIERS * min(len(first), len(second))


def _associate(feature: Feature, runs: Sequence[Run], tables: Sequence[Mapping[Feature, Event]]) -> Association | None:
    cells: dict[str, list[int]] = {}
    for run, table in zip(runs, tables, strict=True):
        if feature.before is not None and Feature(action=f"`{feature.before}`") not in table:
            continue
        cell = cells.setdefault(run.piece.trajectory.task_id or "", [0, 0, 0, 0])
        cell[(0 if run.succeeded else 2) + (0 if feature in table else 1)] += 1
    informative = [cell for cell in cells.values() if cell[0] + cell[2] and cell[1] + cell[3]]
    if not informative:
        return None
    log_odds, z = mantel_haenszel(informative)
    wanted = z > 0
    carriers = tuple(
        position
        for position, (run, table) in enumerate(zip(runs, tables, strict=True))
        if feature in table and run.succeeded == wanted
    )
    if abs(z) < MIN_Z or len(carriers) < MIN_RUNS or len(informative) < 2:
        return None
    with_it, without = sum(cell[0] + cell[2] for cell in informative), sum(cell[1] + cell[3] for cell in informative)
    won_with, won_without = sum(cell[0] for cell in informative), sum(cell[1] for cell in informative)
    return Association(
        feature=feature,
        log_odds=log_odds,
        z=z,
        counts=(won_with, with_it, won_without, without),
        carriers=carriers,
        task_ids=tuple(sorted({runs[position].piece.trajectory.task_id or "" for position in carriers})),
    )


def mantel_haenszel(tables: Sequence[Sequence[int]]) -> tuple[float, float]:
    """Common log odds ratio of 2x2 *tables* ``(a, b, c, d)``, and the z value of the hypothesis that it is zero.

    The odds ratio has one half added to both of its sums, so that it stays finite; z is the square root of the
    Cochran-Mantel-Haenszel statistic, which holds for many small tables.
    """
    concordant = discordant = 0.5
    surplus = variance = 0.0
    for a, b, c, d in tables:
        n = a + b + c + d
        concordant += a * d / n
        discordant += b * c / n
        surplus += a - (a + b) * (a + c) / n
        if n > 1:
            variance += (a + b) * (c + d) * (a + c) * (b + d) / (n * n * (n - 1))
    z = 0.0 if variance == 0.0 else surplus / math.sqrt(variance)
    return math.log(concordant / discordant), z


def telling_actions(runs: Sequence[Run], topics: Topics) -> Iterator[Lesson]:
    """One lesson for every action that tells success from failure within tasks."""
    members = [run for group in mixed(runs).values() for run in group]
    for item in associations(runs):
        carriers = [members[position] for position in item.carriers]
        won_with, with_it, won_without, without = item.counts
        yield lesson(
            when=_situation(item, topics, carriers),
            do=_advice(item),
            because=(
                f"of the runs of the same tasks, {won_with} of {with_it} that did succeeded, "
                f"against {won_without} of {without} that did not (log-odds {item.log_odds:+.1f}, z {item.z:+.1f})"
            ),
            polarity="success" if item.z > 0 else "failure",
            pattern="contrast",
            evidence=[quoted for run in carriers[:3] for quoted in _show(run, item.feature)],
            trajectories=(run.piece.trajectory for run in carriers),
            tools=sorted({features_of(run)[item.feature].tool for run in carriers}),
        )


def _situation(item: Association, topics: Topics, carriers: Sequence[Run]) -> str:
    if item.feature.before is not None:
        return f"you are about to call `{item.feature.before}`"
    if item.z < 0:
        return f"you are about to call {item.feature.action}"
    asked = first_line(carriers[0].piece.request or "", limit=160)
    return topics.phrase(item.task_ids) or f"in a task like “{asked}”"


def _advice(item: Association) -> str:
    action = item.feature.action
    if item.feature.before is not None:
        verb = "Call" if item.z > 0 else "Do not call"
        return f"{verb} {action} before `{item.feature.before}`."
    if item.z > 0:
        return f"Call {action}."
    return f"Do not call {action} before you have made sure that the task allows it and asks for it."


def _show(run: Run, feature: Feature) -> Iterator[Quote]:
    event = features_of(run)[feature]
    yield quote(run.piece, event.call, event.action, role="action")


def divergences(runs: Sequence[Run]) -> Iterator[Lesson]:
    """One lesson for every task whose succeeding runs agree on a step that its failing runs do not take."""
    for group in mixed(runs).values():
        found = _divergence(group)
        if found is None:
            continue
        good, after, instead, counts = found
        won, wins, lost, losses = counts
        what = _brief(good)
        rather = f" rather than {_brief(instead)}" if instead is not None else " rather than end the run"
        place = f"after `{after.head}`" if after is not None else "at the start"
        asked = first_line(group[0].piece.request or "", limit=160)
        evidence = [quote(_of(group, good).piece, good.call, good.action, role="fix")]
        yield lesson(
            when=f"{place}, in a task like “{asked}”" if asked else place,
            do=f"Go on with {what}{rather}.",
            because=f"{won} of {wins} succeeding runs of this task did, and {lost} of {losses} failing ones",
            polarity="success",
            pattern="contrast",
            evidence=evidence,
            trajectories=(run.piece.trajectory for run in group if run.succeeded),
            tools=(good.tool,),
        )


def _of(group: Sequence[Run], event: Event) -> Run:
    return next(run for run in group if event in run.events)


def _brief(event: Event) -> str:
    return f"`{event.head}`"


def _key(event: Event) -> str:
    return event.head


def _divergence(
    group: Sequence[Run],
) -> tuple[Event, Event | None, Event | None, tuple[int, int, int, int]] | None:
    wins, losses = [run for run in group if run.succeeded], [run for run in group if not run.succeeded]
    best: tuple[int, Run, Run] | None = None
    for win in wins:
        for loss in losses:
            shared = _common(win.events, loss.events)
            if best is None or shared > best[0]:
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
    return good, after, instead, (won, len(wins), lost, len(losses))


def _common(one: Sequence[Event], other: Sequence[Event]) -> int:
    shared = 0
    for first, second in zip(one, other, strict=False):
        if _key(first) != _key(second):
            break
        shared += 1
    return shared
