"""Find how recordings used the skills of a library, as events of the evidence log; no part is reported twice."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

import msgspec

from t2s_local.stages.govern.usage.conduct import AfterLoad, Conduct, Rule, rules_of
from t2s_local.stages.govern.usage.sightings import Load, Sightings, sightings
from t2s_local.stages.govern.usage.texts import SkillTexts
from t2s_local.stages.reading.estimate import SOURCE, estimated
from t2s_local.values.event import USED, Event, RecordedPart
from t2s_local.values.trajectory import Label, Step, Trajectory
from t2s_local.values.value import Value, digest

Verdict = Literal["helped", "hurt", "neutral"]
FOLLOWED, IGNORED, RETURNED = "rule followed", "rule ignored", "error returned"
"""Kinds of events about a rule."""
_SAID = frozenset({"user", "assistant", "thought", "tool_call", "tool_result"})
"""Kinds of steps that all versions of a reader read in the same way, in contrast to messages that the harness adds."""


class SkillUse(Value, frozen=True, kw_only=True):
    """Use of one skill in the new part of one recording."""

    skill: str
    use: Literal["shown", "loaded", "followed"]
    digest: str | None
    """Digest of the version in use; None if it is unknown which of several versions was used."""
    n_attempts: int
    """Calls that try to load the skill."""
    n_complete: int
    """Calls that loaded the skill, after which a command of the skill ran without an error."""
    tokens: int
    """Estimated tokens of the skill's entry in a list and of its text."""
    conduct: Conduct | None
    """Rules that the run followed or ignored; None if the skill was not loaded."""


class RunUse(Value, frozen=True, kw_only=True):
    """Uses of skills in the new part of one recording, which an earlier reading did not contain."""

    run: str
    """Name of the recording in the log: a digest."""
    mark: str
    """Digest of all steps of the recording."""
    n_steps: int
    is_known: bool
    """Whether an earlier reading covers the whole recording."""
    skills: tuple[SkillUse, ...]
    others: tuple[str, ...]
    """Names of library skills under which the recording contains the text of a different skill."""
    ended_at: str | None
    """Recorded time of the recording's end, else of its beginning; None if neither is recorded."""
    task: str | None
    category: str | None
    label: Label | None
    """Outcome that the recording states, else an outcome estimated from its steps."""


class KnownParts:
    """Parts of recordings that the evidence log covers: the number of steps read, by name and by digest of steps."""

    def __init__(self, events: Iterable[Event]) -> None:
        """Collect the parts of recordings that *events* refer to."""
        self._by_mark: dict[str, int] = {}
        self._by_run: dict[str, int] = {}
        for event in events:
            if event.part is not None and event.run is not None:
                self.add(event.run, event.part.mark, event.part.n_steps)

    def add(self, run: str, mark: str, n_steps: int) -> None:
        """Note that the first *n_steps* steps of the recording *run*, with the digest *mark*, were read."""
        self._by_mark[mark] = n_steps
        self._by_run[run] = max(n_steps, self._by_run.get(run, 0))

    def has(self, use: "RunUse") -> bool:
        """Return whether the log covers the recording of *use* up to its end."""
        return use.mark in self._by_mark or self._by_run.get(use.run, 0) >= use.n_steps

    def start(self, run: str, marks: Mapping[str, int]) -> int:
        """Return the index of the first step that was not read yet.

        Args:
            run: Name of the recording.
            marks: Digest of every beginning of the recording, with its number of steps.
        """
        longest = max((n_steps for mark, n_steps in marks.items() if mark in self._by_mark), default=0)
        return max(longest, self._by_run.get(run, 0))


class _Context(NamedTuple):
    run: Trajectory
    start: int
    seen: Sightings
    skills: SkillTexts
    rules: Mapping[tuple[str, str | None], tuple[Rule, ...]]


class UsageReader:
    """Reads recordings one by one, and returns the uses of a library's skills in each."""

    def __init__(self, skills: SkillTexts, known: KnownParts) -> None:
        """Prepare to look for *skills* in the parts of recordings that are not *known* yet."""
        self._skills = skills
        self._known = known
        self._rules: dict[tuple[str, str | None], tuple[Rule, ...]] = {}

    def read(self, run: Trajectory) -> RunUse:
        """Return the uses of skills in the new part of *run*."""
        name, marks = recording_name(run), _marks(run.steps)
        start = self._known.start(name, marks)
        mark = next(reversed(marks), digest())
        if start >= len(run.steps):
            return _result(run, name, mark, (), (), is_known=True)
        seen = sightings(run, self._skills)
        names = sorted({*seen.shown, *(load.skill for load in seen.loads)})
        uses = (self._use(run, start, seen, skill) for skill in names)
        return _result(run, name, mark, tuple(use for use in uses if use), tuple(sorted(seen.others)), is_known=False)

    def _use(self, run: Trajectory, start: int, seen: Sightings, skill: str) -> SkillUse | None:
        """Return the use of a skill from step *start* on; None if that part neither shows, loads nor follows it."""
        at, entry = seen.shown.get(skill, (-1, 0))
        loads = [load for load in seen.loads if load.skill == skill]
        worked = [load for load in loads if not load.has_failed]
        fresh = [load for load in loads if load.step >= start]
        is_shown = at >= start
        version = self._version(skill, worked)
        conduct = self._conduct(run, skill, version, max(worked[0].step + 1, start)) if worked else None
        was_followed = conduct is not None and conduct.n_followed > 0
        if not fresh and not is_shown and not was_followed:
            return None
        n_complete = sum(self._is_complete(run, load, loads, version) for load in fresh if not load.has_failed)
        is_loaded = bool(conduct) and (bool(fresh) or was_followed)
        return SkillUse(
            skill=skill,
            use="followed" if was_followed else "loaded" if is_loaded else "shown",
            digest=version,
            n_attempts=len(fresh),
            n_complete=n_complete,
            tokens=sum(load.tokens for load in fresh) + (entry if is_shown else 0),
            conduct=conduct if is_loaded else None,
        )

    def _version(self, skill: str, loads: list[Load]) -> str | None:
        """Return the digest of the version in use: the version whose text is in the recording, else the only version.

        None if the recording contains the text of an unknown version, or there are several versions.
        """
        told = next((load.digest for load in reversed(loads) if load.digest is not None), None)
        if told is not None or any(not load.is_silent for load in loads):
            return told
        return self._skills.present(skill) if len(self._skills.versions(skill)) == 1 else None

    def _conduct(self, run: Trajectory, skill: str, version: str | None, start: int) -> Conduct:
        key = (skill, version)
        if key not in self._rules:
            self._rules[key] = rules_of(self._skills.source(skill, version))
        return AfterLoad(run=run, start=start).conduct(self._rules[key])

    def _is_complete(self, run: Trajectory, load: Load, loads: list[Load], version: str | None) -> bool:
        """Return whether a command of the skill ran without an error before the skill was loaded again."""
        later = (other.step for other in loads if other.step > load.step)
        until = min(later, default=len(run.steps))
        cut = run if until == len(run.steps) else msgspec.structs.replace(run, steps=run.steps[:until])
        return self._conduct(cut, load.skill, version, load.step + 1).is_complete


def recording_name(run: Trajectory) -> str:
    """Return the name of a recording in the log: a digest of its session and its start, else of its content.

    Session and start do not change when a recording grows.
    """
    if run.session_id is None or run.started_at is None:
        return digest("recording", run.id)
    return digest("session", run.format, run.session_id, run.started_at)


def task_digest(run: Trajectory) -> str | None:
    """Return a digest that names the task of a recording in the log; None if the recording has no task."""
    named = run.task_id or run.task
    return None if named is None else digest("task", named)


def events_of_use(use: RunUse, *, at: str, label: Label | None) -> Iterator[Event]:
    """Yield the events of a recording: one for each skill, and one or two for each rule that it followed or ignored.

    Args:
        use: Uses of skills in the recording.
        at: Time of the reading, ISO 8601.
        label: Outcome from a file of labels; None to use the label in *use*.
    """
    stated = label or use.label
    outcome = None if stated is None else stated.outcome
    source: Literal["recorded", "inferred"] | None = None
    if stated is not None:
        source = "inferred" if stated.source == SOURCE else "recorded"
    for skill in use.skills:
        base = Event(
            at=at,
            kind=USED,
            skill=skill.skill,
            digest=skill.digest,
            run=use.run,
            task=use.task,
            category=use.category,
            outcome=outcome,
            use=skill.use,
            verdict=verdict(skill, outcome),
            source=source,
            part=RecordedPart(
                n_steps=use.n_steps,
                mark=use.mark,
                tokens=skill.tokens,
                n_attempts=skill.n_attempts,
                n_complete=skill.n_complete,
            ),
        )
        yield base
        for rule in () if skill.conduct is None else skill.conduct.rules:
            about = msgspec.structs.replace(base, part=None, rule=rule.rule, verdict=None, use=None)
            if rule.was_followed is not None:
                kind = FOLLOWED if rule.was_followed else IGNORED
                yield msgspec.structs.replace(about, kind=kind, use="followed" if rule.was_followed else None)
            if rule.came_back:
                yield msgspec.structs.replace(about, kind=RETURNED)


def verdict(use: SkillUse, outcome: str | None) -> Verdict | None:
    """Judge a use by the outcome of its run: a skill whose rules were followed helped or hurt.

    A skill whose rules no recording can show counts as followed once it is loaded. A skill that was loaded and not
    followed is neutral, and so is every use in a partial success. None if the skill was only shown, or the outcome is
    unknown.
    """
    if use.use == "shown" or outcome is None:
        return None
    is_adopted = use.use == "followed" or (use.conduct is not None and not use.conduct.is_checkable)
    if not is_adopted or outcome == "partial":
        return "neutral"
    return "helped" if outcome == "success" else "hurt"


def _result(
    run: Trajectory, name: str, mark: str, skills: tuple[SkillUse, ...], others: tuple[str, ...], *, is_known: bool
) -> RunUse:
    return RunUse(
        run=name,
        mark=mark,
        n_steps=len(run.steps),
        is_known=is_known,
        skills=skills,
        others=others,
        ended_at=run.ended_at or run.started_at,
        task=task_digest(run),
        category=None if run.project is None else digest("project", run.project),
        label=run.label if run.outcome is not None else estimated(run).label,
    )


def _marks(steps: Iterable[Step]) -> dict[str, int]:
    """Return the digest of every beginning of a recording with its number of steps; the whole recording is last."""
    marks: dict[str, int] = {}
    before = digest()
    for number, step in enumerate(steps, 1):
        if step.kind in _SAID:
            before = digest(before, step.kind, step.at or "", step.text)
        marks[before] = number
    return marks
