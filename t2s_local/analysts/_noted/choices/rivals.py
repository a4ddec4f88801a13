"""Tools for one kind of object of which runs use one or the other, and with one of which runs of a task fail more."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.association import mantel_haenszel
from t2s_local.analysts._mined.labelled_runs import Run, mixed
from t2s_local.analysts._noted.objects import objects_of
from t2s_local.text.commands import is_reflection, is_shell, only_looks
from t2s_local.text.text import counted
from t2s_local.values.lesson import Lesson, Quote, QuoteRole
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.value import Value

KIND = "rival"
MIN_Z = 2.3
"""Least z value (one-sided, 1 %): only tools named after the same objects are compared, a dozen pairs."""
LEAST_TASKS = 3
LEAST_GOOD = 4
LEAST_BAD = 5
MOST_RATE = 0.5
"""Largest ratio of the success rates of runs with the worse and with the better tool."""
_SHOWN = 2


class Rivals(Value, frozen=True, kw_only=True):
    """Two tools for the same objects, with the runs of the same tasks that used only one of them."""

    better: str
    worse: str
    good: tuple[Run, ...]
    bad: tuple[Run, ...]
    n_tasks: int
    z: float


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every tool with which runs fail that succeed with another tool for the same objects."""
    groups = list(mixed(runs).values())
    if len(groups) < LEAST_TASKS:
        return
    used = {run.piece.trajectory.id: _tools(run) for group in groups for run in group}
    tools = sorted({tool for names in used.values() for tool in names if only_looks(tool, tool)})
    objects = {tool: objects_of(tool) for tool in tools}
    pairs = ((one, other) for one, other in permutations(tools, 2) if objects[one].keys() & objects[other].keys())
    found = [rivals for one, other in pairs if (rivals := _rivals(one, other, groups, used)) is not None]
    for worse in sorted({rivals.worse for rivals in found}):
        yield _lesson(max((item for item in found if item.worse == worse), key=lambda item: (item.z, item.better)))


def _lesson(rivals: Rivals) -> Lesson:
    good, bad = (sum(run.succeeded for run in side) for side in (rivals.good, rivals.bad))
    shared = objects_of(rivals.worse)
    names = [spelt for name, spelt in objects_of(rivals.better).items() if name in shared]
    return lesson(
        when=f"you look something up among the {names[-1]}",
        do=f"Use `{rivals.better}`, not `{rivals.worse}`.",
        because=f"Of {counted(len(rivals.good), 'run')} with only `{rivals.better}` {good} succeeded, of"
        f" {len(rivals.bad)} runs of the same {rivals.n_tasks} tasks with only `{rivals.worse}` {bad}",
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


def _tools(run: Run) -> frozenset[str]:
    return frozenset(
        event.tool
        for event in run.events
        if event.result is not None and not is_shell(event.tool) and not is_reflection(event.tool)
    )
