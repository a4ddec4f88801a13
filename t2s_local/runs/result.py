"""Result of a run, as it is stored and reported."""

from collections import Counter

import msgspec

from t2s_local.ports.tools import Tools
from t2s_local.stages.distill import Distilled
from t2s_local.stages.focus.focus import Focus
from t2s_local.stages.intake.catalogue import Report
from t2s_local.values.cluster import Candidate, Cluster
from t2s_local.values.funnel import Funnel, Loss, tally
from t2s_local.values.lesson import HeldLesson, LessonId, line_of
from t2s_local.values.skill import Skill
from t2s_local.values.value import Value

READING = "read"
"""Stage of the losses that the report of reading tells in full."""


class RunResult(Value, frozen=True, kw_only=True):
    """Stored result of a finished run; the same run returns it again without any work."""

    skills: tuple[Skill, ...]
    names: dict[str, tuple[str, ...]]
    funnel: Funnel
    report: Report
    analyst: str
    writer: str
    embedder: str
    algorithm: str
    device: str
    redactions: dict[str, int] = msgspec.field(default_factory=dict)
    """Redaction rule to the number of places it was applied to."""
    lessons: dict[LessonId, str] = msgspec.field(default_factory=dict)
    """What every lesson says, in one line."""
    clusters: tuple[Cluster, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    """Clusters that are in no skill, and what each lacks, by support, largest first."""
    by_analyst: dict[str, int] = msgspec.field(default_factory=dict)
    """How many lessons each analyst stated."""
    parked: tuple[str, ...] = ()
    """Questions to a model that got no answer of use: the recording, its steps, what was asked, and why."""
    n_unasked: int = 0
    """Questions that were left for a later run, because the time for questions was over."""
    n_unworded: int = 0
    """Skills whose words were left for a later run."""
    held: tuple[HeldLesson, ...] = ()
    """Lessons with a risky action, which no skill has: candidates, for a person to decide on."""
    rejected: dict[LessonId, str] = msgspec.field(default_factory=dict)
    """Lessons in no cluster that a person rejected, each with the phrase that says so."""
    projects: dict[LessonId, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Names of the projects whose runs show a lesson; a lesson of runs that tell none is not in it."""
    focus: Focus | None = None
    """The tasks that a model was asked about and those it was not; None where it was to be asked about all."""
    advice: str | None = None
    """The analyst's judgement of the run, for the person; None where it has none."""
    has_text: bool = True
    """Whether the texts of skills and lessons are there; without them the run has to be made again to be used."""

    @property
    def is_open(self) -> bool:
        """Return whether the same run, made again, asks something that has no answer yet."""
        return bool(self.parked or self.n_unasked or self.n_unworded)

    def without_text(self) -> "RunResult":
        """Return the part that may stay where no text is kept: counts, names and digests."""
        skills = tuple(msgspec.structs.replace(skill, files=(), description="") for skill in self.skills)
        return msgspec.structs.replace(
            self, skills=skills, lessons={}, parked=(), held=(), rejected={}, projects={}, has_text=False
        )


def run_result(
    distilled: Distilled, report: Report, tools: Tools, *, device: str, redactions: dict[str, int]
) -> RunResult:
    """Join what was read and what came of it: one funnel from files to skills."""
    by_analyst = Counter(lesson.analyst for lesson in distilled.lessons)
    counts = {"files": report.n_files, **distilled.funnel.counts}
    return RunResult(
        skills=distilled.skills,
        names=distilled.names,
        funnel=Funnel(counts=counts, losses=tally([*reading_losses(report), *distilled.funnel.losses])),
        report=report,
        analyst=tools.analyst.name,
        writer=tools.writer.name,
        embedder=tools.embedder.name,
        algorithm=distilled.clustering.algorithm,
        device=device,
        redactions=redactions,
        lessons={lesson.id: line_of(lesson) for lesson in distilled.lessons},
        clusters=distilled.clustering.clusters,
        candidates=distilled.candidates,
        by_analyst=dict(sorted(by_analyst.items())),
        parked=distilled.parked,
        n_unasked=distilled.n_unasked,
        n_unworded=distilled.n_unworded,
        held=distilled.held,
        rejected=distilled.rejected,
        projects=distilled.projects,
        advice=tools.analyst.advice(by_analyst[tools.analyst.name], distilled.funnel.losses),
    )


def reading_losses(report: Report) -> tuple[Loss, ...]:
    """Return the contents of files that became no trajectory, with counts."""
    found = [
        Loss(stage=READING, reason="file without a trajectory", count=len(report.unrecognised)),
        Loss(stage=READING, reason="record that could not be read", count=len(report.quarantined)),
        Loss(stage=READING, reason="run that another run holds already", count=report.n_collapsed),
        Loss(stage=READING, reason="recording that goes on another one", count=report.n_joined),
        *(Loss(stage=READING, reason=f"{item.record} record", count=item.count) for item in report.passed),
    ]
    return tally(loss for loss in found if loss.count)
