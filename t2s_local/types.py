"""The values that travel between stages: frozen, strict, identified by content."""

import hashlib
from collections.abc import Sequence
from typing import Literal, NewType

import msgspec

TrajectoryId = NewType("TrajectoryId", str)
SliceId = NewType("SliceId", str)
LessonId = NewType("LessonId", str)
ClusterId = NewType("ClusterId", str)

StepKind = Literal["user", "assistant", "thought", "tool_call", "tool_result", "system", "summary"]
Outcome = Literal["success", "partial", "failure"]
Polarity = Literal["failure", "success", "correction"]
QuoteRole = Literal["request", "action", "observation", "fix", "result", "correction", "cause"]


def digest(*parts: str) -> str:
    """Identify *parts* by content: 16 hex digits of SHA-256 over the length-prefixed UTF-8 parts."""
    state = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        state.update(b"%d:" % len(encoded))
        state.update(encoded)
    return state.hexdigest()[:16]


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every value: immutable, keyword-only, strict when decoded."""


class Step(Value, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One step of a trajectory; holds JSON alone, so no circle for the collector of garbage to look for."""

    kind: StepKind
    text: str
    """What quotes are checked against: the words said, the tool's output, or for a tool call its action text.

    The action text is the command itself where the arguments hold one, otherwise the arguments as compact JSON.
    """
    tool: str | None = None
    """Name of the tool that was called or that answered."""
    arguments: dict[str, object] | None = None
    """Arguments of a tool call; None for other kinds and where they are no JSON object."""
    call_id: str | None = None
    """Links a ``tool_call`` to its ``tool_result``; unique within one trajectory."""
    is_error: bool | None = None
    """Of a tool result: whether the format itself marks it as failed; None where it does not say."""
    exit_code: int | None = None
    at: str | None = None
    """ISO 8601 time, as recorded."""
    line: int | None = None
    """1-based line (JSONL) or record number (JSON) in the source file."""


class Trajectory(Value, frozen=True, kw_only=True, omit_defaults=True):
    """One recorded run: a task, ordered steps, an outcome where one is known."""

    id: TrajectoryId
    source: str
    """The file it came from, as the user named it."""
    format: str
    steps: tuple[Step, ...]
    session_id: str | None = None
    task_id: str | None = None
    """The same for every run of the same task."""
    task: str | None = None
    """What was asked for, in the words of the run."""
    agent: str | None = None
    model: str | None = None
    started_at: str | None = None
    ended_at: str | None = None
    termination: str | None = None
    """How the run ended (``submitted``, ``max_steps`` …); finished is not succeeded."""
    outcome: Outcome | None = None
    score: float | None = None
    label_source: str | None = None
    """Where outcome and score came from: a field of the run, a label file, an estimate."""
    parent_id: str | None = None
    """Session of the run that started this one as a sub-agent."""


class Slice(Value, frozen=True, kw_only=True):
    """A single-intent piece of a trajectory: the unit a lesson belongs to."""

    id: SliceId
    trajectory: Trajectory
    start: int
    """Index of the first step in the trajectory."""
    stop: int
    """One past the index of the last step."""
    request: str | None
    """What the user asked for in this piece, without the harness's text."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of this piece."""
        return self.trajectory.steps[self.start : self.stop]


class Quote(Value, frozen=True, kw_only=True, order=True):
    """Words that stand verbatim in one step of a trajectory."""

    trajectory_id: TrajectoryId
    step: int
    """Index of the step in the trajectory."""
    role: QuoteRole
    text: str


class Lesson(Value, frozen=True, kw_only=True):
    """What one analyst learned: situation, action, cause, and the evidence for it."""

    id: LessonId
    when: str
    do: str
    because: str | None
    polarity: Polarity
    pattern: str
    """How it was found: ``recovery``, ``correction``, ``loop``, ``contrast``, ``sequence``, ``root_cause`` …"""
    signature: str
    """*when* and *do* with names, numbers and paths masked: what the lesson is about rather than where it happened."""
    evidence: tuple[Quote, ...]
    trajectory_ids: tuple[TrajectoryId, ...]
    """Every trajectory that supports it, sorted; at least those quoted."""
    task_ids: tuple[str, ...]
    """Distinct tasks of these trajectories, sorted; a trajectory without a task id counts as a task of its own."""
    analyst: str
    tools: tuple[str, ...] = ()
    """Names of the tools it is about, sorted."""


class Refusal(Value, frozen=True, kw_only=True):
    """Something an analyst did not turn into a lesson, and why."""

    reason: str
    """A short fixed phrase, the key it is counted under."""
    detail: str | None = None
    count: int = 1


class Parked(Value, frozen=True, kw_only=True, order=True):
    """A question about a slice that got no answer of use in any way it was asked."""

    trajectory_id: TrajectoryId
    start: int
    """Index of the first step of the slice in the trajectory."""
    stop: int
    question: str
    """What kind of question it was, in a word."""
    reason: str
    """What was wrong with the last answer."""


class Extraction(Value, frozen=True, kw_only=True):
    """What an analyst made of one unit of work."""

    lessons: tuple[Lesson, ...] = ()
    refused: tuple[Refusal, ...] = ()
    parked: tuple[Parked, ...] = ()


class Unit(Value, frozen=True, kw_only=True):
    """A piece of work for an analyst: one slice, the runs of one task, or a whole corpus."""

    id: str
    """Digest of the slices and of the analyst's version: what the result is stored under."""
    kind: Literal["slice", "task", "corpus"]
    slices: Sequence[Slice]
    """When planned, slices whose steps need not be there; when analysed, whole ones, loaded as they are looked at."""
    n_left_out: int = 0
    """Slices it should look at and does not, because they are too many to be held at once."""


class Duplicate(Value, frozen=True, kw_only=True):
    """A lesson that said the same as another one and was absorbed by it."""

    kept: LessonId
    absorbed: LessonId
    similarity: float
    """Cosine, in [-1, 1]; 1.0 for texts that are equal once normalised."""


class Cluster(Value, frozen=True, kw_only=True):
    """Lessons that say the same thing."""

    id: ClusterId
    lesson_ids: tuple[LessonId, ...]
    """Sorted; the medoid first."""
    cohesion: float
    """Mean pairwise cosine of the members, in [-1, 1]; 1.0 for a single lesson."""
    support: int
    """Number of distinct trajectories behind the members."""
    task_support: int
    """Number of distinct tasks behind the members."""
    stability: float | None = None
    """How alike it stays when a fifth of the lessons is left out: a mean Jaccard index, in [0, 1].

    None for a single lesson, and where lessons are too many for every cluster to be looked at.
    """


class Contradiction(Value, frozen=True, kw_only=True, order=True):
    """Two lessons about one thing, of which one says to do what the other says not to."""

    affirmed: LessonId
    forbidden: LessonId
    similarity: float
    """Cosine of the two lessons, in [-1, 1]."""


class Clustering(Value, frozen=True, kw_only=True):
    """A partition: every lesson is in one cluster or in ``loose``, never in both."""

    clusters: tuple[Cluster, ...]
    loose: tuple[LessonId, ...]
    """Lessons the clusterer called noise. Named, so that no ``-1`` travels through the code."""
    algorithm: str
    """The algorithm that was used, with its settings, in words."""
    contradictions: tuple[Contradiction, ...] = ()
    """Pairs that were kept apart because one forbids what the other says to do; sorted."""


class Family(Value, frozen=True, kw_only=True):
    """Clusters on one subject: what one skill is written from."""

    id: str
    clusters: tuple[Cluster, ...]
    """By support, largest first."""
    candidates: tuple[str, ...] = ()
    """Names the skill could have, best first: gerunds or noun phrases of the subject, spelt as the format wants."""
    name: str | None = None
    """The name an earlier run gave to this subject; kept when set."""


class RuleWords(Value, frozen=True, kw_only=True):
    """One rule in a writer's own words."""

    section: Literal["step", "gotcha", "never"]
    when: str
    do: str
    because: str


class Wording(Value, frozen=True, kw_only=True):
    """What a writer says of a family in words of its own, before the skill has a name."""

    rules: dict[str, RuleWords] = {}
    """By the number of the rule (``R1`` …); a rule that is not here keeps the words of its lessons."""
    name: str | None = None
    description: str | None = None
    refused: tuple[Refusal, ...] = ()
    """What was said and is not used."""


class SkillFile(Value, frozen=True, kw_only=True):
    """One file of a skill."""

    path: str
    """Relative to the skill's folder, with ``/``."""
    text: str


class Skill(Value, frozen=True, kw_only=True):
    """One skill folder, as it will be written."""

    name: str
    description: str
    files: tuple[SkillFile, ...]
    """``SKILL.md`` first, then the rest by path."""
    lesson_ids: tuple[LessonId, ...]
    cluster_ids: tuple[ClusterId, ...]
    support: int
    """Number of distinct trajectories behind the skill."""
    notes: tuple[Refusal, ...] = ()
    """What its writer did not use, and why; stands in no file."""
