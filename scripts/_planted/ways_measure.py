"""How many planted ways out are told, and how much else is told of failures."""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from _planted.render import FORMATS
from _planted.runs import Run
from _planted.ways import Way, make_ways, ways
from t2s_local import registry
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.intake.slices import slice_all
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import TrajectoryId

LEAST_RUNS = 3
"""Runs, of two tasks at least, that a rule needs."""
UNLABELLED = "claude_code"
"""Format without outcomes and tasks: in its runs nothing tells what only failing ones did."""


@dataclass(kw_only=True)
class Tally:
    """Ways out that could be told and were, by half, and claims that are right and wrong; no detail of ``held_out``."""

    wanted: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    right: int = 0
    wrong: int = 0
    missed: list[str] = field(default_factory=list)
    mistaken: list[str] = field(default_factory=list)


def measure(*, seed: int, form: str, tally: Tally) -> None:
    """Write planted runs in *form*, read them back, extract lessons without a model, and add to *tally*."""
    runs = make_ways(seed=seed)
    with tempfile.TemporaryDirectory() as name:
        for run in runs:
            (Path(name) / f"{run.name}.jsonl").write_text(FORMATS[form](run), "utf-8")
        trajectories = read([Path(name)]).trajectories
    analyst = registry.load("t2s_local.analysts", "mined").load()
    found = {one.id: one for _, item in analyst.analyse(analyst.plan(slice_all(trajectories))) for one in item.lessons}
    by_name = {run.name: run for run in runs}
    behind = {item.id: by_name[Path(item.source).stem] for item in trajectories}
    known = {way.id: way for way in ways()}
    spoken = [(lesson, known.get(_subject(lesson, behind) or "")) for lesson in found.values() if _is_remedy(lesson)]
    told = _told([(lesson, way) for lesson, way in spoken if way is not None and _is_right(lesson, way)])
    claims = [one for one in spoken if len(one[0].trajectory_ids) >= LEAST_RUNS and not _is_open(one[1], form)]
    wrong = [(lesson, way) for lesson, way in claims if way is None or not _is_right(lesson, way)]
    tally.right += len(claims) - len(wrong)
    tally.wrong += len(wrong)
    tally.mistaken += sorted(
        f"{way.id if way else None} {form} {seed}: {lesson.when} -> {lesson.do}"
        for lesson, way in wrong
        if way is None or way.kind != "held_out"
    )
    wanted = _wanted(runs)
    tally.wanted.update(known[name].kind for name in wanted)
    tally.told.update(known[name].kind for name in wanted if name in told)
    tally.missed += [f"{name} {form} {seed}" for name in wanted if name not in told and known[name].kind == "seen"]


def _is_open(way: Way | None, form: str) -> bool:
    """Whether the runs cannot tell that nothing but failing runs did it, or nothing but one task."""
    return way is not None and way.kind in {"doomed", "by_heart"} and form == UNLABELLED


def _is_remedy(lesson: Lesson) -> bool:
    """Whether *lesson* says of an error what to do about it."""
    return {"observation", "fix"} <= {quote.role for quote in lesson.evidence}


def _told(right: Sequence[tuple[Lesson, Way]]) -> set[str]:
    """Ways out that enough runs tell: one lesson over many runs, or lessons of single runs that say the same."""
    runs: defaultdict[str, set[str]] = defaultdict(set)
    for lesson, way in right:
        runs[way.id] |= set(lesson.trajectory_ids)
    return {name for name, behind in runs.items() if len(behind) >= LEAST_RUNS}


def _subject(lesson: Lesson, behind: Mapping[TrajectoryId, Run]) -> str | None:
    """The entry whose error most observations of *lesson* quote."""
    votes = Counter(
        occurrence.lesson
        for quote in lesson.evidence
        if quote.role == "observation"
        for occurrence in behind[quote.trajectory_id].occurrences
        if any(quote.text in text for text in occurrence.texts)
    )
    return votes.most_common(1)[0][0] if votes else None


def _is_right(lesson: Lesson, way: Way) -> bool:
    return way.is_told and way.knows in lesson.when and all(word in lesson.do for word in way.tells)


def _wanted(runs: Sequence[Run]) -> Sequence[str]:
    """Ways out that enough runs of enough tasks went, and that went well."""
    names = {way.id for way in ways() if way.is_told}
    solved: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for run in runs:
        for occurrence in run.occurrences:
            if occurrence.is_solved and run.outcome == "success" and occurrence.lesson in names:
                solved[occurrence.lesson].add((run.name, run.task))
    return sorted(
        name
        for name, places in solved.items()
        if len({run for run, _ in places}) >= LEAST_RUNS and len({task for _, task in places}) > 1
    )
