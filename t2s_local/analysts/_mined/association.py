"""Association of an action with success, within tasks that have succeeding and failing runs.

A Mantel-Haenszel odds ratio stratified by task (Mantel and Haenszel 1959) with a prior of one half a cell, so that the
difficulty of a task never counts as an effect of an action.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from t2s_local.analysts._mined.labelled_runs import Run, mixed
from t2s_local.text.commands import changes_state, is_reflection, is_shell, only_looks
from t2s_local.text.events import Event
from t2s_local.text.text import mask, words
from t2s_local.values.value import Value

MIN_Z = 1.96
"""Least z value (two-sided, 5 %): of dozens of associations tried, about half of the weaker ones would be chance."""
MIN_Z_TRIED = 2.58
"""Least z value (two-sided, 1 %) for orders of actions and values of arguments, of which hundreds are tried."""
MIN_RUNS = 3
MIN_TASKS = 3
"""Fewest tasks with runs of both outcomes for a contrast: what two tasks share may be peculiar to these tasks."""
MAX_LESSONS = 12
MOST_VALUES = 5
"""Most values of an argument for each value to count as a choice of the agent."""
_SAME_CARRIERS = 0.8


class Feature(Value, frozen=True, kw_only=True):
    """Something a run did: called an action, called it before another action, or passed a value."""

    action: str
    before: str | None = None
    argument: str | None = None
    """Action and argument whose value the feature is about; None if it is about no value."""


class Association(Value, frozen=True, kw_only=True):
    """Strength of the association of a feature with success, within tasks."""

    feature: Feature
    log_odds: float
    z: float
    counts: tuple[int, int, int, int]
    """Successes with the feature, runs with it, successes without it, runs without it."""
    carriers: tuple[int, ...]
    """Positions of the runs that have the feature and the outcome it is associated with."""
    task_ids: tuple[str, ...]


def features_of(run: Run) -> Mapping[Feature, Event]:
    """Return the features of *run*, each with the first event that shows it."""
    found: dict[Feature, Event] = {}
    first: dict[str, Event] = {}
    for event in run.events:
        if event.failed or is_reflection(event.head):
            continue
        found.setdefault(Feature(action=f"`{event.head}`"), event)
        for feature in _values(run, event):
            found.setdefault(feature, event)
        first.setdefault(event.head, event)
    return found | dict(_orders(first))


def _orders(first: Mapping[str, Event]) -> Iterator[tuple[Feature, Event]]:
    for head, event in first.items():
        if changes_state(event.tool, head):
            for earlier, other in first.items():
                if other.call < event.call and earlier != head:
                    yield Feature(action=f"`{earlier}`", before=head), event


def _values(run: Run, event: Event) -> Iterator[Feature]:
    if is_shell(event.tool):
        return
    arguments = run.piece.trajectory.steps[event.call].arguments or {}
    asked = set(words(run.piece.request or ""))
    for name, value in arguments.items():
        text = str(value)
        if isinstance(value, bool) or (isinstance(value, str) and _is_choice(text) and text.lower() not in asked):
            yield Feature(action=f"`{event.head}` with `{name}` = `{text}`", argument=f"`{event.head}` with `{name}`")


def _is_choice(text: str) -> bool:
    """Return whether *text* may be a value that an agent chooses from a few.

    Such a value is one short word, and no name, id or file.
    """
    if not text.isascii() or not 0 < len(text) <= 24 or mask(text) != text:
        return False
    return not re.search(r"[\d\s./]", text) and not text.istitle()


def _choices(features: Iterable[Feature]) -> set[Feature]:
    """Return *features* without values of arguments that have many: such a value depends on the task."""
    known = set(features)
    n_values = Counter(feature.argument for feature in known)
    return {feature for feature in known if feature.argument is None or n_values[feature.argument] <= MOST_VALUES}


def associations(runs: Sequence[Run]) -> Sequence[Association]:
    """Return features associated with success or failure within tasks, strongest first.

    Of several features that mostly the same runs have, only the strongest is returned.
    """
    groups = mixed(runs)
    members = [run for group in groups.values() for run in group]
    tables = [features_of(run) for run in members]
    names = sorted(
        _choices(feature for table in tables for feature in table), key=lambda item: (item.action, item.before or "")
    )
    found = [item for name in names if (item := _associate(name, members, tables)) is not None]
    found = [item for item in found if item.z > 0 or not _only_looks(item.feature, tables[item.carriers[0]])]
    found.sort(key=lambda item: (-abs(item.z), item.feature.before is not None, item.feature.action))
    chosen: list[Association] = []
    for item in found:
        if len(chosen) < MAX_LESSONS and not any(_overlap(item.carriers, other.carriers) for other in chosen):
            chosen.append(item)
    return chosen


def _only_looks(feature: Feature, table: Mapping[Feature, Event]) -> bool:
    """Return whether a feature associated with failure only reads state.

    Reading does no harm: runs that are already failing look around.
    """
    event = table[feature if feature.before is None else Feature(action=feature.action)]
    return only_looks(event.tool, event.head)


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
    least = MIN_Z if feature.before is None and feature.argument is None else MIN_Z_TRIED
    if abs(z) < least or len(carriers) < MIN_RUNS or len(informative) < MIN_TASKS:
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
    """Return the common log odds ratio of 2x2 *tables* ``(a, b, c, d)``, and the z value against zero.

    One half is added to both sums of the odds ratio, so that it stays finite; z is the signed square root of the
    Cochran-Mantel-Haenszel statistic, which is valid for many small tables.
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
