"""Values of the page, as the template shows them; every text in them is inert."""

from typing import Literal

from t2s_local.report.drawing.values import GraphView, MapView, TimelineView, Trend
from t2s_local.values.value import Value

SpanKind = Literal["plain", "code", "quote", "gone", "new"]


class Span(Value, frozen=True, kw_only=True):
    """Piece of a text that is shown in one way."""

    text: str
    kind: SpanKind = "plain"
    """``quote`` is quoted by a rule; ``gone`` and ``new`` are in what failed, or in what worked, alone."""


class StepView(Value, frozen=True, kw_only=True):
    """Step of a recording, as far as it is shown."""

    index: int
    kind: str
    tool: str | None
    line: int | None
    spans: tuple[Span, ...]
    n_cut: int
    """Characters of its text that are not shown."""
    is_quoted: bool


class RecordingView(Value, frozen=True, kw_only=True):
    """Recording behind a rule: where it comes from, what failed and what worked, and the steps around."""

    id: str
    source: str | None
    """None where it is no longer stored."""
    line: int | None
    """Of the first quote in its file, or the number of its record."""
    project: str | None
    day: str | None
    outcome: str
    task: str | None
    failing: tuple[Span, ...]
    """The action that failed; empty where none did."""
    message: str | None
    """What came back."""
    working: tuple[Span, ...]
    """What worked instead; empty where nothing is known to."""
    steps: tuple[StepView, ...]
    quotes: tuple[str, ...]
    """All that is quoted of it, as far as it is shown."""


class RuleView(Value, frozen=True, kw_only=True):
    """Rule of a skill with everything behind it."""

    id: str
    name: str
    """``SKILL#R1``."""
    anchor: str
    section: str
    """Heading of the skill that it stands under."""
    head: tuple[Span, ...]
    details: tuple[tuple[Span, ...], ...]
    support: int
    task_support: int
    level: str
    effect: str | None
    """Gain under a local model, in words; None where nobody measured it."""
    outcomes: tuple[tuple[str, int], ...]
    patterns: tuple[str, ...]
    polarity: str
    projects: tuple[str, ...]
    trend: Trend
    decision: str | None
    risk: str | None
    lessons: tuple[str, ...]
    """What it was joined from, where that is more than one lesson."""
    n_lessons_cut: int
    recordings: tuple[RecordingView, ...]
    n_recordings_cut: int


class GateView(Value, frozen=True, kw_only=True):
    """Last result of a gate for a skill."""

    level: str
    mode: str
    verdict: str
    figures: tuple[str, ...]
    """In words, shares with their 95 % interval."""
    day: str
    is_of_another_version: bool
    """Whether the files of the skill were others when it was measured."""


class SkillView(Value, frozen=True, kw_only=True):
    """Skill with its rules."""

    name: str
    anchor: str
    description: str
    best: tuple[Span, ...]
    """Its rule with most support; empty where no text was kept."""
    support: int
    n_rules: int
    level: str
    outcomes: tuple[tuple[str, int], ...]
    projects: tuple[str, ...]
    state: str | None
    """As the evidence log has it; None without a library."""
    version: str | None
    waiting: str | None
    """The version that waits for a person, in words."""
    usage: tuple[tuple[str, int], ...]
    """How often the evidence log has each kind of use and of verdict."""
    gates: tuple[GateView, ...] = ()
    trend: Trend
    rules: tuple[RuleView, ...]


class QuoteView(Value, frozen=True, kw_only=True):
    """Quote and the step it stands in."""

    trajectory: str
    step: int
    role: str
    text: str
    n_cut: int


class CandidateView(Value, frozen=True, kw_only=True):
    """Rule that is in no skill, and what it lacks."""

    id: str
    anchor: str
    head: tuple[Span, ...]
    because: tuple[Span, ...]
    support: int
    task_support: int
    polarity: str | None
    projects: tuple[str, ...]
    lacks: tuple[str, ...]
    decision: str | None
    quotes: tuple[QuoteView, ...]
    nearest: tuple[Span, ...]
    """Empty where the run has no other rule."""
    nearest_anchor: str | None


class OpposedView(Value, frozen=True, kw_only=True):
    """Two rules that order opposite things in one situation."""

    says: tuple[Span, ...]
    anchor: str
    other: tuple[Span, ...]
    other_anchor: str
    cosine: float


class Item(Value, frozen=True, kw_only=True):
    """Thing that was left out, by its name."""

    name: str
    note: str


class LossView(Value, frozen=True, kw_only=True):
    """Reason for which things were left out."""

    count: int
    words: tuple[Span, ...]
    items: tuple[Item, ...] = ()
    n_items_cut: int = 0
    is_candidate: bool = False
    """Whether what was left out is among the candidates."""


class StageView(Value, frozen=True, kw_only=True):
    """Stage of the way from files to skills."""

    name: str
    says: str
    count: int
    losses: tuple[LossView, ...]


class FileRow(Value, frozen=True, kw_only=True):
    """File that was read."""

    source: str
    n_runs: int
    n_teaching: int
    """Runs of it that a lesson rests on."""
    outcomes: tuple[tuple[str, int], ...]


class NextStep(Value, frozen=True, kw_only=True):
    """Next thing for a person to do."""

    says: str
    command: str | None


class ReadView(Value, frozen=True, kw_only=True):
    """Everything that was read, counted."""

    n_files: int
    n_runs: int
    n_tasks: int
    first_day: str | None
    last_day: str | None
    outcomes: tuple[tuple[str, int], ...]
    projects: tuple[tuple[str, int], ...]
    n_projects_cut: int
    agents: tuple[tuple[str, int], ...]
    formats: tuple[tuple[str, int], ...]


class Page(Value, frozen=True, kw_only=True):
    """Everything the page shows."""

    run: str
    library: str | None
    version: str
    where: str
    """Words that name the workspace in a command; empty for the default one."""
    which: str
    """Words that name the run in a command; empty for the newest one."""
    notices: tuple[str, ...]
    read: ReadView
    projects: tuple[str, ...]
    """Every project that a rule or candidate of the page is of, sorted."""
    n_rules: int
    n_candidates: int
    skills: tuple[SkillView, ...]
    candidates: tuple[CandidateView, ...]
    n_candidates_cut: int
    opposed: tuple[OpposedView, ...]
    stages: tuple[StageView, ...]
    map: MapView | None
    timeline: TimelineView | None
    graph: GraphView | None
    files: tuple[FileRow, ...]
    n_files_cut: int
    next_steps: tuple[NextStep, ...]
