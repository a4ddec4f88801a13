"""Result of a run for the store and for reports."""

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
"""Stage of the losses that the report on reading lists in full."""


class RunResult(Value, frozen=True, kw_only=True):
    """Stored result of a finished run; repeating the run unchanged returns this result without any work."""

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
    """Number of redacted places, by redaction rule."""
    lessons: dict[LessonId, str] = msgspec.field(default_factory=dict)
    """Text of every lesson in one line, by id."""
    clusters: tuple[Cluster, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    """Clusters that are in no skill, with the reasons, by support, largest first."""
    by_analyst: dict[str, int] = msgspec.field(default_factory=dict)
    """Number of lessons by analyst."""
    parked: tuple[str, ...] = ()
    """Questions to a model without a useful answer: recording, steps, question and reason in one text each."""
    n_unasked: int = 0
    """Number of questions that were not asked because the time budget was used up."""
    n_unworded: int = 0
    """Number of skills whose wording by a model was left for a later run."""
    held: tuple[HeldLesson, ...] = ()
    """Lessons with a risky action, in no skill until a person accepts them."""
    rejected: dict[LessonId, str] = msgspec.field(default_factory=dict)
    """Lessons in no cluster that a person rejected, each with a phrase about the rejection."""
    projects: dict[LessonId, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Names of the projects whose runs show a lesson, by lesson id; lessons without a known project are left out."""
    focus: Focus | None = None
    """Tasks that a model was asked about, and all other tasks; None if the model was to be asked about all tasks."""
    advice: str | None = None
    """Analyst's advice to the user about the run; None if the analyst has none."""
    has_text: bool = True
    """Whether the texts of skills and lessons are stored; without them the run must be repeated to be used."""

    @property
    def is_open(self) -> bool:
        """Return whether a repeated run would ask a model questions that have no answer yet."""
        return bool(self.parked or self.n_unasked or self.n_unworded)

    def without_text(self) -> "RunResult":
        """Return the result without texts of skills and lessons: counts, names and digests."""
        skills = tuple(msgspec.structs.replace(skill, files=(), description="") for skill in self.skills)
        return msgspec.structs.replace(
            self, skills=skills, lessons={}, parked=(), held=(), rejected={}, projects={}, has_text=False
        )


def run_result(
    distilled: Distilled, report: Report, tools: Tools, *, device: str, redactions: dict[str, int]
) -> RunResult:
    """Return the result of a run, with one funnel that counts from files to skills."""
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
    """Return the counts of files, records and runs that became no trajectory of their own, by reason."""
    found = [
        Loss(stage=READING, reason="file without a trajectory", count=len(report.unrecognised)),
        Loss(stage=READING, reason="record that could not be read", count=len(report.quarantined)),
        Loss(stage=READING, reason="run that another run holds already", count=report.n_collapsed),
        Loss(stage=READING, reason="recording that goes on another one", count=report.n_joined),
        *(Loss(stage=READING, reason=f"{item.record} record", count=item.count) for item in report.passed),
    ]
    return tally(loss for loss in found if loss.count)
