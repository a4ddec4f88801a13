"""Tools for one kind of object of which runs use one or the other, and with one of which runs of a task fail more."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import NamedTuple
from zlib import crc32

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.association import mantel_haenszel
from t2s_local.analysts._mined.labelled_runs import Run, mixed
from t2s_local.analysts._noted.counts import noted
from t2s_local.analysts._noted.objects import objects_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_reflection, is_shell, only_looks
from t2s_local.text.events import Event
from t2s_local.text.text import counted
from t2s_local.values.lesson import Lesson, Quote, QuoteRole
from t2s_local.values.trajectory import Slice, TrajectoryId
from t2s_local.values.value import Value

KIND = "rival"
MIN_Z = 2.3
"""Least z value (one-sided, 1 %): only tools named after the same objects are compared, a dozen pairs."""
LEAST_TASKS = 3
LEAST_GOOD = 8
"""Fewest runs with the better tool alone: with a handful of them one task, to which its name fits, decides."""
LEAST_FAILED = 4
"""Fewest failed runs with the worse tool that did not see what the better tool showed."""
LEAST_BAD = 5
MOST_TOOLS = 30
"""Most tools, those of most runs, that are compared with each other."""
MOST_RATE = 0.5
"""Largest ratio of the success rates of runs with the worse and with the better tool."""
LEAST_MISSED = 0.8
"""Share of the failed runs with the worse tool that it must not have shown what the better tool showed.

Strong models choose the better tool and succeed for other reasons, too: outcomes alone do not show that it pays.
"""
MOST_SEEN = 0.5
"""Largest share of the lines of the better tool's results that the worse tool may have shown in such a run."""
_LEAST_LINE = 20
_MOST_LINES = 40
_LONGEST = 8000
_SHOWN = 2


class Rivals(Value, frozen=True, kw_only=True):
    """Two tools for the same objects, with the runs of the same tasks that used only one of them."""

    better: str
    worse: str
    good: tuple[Run, ...]
    bad: tuple[Run, ...]
    n_tasks: int
    z: float


class Missed(NamedTuple):
    """Number of failed runs that did not see what was needed, and of all failed runs of the same tasks."""

    n: int
    of: int


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the long lines that the tools of a labelled run showed, as check sums of at most 40 lines a tool."""
    if piece.trajectory.outcome is None or piece.trajectory.task_id is None:
        return
    shown: dict[str, dict[str, None]] = {}
    for event in events:
        if event.result is None or is_shell(event.tool) or not only_looks(event.tool, event.head):
            continue
        lines = shown.setdefault(event.tool, {})
        for line in event.output[:_LONGEST].splitlines():
            text = line.strip()
            if len(text) >= _LEAST_LINE and len(lines) < _MOST_LINES:
                lines[f"{crc32(text.encode()):08x}"] = None
    for tool, lines in sorted(shown.items()):
        yield Note(kind=KIND, key=tool, detail=" ".join(lines))


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every tool with which runs fail that succeed with another tool for the same objects."""
    groups = list(mixed(runs).values())
    if len(groups) < LEAST_TASKS:
        return
    used = {run.piece.trajectory.id: _tools(run) for group in groups for run in group}
    pairs = _pairs(groups, used)
    found = [
        rivals for one, other in sorted(pairs) if (rivals := _rivals(one, other, pairs[one, other], used)) is not None
    ]
    shown = _shown_lines(runs)
    missing = [(rivals, _missed(rivals, shown)) for rivals in found]
    sure = [item for item in missing if item[1].n >= max(LEAST_FAILED, LEAST_MISSED * item[1].of)]
    for worse in sorted({rivals.worse for rivals, _ in sure}):
        of_it = [item for item in sure if item[0].worse == worse]
        yield _lesson(*max(of_it, key=lambda item: (item[0].z, item[0].better)))


def _pairs(
    groups: Sequence[Sequence[Run]], used: Mapping[TrajectoryId, frozenset[str]]
) -> Mapping[tuple[str, str], list[Sequence[Run]]]:
    """Return the pairs of tools for the same objects, each with the groups of runs in which both were used."""
    n_runs = Counter(tool for names in used.values() for tool in names)
    looking = [tool for tool, n in n_runs.items() if n >= min(LEAST_GOOD, LEAST_BAD) and only_looks(tool, tool)]
    usual = set(sorted(looking, key=lambda tool: (-n_runs[tool], tool))[:MOST_TOOLS])
    objects = {tool: objects_of(tool).keys() for tool in usual}
    found: dict[tuple[str, str], list[Sequence[Run]]] = {}
    for group in groups:
        tools = sorted(usual & frozenset[str]().union(*(used[run.piece.trajectory.id] for run in group)))
        for one, other in permutations(tools, 2):
            if objects[one] & objects[other]:
                found.setdefault((one, other), []).append(group)
    return {pair: both for pair, both in found.items() if len(both) >= LEAST_TASKS}


def _lesson(rivals: Rivals, missed: Missed) -> Lesson:
    good, bad = (sum(run.succeeded for run in side) for side in (rivals.good, rivals.bad))
    shared = objects_of(rivals.worse)
    names = [spelt for name, spelt in objects_of(rivals.better).items() if name in shared]
    return lesson(
        when=f"you look something up among the {names[-1]}",
        do=f"Use `{rivals.better}`, not `{rivals.worse}`.",
        because=f"Of {counted(len(rivals.good), 'run')} with only `{rivals.better}` {good} succeeded, of"
        f" {len(rivals.bad)} runs of the same {rivals.n_tasks} tasks with only `{rivals.worse}` {bad};"
        f" {missed.n} of {missed.of} of these that failed never saw what `{rivals.better}` shows",
        polarity="success",
        pattern=KIND,
        evidence=[*_shown(rivals.bad, rivals.worse, "action"), *_shown(rivals.good, rivals.better, "fix")],
        trajectories=(run.piece.trajectory for run in (*rivals.bad, *rivals.good)),
        tools=(rivals.better, rivals.worse),
    )


def _shown(runs: Sequence[Run], tool: str, role: QuoteRole) -> Iterator[Quote]:
    """Yield the first call of *tool* of the first two of *runs*; succeeding runs come first for the role of a fix."""
    ranked = sorted(runs, key=lambda run: run.succeeded != (role == "fix"))
    for run in ranked[:_SHOWN]:
        event = next(event for event in run.events if event.tool == tool)
        yield quote(run.piece, event.call, event.action, role=role)


def _rivals(
    better: str, worse: str, groups: Sequence[Sequence[Run]], used: Mapping[TrajectoryId, frozenset[str]]
) -> Rivals | None:
    """Return two tools if runs of the same tasks succeed far more often with *better* alone than with *worse* alone."""
    tables, good, bad = list[list[int]](), list[Run](), list[Run]()
    for group in groups:
        sides = {
            tool: [run for run in group if used[run.piece.trajectory.id] & {better, worse} == {tool}]
            for tool in (better, worse)
        }
        if all(sides.values()):
            won = [sum(run.succeeded for run in side) for side in sides.values()]
            lost = [len(side) - n for side, n in zip(sides.values(), won, strict=True)]
            tables.append([*won, *lost])
            good += sides[better]
            bad += sides[worse]
    n_informative = sum(0 < won + also < won + also + lost + lost_too for won, also, lost, lost_too in tables)
    if n_informative < LEAST_TASKS or len(good) < LEAST_GOOD or len(bad) < LEAST_BAD:
        return None
    rates = [sum(run.succeeded for run in side) / len(side) for side in (good, bad)]
    z = mantel_haenszel(tables)[1]
    if z < MIN_Z or rates[1] > MOST_RATE * rates[0]:
        return None
    return Rivals(better=better, worse=worse, good=tuple(good), bad=tuple(bad), n_tasks=len(tables), z=z)


def _shown_lines(runs: Sequence[Run]) -> Mapping[tuple[TrajectoryId, str], frozenset[str]]:
    """Return the check sums of the lines that a run saw from a tool, by run and tool."""
    found = noted(runs, KIND)
    return {
        (run.piece.trajectory.id, tool): frozenset(note.detail.split())
        for tool, pairs in found.items()
        for run, note in pairs
    }


def _missed(rivals: Rivals, shown: Mapping[tuple[TrajectoryId, str], frozenset[str]]) -> Missed:
    """Count the failed runs that did not see with the worse tool what others of the task saw with the better."""
    needed: dict[str | None, set[str]] = {}
    for run in rivals.good:
        if run.succeeded:
            lines = shown.get((run.piece.trajectory.id, rivals.better), frozenset())
            needed.setdefault(run.piece.trajectory.task_id, set()).update(lines)
    found = [
        (wanted, wanted & shown.get((run.piece.trajectory.id, rivals.worse), frozenset()))
        for run in rivals.bad
        if not run.succeeded and (wanted := needed.get(run.piece.trajectory.task_id))
    ]
    return Missed(sum(len(seen) <= MOST_SEEN * len(wanted) for wanted, seen in found), len(found))


def _tools(run: Run) -> frozenset[str]:
    return frozenset(
        event.tool
        for event in run.events
        if event.result is not None and not is_shell(event.tool) and not is_reflection(event.tool)
    )
