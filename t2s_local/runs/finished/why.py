"""Trace a rule to its recordings: its lessons, the quoted steps, and the steps around them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from t2s_local.errors import UsageError
from t2s_local.runs.finished.candidates import candidate_pages
from t2s_local.runs.finished.heads import lacks_of
from t2s_local.runs.finished.numbers import libraries_in, rule_numbers
from t2s_local.runs.finished.stored import finished_run, stored_lessons
from t2s_local.runs.finished.worded import page_lines, spoken
from t2s_local.runs.result import RunResult
from t2s_local.text.signature.signature import signature_of
from t2s_local.values.cluster import Cluster, ClusterId
from t2s_local.values.lesson import HeldLesson, Lesson, LessonId, Quote, line_of, supporting_runs, supporting_tasks
from t2s_local.values.skill import Skill
from t2s_local.values.trajectory import Outcome, Step, Trajectory, TrajectoryId
from t2s_local.values.value import Value
from t2s_local.workspace import Workspace

_Rule = Cluster | HeldLesson | LessonId
_NUMBERS_MOVE = "A number may move with the next distill; the id of a rule, as `t2s why SKILL` shows it, stays."
AROUND = 1
"""Steps before and after a quote that are shown with it."""


class StepLine(Value, frozen=True, kw_only=True):
    """A step of a recording, with its position in the file."""

    index: int
    kind: str
    tool: str | None
    text: str
    line: int | None
    at: str | None


class Recording(Value, frozen=True, kw_only=True):
    """A recording that supports a rule."""

    id: TrajectoryId
    source: str | None
    """File of the recording; None if the recording is no longer stored."""
    project: str | None
    """Repository or folder that the agent worked in; None if the recording names none."""
    started_at: str | None
    task: str | None
    outcome: Outcome | None
    verbs: str | None
    """Kinds of the recording's actions, as in ``read-filter-compute``; None if no action is recognised or stored."""
    quotes: tuple[Quote, ...]
    """Quotes from the recording, by step."""
    steps: tuple[StepLine, ...]
    """Quoted steps and their neighbours; empty if the recording is no longer stored."""


class MergedLesson(Value, frozen=True, kw_only=True):
    """A lesson that is part of a rule."""

    id: LessonId
    says: str
    n_trajectories: int
    analyst: str
    pattern: str
    """Name of the pattern that the analyst found the lesson by."""


class RuleFacts(Value, frozen=True, kw_only=True):
    """A rule of a run, in a skill or not."""

    id: str
    """Id of the rule's cluster; if its lesson is in no cluster, id of the lesson."""
    skill: str | None
    """Name of the skill with the rule; None for a candidate."""
    rule: str | None
    """Number in the skill's file in the library, as ``R1``; None for a candidate or a rule that is not in the file."""
    when: str
    do: str
    because: str | None
    support: int
    task_support: int
    lacks: tuple[str, ...]
    """Reasons why the rule is in no skill; empty for a rule of a skill."""
    page: tuple[str, ...] = ()
    """Paragraphs of the rule on the page of its skill, as the run wrote it; for a candidate, as a page would word it.

    Empty if the run stored no words for the rule.
    """

    @property
    def lines(self) -> tuple[str, ...]:
        """Words of the rule for a person."""
        return spoken(self.page, self.when, self.do, self.because)


class RuleOrigin(RuleFacts, frozen=True, kw_only=True):
    """A rule with its lessons and its recordings."""

    cohesion: float | None
    """Mean cosine of the lessons that were joined, in [-1, 1]; None for a lesson in no cluster."""
    stability: float | None
    merged: tuple[MergedLesson, ...]
    """Lessons that were joined into the rule; the rule has the words of the first lesson."""
    recordings: tuple[Recording, ...]
    """Recordings behind the rule: quoted recordings first, then by id; no more than requested."""


def why(
    workspace: Workspace,
    name: str,
    *,
    run: str | None = None,
    most: int | None = None,
    libraries: Sequence[Path] | None = None,
) -> tuple[RuleOrigin, ...]:
    """Return the rules that *name* refers to, each with its lessons and recordings.

    Args:
        workspace: Where the run was made.
        name: A skill, ``SKILL#R2``, or the beginning of the id of a cluster or of a lesson.
        run: Beginning of the run's id; None for the newest finished run.
        most: Number of recordings of a rule that are loaded, quoted recordings first; None for all.
        libraries: Libraries whose files number the rules; None for the libraries that the run wrote.

    Raises:
        NothingFoundError: no run is finished.
        T2SError: the lessons of the run cannot be looked up.
        UsageError: no rule has that name, or several skills or ids match it.
    """
    stored, result = finished_run(workspace, run)
    where = libraries_in(None if stored.about is None else stored.about.out) if libraries is None else libraries
    numbers = rule_numbers(result, where)
    meant = _meant(name, result, numbers)
    lessons = stored_lessons(workspace, stored.id, [one for item in meant for one in _ids_of(item)])
    inside = page_lines(skill for skill in result.skills if any(_is_in(item, skill) for item in meant))
    pages = {**candidate_pages(workspace, stored.id), **inside}
    found = (_origin(workspace, stored.id, result, item, lessons, numbers, most=most) for item in meant)
    return tuple(msgspec.structs.replace(item, page=pages.get(item.id, ())) for item in found)


def lessons_of(
    workspace: Workspace, name: str, *, run: str | None = None, libraries: Sequence[Path] | None = None
) -> list[tuple[RuleOrigin, tuple[Lesson, ...]]]:
    """Return the rules that *name* refers to, each with its lessons, the medoid (most central lesson) first.

    Raises:
        NothingFoundError: no run is finished.
        T2SError: the lessons of the run cannot be looked up.
        UsageError: no rule has that name, or several skills or ids match it.
    """
    origins = why(workspace, name, run=run, most=0, libraries=libraries)
    stored, _ = finished_run(workspace, run)
    lessons = stored_lessons(workspace, stored.id, [item.id for origin in origins for item in origin.merged])
    return [(origin, tuple(lessons[item.id] for item in origin.merged)) for origin in origins]


def _is_in(item: _Rule, skill: Skill) -> bool:
    return isinstance(item, Cluster) and item.id in skill.cluster_ids


def _ids_of(item: _Rule) -> tuple[LessonId, ...]:
    return (item,) if isinstance(item, str) else item.lesson_ids


def _meant(name: str, result: RunResult, numbers: Mapping[ClusterId, str]) -> list[_Rule]:
    clusters = {item.id: item for item in result.clusters}
    skill_name, _, rule = name.partition("#")
    for skill in result.skills:
        if skill.name == skill_name:
            if not rule:
                return [clusters[one] for one in skill.cluster_ids]
            numbered = {numbers[one]: one for one in skill.cluster_ids if one in numbers}
            if rule.upper() not in numbered:
                message = f"{skill_name} has no rule {rule} that the run knows"
                told = f"It has {', '.join(numbered) or 'no numbered rule'}."
                raise UsageError(message, hint=f"{told} {_NUMBERS_MOVE}")
            return [clusters[numbered[rule.upper()]]]
    named: list[_Rule] = [item for key, item in clusters.items() if key.startswith(name)]
    homes = {lesson_id: item for item in result.clusters for lesson_id in item.lesson_ids}
    held = [item for item in result.held if not any(one in homes for one in item.lesson_ids)]
    named += [item for item in held if any(one.startswith(name) for one in item.lesson_ids)]
    named += [homes.get(one, one) for one in sorted(result.lessons) if one.startswith(name)]
    if name and len(named) == 1:
        return named
    message = f"{'more than one rule' if name and named else 'no skill, rule or lesson'} is called {name!r}"
    raise UsageError(
        message,
        hint="A skill, SKILL#R1, or the id of a rule; `t2s show` takes that of a recording.",
    )


def _origin(
    workspace: Workspace,
    run_id: str,
    result: RunResult,
    item: _Rule,
    stored: Mapping[LessonId, Lesson],
    numbers: Mapping[ClusterId, str],
    *,
    most: int | None,
) -> RuleOrigin:
    ids = _ids_of(item)
    lessons = [stored[one] for one in ids if one in stored]
    if not lessons:
        message = f"the lessons of run {run_id} are no longer stored"
        raise UsageError(message, hint="--no-keep-text keeps no lessons; --restart makes the run again.")
    runs = supporting_runs(lessons)
    home = _home(item, result)
    quotes: dict[TrajectoryId, list[Quote]] = {}
    for quote in (quote for lesson in lessons for quote in lesson.evidence):
        quotes.setdefault(quote.trajectory_id, []).append(quote)
    ordered = sorted(runs, key=lambda one: (one not in quotes, one))
    return RuleOrigin(
        id=item.id if isinstance(item, Cluster) else ids[0],
        skill=home,
        rule=numbers.get(item.id) if isinstance(item, Cluster) else None,
        when=lessons[0].when,
        do=lessons[0].do,
        because=lessons[0].because,
        support=len(runs),
        task_support=len(supporting_tasks(lessons)),
        cohesion=item.cohesion if isinstance(item, Cluster) else None,
        stability=item.stability if isinstance(item, Cluster) else None,
        lacks=_lacks(item, result),
        merged=tuple(map(_merged, lessons)),
        recordings=tuple(recording_of(workspace, one, quotes.get(one, ())) for one in ordered[:most]),
    )


def _home(item: _Rule, result: RunResult) -> str | None:
    """Return the name of the skill that contains a rule; None if the rule is in no skill."""
    if not isinstance(item, Cluster):
        return None
    return next((skill.name for skill in result.skills if item.id in skill.cluster_ids), None)


def _lacks(item: _Rule, result: RunResult) -> tuple[str, ...]:
    if not isinstance(item, Cluster):
        return lacks_of(item, result)
    return next((found.lacks for found in result.candidates if found.cluster_id == item.id), ())


def _merged(lesson: Lesson) -> MergedLesson:
    return MergedLesson(
        id=lesson.id,
        says=line_of(lesson),
        n_trajectories=len(lesson.trajectory_ids),
        analyst=lesson.analyst,
        pattern=lesson.pattern,
    )


def recording_of(workspace: Workspace, run: TrajectoryId, quotes: Iterable[Quote]) -> Recording:
    """Return a recording with *quotes* from it, the quoted steps, and the steps around these."""
    ordered = sorted(set(quotes), key=lambda quote: (quote.step, quote))
    stored = workspace.trajectory(run)
    return Recording(
        id=run,
        source=None if stored is None else stored.source,
        project=None if stored is None else stored.project,
        started_at=None if stored is None else _began(stored),
        task=None if stored is None else stored.task,
        outcome=None if stored is None else stored.outcome,
        verbs=None if stored is None else signature_of(stored.steps) or None,
        quotes=tuple(ordered),
        steps=() if stored is None else _around(stored, {quote.step for quote in ordered}),
    )


def _began(run: Trajectory) -> str | None:
    return run.started_at or next((step.at for step in run.steps if step.at), None)


def _around(run: Trajectory, quoted: set[int]) -> tuple[StepLine, ...]:
    """Return the steps with the numbers *quoted* and the steps around these, each once."""
    near = sorted({at for step in quoted for at in range(max(step - AROUND, 0), step + AROUND + 1)})
    return tuple(step for at in near for step in step_lines(run, at, at + 1))


def step_lines(run: Trajectory, start: int, stop: int) -> tuple[StepLine, ...]:
    """Return the steps *start* to *stop* (not included) of *run*; steps beyond its end are left out."""
    return tuple(_step_line(index, step) for index, step in enumerate(run.steps[start:stop], start))


def _step_line(index: int, step: Step) -> StepLine:
    return StepLine(index=index, kind=step.kind, tool=step.tool, text=step.text, line=step.line, at=step.at)
