"""Values of the page for the template; no text in them contains control characters."""

from typing import Literal

from t2s_local.report.drawing.values import GraphView, MapView, TimelineView, Trend
from t2s_local.values.value import Value

SpanKind = Literal["plain", "code", "quote", "gone", "new"]


class Span(Value, frozen=True, kw_only=True):
    """Piece of a text with one kind of marking."""

    text: str
    kind: SpanKind = "plain"
    """Kind of marking: ``quote`` for a rule's quotes, ``gone`` and ``new`` for text only in the old or new action."""


class StepView(Value, frozen=True, kw_only=True):
    """Step of a recording, shortened for the page."""

    index: int
    kind: str
    tool: str | None
    line: int | None
    spans: tuple[Span, ...]
    n_cut: int
    """Number of characters of the step's text that are not shown."""
    is_quoted: bool


class RecordingView(Value, frozen=True, kw_only=True):
    """Recording behind a rule: its origin, the failed and the working action, and the steps around them."""

    id: str
    source: str | None
    """File of the recording; None if the recording is no longer stored."""
    line: int | None
    """Number of the line or record of the first quote in the file; None if not known."""
    project: str | None
    day: str | None
    outcome: str
    task: str | None
    failing: tuple[Span, ...]
    """Failed action; empty if there was none."""
    message: str | None
    """Result of the failed action; None if there was none."""
    working: tuple[Span, ...]
    """Action that worked later; empty if none is known."""
    steps: tuple[StepView, ...]
    quotes: tuple[str, ...]
    """Quotes from the recording, each shortened for the page."""


class RuleView(Value, frozen=True, kw_only=True):
    """Rule of a skill with its counts, lessons and recordings."""

    id: str
    name: str
    """Name of the skill and number of the rule, as ``SKILL#R1``."""
    anchor: str
    section: str
    """Heading in the skill's file above the rule."""
    head: tuple[Span, ...]
    details: tuple[tuple[Span, ...], ...]
    support: int
    task_support: int
    level: str
    effect: str | None
    """Gain measured with a local model, in words; None if it was not measured."""
    outcomes: tuple[tuple[str, int], ...]
    patterns: tuple[str, ...]
    polarity: str
    projects: tuple[str, ...]
    trend: Trend
    decision: str | None
    risk: str | None
    lessons: tuple[str, ...]
    """Texts of the lessons that were joined to the rule, if more than one."""
    n_lessons_cut: int
    recordings: tuple[RecordingView, ...]
    n_recordings_cut: int


class GateView(Value, frozen=True, kw_only=True):
    """Last result of a gate for a skill."""

    level: str
    mode: str
    verdict: str
    figures: tuple[str, ...]
    """Figures as phrases; shares with their 95 % interval."""
    day: str
    is_of_another_version: bool
    """Whether the files of the skill were changed since the measurement."""


class SkillView(Value, frozen=True, kw_only=True):
    """Skill with its rules."""

    name: str
    anchor: str
    description: str
    best: tuple[Span, ...]
    """Rule with the highest level of measurement, then most support; empty if no text was kept."""
    support: int
    n_rules: int
    level: str
    outcomes: tuple[tuple[str, int], ...]
    projects: tuple[str, ...]
    state: str | None
    """State by the evidence log; None without a library."""
    version: str | None
    waiting: str | None
    """Waiting version, in words; None if none waits."""
    usage: tuple[tuple[str, int], ...]
    """Count of each kind of use and verdict in the evidence log."""
    gates: tuple[GateView, ...] = ()
    trend: Trend
    rules: tuple[RuleView, ...]


class QuoteView(Value, frozen=True, kw_only=True):
    """Quote and the step it is from."""

    trajectory: str
    step: int
    role: str
    text: str
    n_cut: int


class CandidateView(Value, frozen=True, kw_only=True):
    """Rule that is in no skill, with the reasons."""

    id: str
    anchor: str
    head: tuple[Span, ...]
    details: tuple[tuple[Span, ...], ...]
    support: int
    task_support: int
    polarity: str | None
    projects: tuple[str, ...]
    lacks: tuple[str, ...]
    decision: str | None
    quotes: tuple[QuoteView, ...]
    nearest: tuple[Span, ...]
    """Text of the most similar other rule; empty if the run has no other rule."""
    nearest_anchor: str | None


class OpposedView(Value, frozen=True, kw_only=True):
    """Two rules that demand opposite actions in the same situation."""

    says: tuple[Span, ...]
    anchor: str
    other: tuple[Span, ...]
    other_anchor: str
    cosine: float


class Item(Value, frozen=True, kw_only=True):
    """Named item that was left out."""

    name: str
    note: str
    anchor: str | None = None
    """Anchor of the row of the item's file on the page; None if the page does not list the file."""


class LossView(Value, frozen=True, kw_only=True):
    """Reason why items were left out, with their number and names."""

    count: int
    words: tuple[Span, ...]
    items: tuple[Item, ...] = ()
    n_items_cut: int = 0
    n_runs: int = 0
    """Number of recorded runs that the items come from; 0 if no run is to be named."""
    is_candidate: bool = False
    """Whether the items that were left out are candidates."""


class StageView(Value, frozen=True, kw_only=True):
    """Stage between reading files and writing skills, with its losses."""

    name: str
    says: str
    count: int
    losses: tuple[LossView, ...]


class FileRow(Value, frozen=True, kw_only=True):
    """File that was read."""

    source: str
    anchor: str
    n_runs: int
    n_teaching: int
    """Number of the file's runs that support a lesson."""
    outcomes: tuple[tuple[str, int], ...]


class NextStep(Value, frozen=True, kw_only=True):
    """Suggested next step for a person, with its command if there is one."""

    says: str
    command: str | None


class ReadView(Value, frozen=True, kw_only=True):
    """Counts of the files and runs that were read."""

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
    """All values that the page shows."""

    run: str
    library: str | None
    version: str
    where: str
    """Option that names the workspace in a command; empty for the default workspace."""
    which: str
    """Option that names the run in a command; empty for the newest run."""
    notices: tuple[str, ...]
    read: ReadView
    projects: tuple[str, ...]
    """Names of the projects of all rules and candidates on the page, sorted."""
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
