"""Timeline of errors and fixes: for each project the runs, the runs with an error, and the runs with a fix."""

from collections import Counter
from collections.abc import Iterable, Mapping

from t2s_local.report.drawing.trends import Calendar
from t2s_local.report.drawing.values import TimelineView, TimeRow
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import TrajectoryId

ALL = "runs without a project"


def timeline_of(
    runs: Iterable[TrajectoryId],
    lessons: Iterable[Lesson],
    projects: Mapping[TrajectoryId, str],
    calendar: Calendar,
    *,
    most: int,
) -> TimelineView | None:
    """Count the runs of each project over time.

    Args:
        runs: All runs of the page.
        lessons: All lessons of the runs; their quotes state which runs had an error or a fix.
        projects: Name of the project, by run.
        calendar: Days that the page covers.
        most: Number of projects to show, those with most runs first.

    Returns:
        The timeline; None if no recording has times.
    """
    if calendar.first is None or calendar.last is None:
        return None
    erring: set[TrajectoryId] = set()
    fixed: set[TrajectoryId] = set()
    for lesson in lessons:
        erring.update(quote.trajectory_id for quote in lesson.evidence if quote.role == "observation")
        fixed.update(quote.trajectory_id for quote in lesson.evidence if quote.role == "fix")
    groups: dict[str, list[TrajectoryId]] = {}
    for run in runs:
        groups.setdefault(projects.get(run, ALL), []).append(run)
    ordered = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    rows = tuple(
        TimeRow(
            project=project,
            runs=_counts(members, calendar),
            errors=_counts([run for run in members if run in erring], calendar),
            fixes=_counts([run for run in members if run in erring and run in fixed], calendar),
            n_undated=sum(run not in calendar.parts for run in members),
        )
        for project, members in ordered[:most]
    )
    return TimelineView(first=calendar.first, last=calendar.last, rows=rows, n_cut=max(len(ordered) - most, 0))


def _counts(runs: Iterable[TrajectoryId], calendar: Calendar) -> tuple[int, ...]:
    found = Counter(calendar.parts[run] for run in runs if run in calendar.parts)
    return tuple(found[part] for part in range(calendar.n_parts))
