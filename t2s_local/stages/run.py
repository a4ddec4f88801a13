"""One invocation: what identifies it, what is stored of it, and what it reports."""

from collections import Counter

import msgspec

from t2s_local import __version__
from t2s_local.code_digest import sources_digest
from t2s_local.safety.redaction import sanitise as redact
from t2s_local.stages.distill import Distilled, Tools
from t2s_local.stages.read import Report
from t2s_local.values.cluster import Cluster
from t2s_local.values.funnel import Funnel, Loss, tally
from t2s_local.values.lesson import Lesson, LessonId
from t2s_local.values.skill import Skill
from t2s_local.values.value import Value, digest

READING = "read"
"""Stage of the losses that the report of reading tells in full."""


class Manifest(Value, frozen=True, kw_only=True):
    """Everything that decides a run's bytes."""

    version: str
    inputs: tuple[tuple[str, str], ...]
    """Name and SHA-256 of every file, sorted."""
    labels: str | None
    """Digest of the label files; None where there are none."""
    format: str | None
    analyst: str
    embedder: str
    clusterer: str
    writer: str
    min_support: int
    seed: int
    allow: tuple[str, ...] = ()
    """Redaction rules that are not applied, sorted."""
    redact_extra: str | None = None
    """Digest of the file of further redaction rules."""
    redact_names: bool = False
    redaction: str = ""
    """Digest of the shipped redaction rules and of the code that applies them."""

    @property
    def id(self) -> str:
        """Digest of the manifest: the same inputs, versions and settings are the same run."""
        return digest(msgspec.json.encode(self).decode())

    @property
    def input_id(self) -> str:
        """Digest of what decides the trajectories and nothing else."""
        rules = (self.allow, self.redact_extra, self.redact_names, self.redaction)
        return digest(msgspec.json.encode((self.version, self.inputs, self.labels, self.format, *rules)).decode())


class RunResult(Value, frozen=True, kw_only=True):
    """What a finished run is stored as, and what the same run gives again without any work."""

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
    by_analyst: dict[str, int] = msgspec.field(default_factory=dict)
    """How many lessons each analyst stated."""
    parked: tuple[str, ...] = ()
    """Questions to a model that got no answer of use: the recording, its steps, what was asked, and why."""
    has_text: bool = True
    """Whether the texts of skills and lessons are there; without them the run has to be made again to be used."""

    def without_text(self) -> "RunResult":
        """What may stay where no text is kept: counts, names and digests."""
        skills = tuple(msgspec.structs.replace(skill, files=(), description="") for skill in self.skills)
        return msgspec.structs.replace(self, skills=skills, lessons={}, parked=(), has_text=False)


def line_of(lesson: Lesson) -> str:
    """What a lesson says, in one line."""
    return f"{lesson.when}: {lesson.do}"


def manifest(
    tools: Tools,
    *,
    inputs: tuple[tuple[str, str], ...],
    labels: str | None,
    format_name: str | None,
    min_support: int,
    seed: int,
    allow: tuple[str, ...] = (),
    redact_extra: str | None = None,
    redact_names: bool = False,
) -> Manifest:
    """Describe a run before it begins."""
    return Manifest(
        version=__version__,
        inputs=tuple(sorted(inputs)),
        labels=labels,
        format=format_name,
        analyst=f"{tools.analyst.name} {tools.analyst.version}",
        embedder=f"{tools.embedder.name} {tools.embedder.digest}",
        clusterer=tools.clusterer.name,
        writer=f"{tools.writer.name} {tools.writer.version}",
        min_support=min_support,
        seed=seed,
        allow=tuple(sorted(set(allow))),
        redact_extra=redact_extra,
        redact_names=redact_names,
        redaction=sources_digest(redact.__name__),
    )


def run_result(
    distilled: Distilled, report: Report, tools: Tools, *, device: str, redactions: dict[str, int]
) -> RunResult:
    """Join what was read and what came of it: one funnel from files to skills."""
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
        by_analyst=dict(sorted(Counter(lesson.analyst for lesson in distilled.lessons).items())),
        parked=distilled.parked,
    )


def differences(old: Manifest, new: Manifest) -> tuple[str, ...]:
    """What is not the same in two runs of one command line, one clause each, files first."""
    before, after = dict(old.inputs), dict(new.inputs)
    found = [f"{name} is gone" for name in before if name not in after]
    found += [f"{name} is new" for name in after if name not in before]
    found += [f"{name} has changed" for name in after if name in before and before[name] != after[name]]
    found.sort()
    for field in new.__struct_fields__:
        was, now = getattr(old, field), getattr(new, field)
        if field != "inputs" and was != now:
            found.append(f"{field.replace('_', ' ')} was {_brief(was)} and is {_brief(now)}")
    return tuple(found)


def _brief(value: object) -> str:
    return "none" if value in (None, ()) else str(value)[:60]


def reading_losses(report: Report) -> tuple[Loss, ...]:
    """What was in the files and became no trajectory."""
    found = [
        Loss(stage=READING, reason="file without a trajectory", count=len(report.unrecognised)),
        Loss(stage=READING, reason="record that could not be read", count=len(report.quarantined)),
        Loss(stage=READING, reason="run that another run holds already", count=report.n_collapsed),
        Loss(stage=READING, reason="recording that goes on another one", count=report.n_joined),
        *(Loss(stage=READING, reason=f"{item.record} record", count=item.count) for item in report.passed),
    ]
    return tally(loss for loss in found if loss.count)
