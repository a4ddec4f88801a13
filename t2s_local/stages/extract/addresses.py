"""Addresses that a skill may show as links: addresses that people named, or that successful agents wrote."""

from collections.abc import Iterator, Mapping, Sequence

from t2s_local.safety.links import urls
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Trajectory, TrajectoryId

_MOST_RUNS = 12
"""Most runs of a lesson that are searched for its addresses: the quoted runs first."""


def own_addresses(lessons: Sequence[Lesson], trajectories: Mapping[TrajectoryId, Trajectory]) -> frozenset[str]:
    """Return the addresses in *lessons* that a run knew before any tool result showed them to it.

    A user or the task named the address, or the agent wrote it itself, in a run that succeeded or has no label. An
    address that only a tool result contains may have been planted for the agent to follow.
    """
    wanted: dict[TrajectoryId, set[str]] = {}
    for lesson in lessons:
        found = set(_named(lesson))
        quoted = dict.fromkeys(quote.trajectory_id for quote in lesson.evidence)
        runs = [*quoted, *(one for one in lesson.trajectory_ids if one not in quoted)][:_MOST_RUNS]
        for run in runs if found else ():
            wanted.setdefault(run, set()).update(found)
    known: set[str] = set()
    for run, found in sorted(wanted.items()):
        if found - known and run in trajectories:
            known.update(_own(trajectories[run], found - known))
    return frozenset(known)


def _named(lesson: Lesson) -> Iterator[str]:
    for text in (lesson.when, lesson.do, lesson.because or "", *(quote.text for quote in lesson.evidence)):
        if "://" in text:
            yield from urls(text)


def _own(run: Trajectory, wanted: set[str]) -> Iterator[str]:
    """Yield the addresses in *wanted* that *run* mentions first in its task, as its user, or as a successful agent."""
    left = set(wanted)
    yield from left.intersection(urls(run.task or ""))
    for step in run.steps:
        found = left.intersection(urls(step.text)) if "://" in step.text else set()
        left -= found
        if step.kind in {"user", "system"} or (step.kind != "tool_result" and run.outcome in {"success", None}):
            yield from found
        if not left:
            return
