"""From a rule back to the recordings: who said it, where, what it was joined with, and what happened around it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from t2s_local.errors import UsageError
from t2s_local.runs.finished.candidates import lacks_of
from t2s_local.runs.finished.numbers import libraries_in, rule_numbers
from t2s_local.runs.finished.stored import finished_run, stored_lessons
from t2s_local.runs.result import RunResult
from t2s_local.text.signature.signature import signature_of
from t2s_local.values.cluster import Cluster, ClusterId
from t2s_local.values.lesson import HeldLesson, Lesson, LessonId, Quote, line_of
from t2s_local.values.trajectory import Outcome, Step, Trajectory, TrajectoryId
from t2s_local.values.value import Value
from t2s_local.workspace import Workspace

_Rule = Cluster | HeldLesson | LessonId
AROUND = 1
"""Steps before and after a quote that are shown with it."""


class StepLine(Value, frozen=True, kw_only=True):
    """A step of a recording, at the place it has in its file."""

    index: int
    kind: str
    tool: str | None
    text: str
    line: int | None
    at: str | None


class Recording(Value, frozen=True, kw_only=True):
    """A recording that a rule rests on."""

    id: TrajectoryId
    source: str | None
    """None where it is no longer stored."""
    project: str | None
    """The repository or folder it worked in, where the recording says so."""
    started_at: str | None
    task: str | None
    outcome: Outcome | None
    verbs: str | None
    """Signature of what it did, ``read-filter-compute``; None where no action of it is known, or it is not stored."""
    quotes: tuple[Quote, ...]
    """By step."""
    steps: tuple[StepLine, ...]
    """The quoted steps and those around them; empty where the recording is no longer stored."""


class MergedLesson(Value, frozen=True, kw_only=True):
    """A lesson that is part of a rule."""

    id: LessonId
    says: str
    n_trajectories: int
    analyst: str
    pattern: str
    """How it was found."""


class RuleFacts(Value, frozen=True, kw_only=True):
    """A rule of a run, in a skill or not."""

    id: str
    """Of its cluster, or of its lesson where that is in none."""
    skill: str | None
    """None for a candidate."""
    rule: str | None
    """``R1`` and so on, as the page in the library has it; None for a candidate and for a rule that is not on it."""
    when: str
    do: str
    because: str | None
    support: int
    task_support: int
    lacks: tuple[str, ...]
    """What keeps it out of a skill; empty for a rule of a skill."""


class RuleOrigin(RuleFacts, frozen=True, kw_only=True):
    """Everything behind one rule."""

    cohesion: float | None
    """Mean cosine of the lessons that were joined, in [-1, 1]; None for a lesson in no cluster."""
    stability: float | None
    merged: tuple[MergedLesson, ...]
    """The lessons it is made of; its own words are those of the first."""
    recordings: tuple[Recording, ...]
    """Those that are quoted first, then by id; as many as were asked for."""


def why(
    workspace: Workspace,
    name: str,
    *,
    run: str | None = None,
    most: int | None = None,
    libraries: Sequence[Path] | None = None,
) -> tuple[RuleOrigin, ...]:
    """Return what stands behind the rules that *name* means.

    Args:
        workspace: Where the run was made.
        name: A skill, ``SKILL#R2``, or the beginning of the id of a cluster or of a lesson.
        run: Beginning of the run's id; None for the newest finished run.
        most: Recordings of a rule that are looked up, those that are quoted first; None for all.
        libraries: Libraries whose pages number the rules; None for those that the run wrote.

    Raises:
        NothingFoundError: no run is finished.
        T2SError: the lessons of the run cannot be looked up.
        UsageError: nothing bears that name, or more than one thing does.
    """
    stored, result = finished_run(workspace, run)
    where = libraries_in(None if stored.about is None else stored.about.out) if libraries is None else libraries
    numbers = rule_numbers(result, where)
    meant = _meant(name, result, numbers)
    lessons = stored_lessons(workspace, stored.id, [one for item in meant for one in _ids_of(item)])
    return tuple(_origin(workspace, stored.id, result, item, lessons, numbers, most=most) for item in meant)


def lessons_of(
    workspace: Workspace, name: str, *, run: str | None = None, libraries: Sequence[Path] | None = None
) -> list[tuple[RuleOrigin, tuple[Lesson, ...]]]:
    """Return the rules that *name* means, each with its lessons, the medoid first.

    Raises:
        NothingFoundError: no run is finished.
        T2SError: the lessons of the run cannot be looked up.
        UsageError: nothing bears that name, or more than one thing does.
    """
    origins = why(workspace, name, run=run, most=0, libraries=libraries)
    stored, _ = finished_run(workspace, run)
    lessons = stored_lessons(workspace, stored.id, [item.id for origin in origins for item in origin.merged])
    return [(origin, tuple(lessons[item.id] for item in origin.merged)) for origin in origins]


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
                raise UsageError(message, hint=f"It has {', '.join(numbered) or 'none'}; ids stay what they are.")
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
    runs = {run for lesson in lessons for run in lesson.supporters}
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
        task_support=len({task for lesson in lessons for task in lesson.task_ids}),
        cohesion=item.cohesion if isinstance(item, Cluster) else None,
        stability=item.stability if isinstance(item, Cluster) else None,
        lacks=_lacks(item, result),
        merged=tuple(map(_merged, lessons)),
        recordings=tuple(recording_of(workspace, one, quotes.get(one, ())) for one in ordered[:most]),
    )


def _home(item: _Rule, result: RunResult) -> str | None:
    """Return the name of the skill a rule is in."""
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
        n_trajectories=len(lesson.supporters),
        analyst=lesson.analyst,
        pattern=lesson.pattern,
    )


def recording_of(workspace: Workspace, run: TrajectoryId, quotes: Iterable[Quote]) -> Recording:
    """Return a recording with *quotes* of it, and the steps around them."""
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
    """Return the steps *quoted* and those around them, each once."""
    near = sorted({at for step in quoted for at in range(max(step - AROUND, 0), step + AROUND + 1)})
    return tuple(step for at in near for step in step_lines(run, at, at + 1))


def step_lines(run: Trajectory, start: int, stop: int) -> tuple[StepLine, ...]:
    """Return the steps of *run* from *start* to before *stop*, as far as it has them."""
    return tuple(_step_line(index, step) for index, step in enumerate(run.steps[start:stop], start))


def _step_line(index: int, step: Step) -> StepLine:
    return StepLine(index=index, kind=step.kind, tool=step.tool, text=step.text, line=step.line, at=step.at)
