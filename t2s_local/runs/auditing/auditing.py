"""Audit skills: read the recordings once, then check every skill by each book of rules."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from t2s_local.errors import T2SError
from t2s_local.runs.auditing.known import KnownSkills
from t2s_local.runs.auditing.result import FollowedPlan, SkillAudit
from t2s_local.runs.auditing.stored import StoredTrajectories
from t2s_local.skills.evidence import PATH, parse_evidence
from t2s_local.skills.installing.origin import edited_since, whole_source
from t2s_local.skills.lint import lint
from t2s_local.skills.rulebook import Finding
from t2s_local.skills.source import MAIN, SkillSource, read_source
from t2s_local.stages.check.audit.audit import audit
from t2s_local.stages.check.audit.beside import SaidElsewhere
from t2s_local.stages.check.audit.case import AuditCase
from t2s_local.stages.check.audit.features import features
from t2s_local.stages.check.audit.follow.memos import PdiSeries, pdi_series
from t2s_local.stages.check.audit.grounding import executed, grounding
from t2s_local.stages.check.audit.harness import layers
from t2s_local.stages.check.audit.recorded.facts import RecordedFacts
from t2s_local.stages.check.audit.recorded.later import LaterRuns
from t2s_local.stages.check.audit.staleness import unseen
from t2s_local.stages.check.scan import scan
from t2s_local.stages.check.verify import verify
from t2s_local.text.text import counted
from t2s_local.values.lesson import supporting_runs
from t2s_local.values.trajectory import TrajectoryId


class AuditJob(msgspec.Struct, frozen=True, kw_only=True):
    """Recordings and options of an audit of skills."""

    facts: RecordedFacts | None = None
    """Facts of the training runs; None if none were named."""
    attempts: RecordedFacts | None = None
    """Facts of the runs that the index PDI is computed from; None if none were named."""
    later: LaterRuns | None = None
    """Runs recorded after the skills were written; None if none were named."""
    project: Path | None = None
    """Folder of the project the skills are about."""
    installed: tuple[Path, ...] = ()
    """Folders of other skills that the agent has installed."""
    with_harness: bool = False
    """Whether the library around each skill is checked too: the library's list of digests and its evidence log."""
    stored: StoredTrajectories | None = None
    """Trajectories that the evidence of the skills quotes; None if no workspace has any."""


def audit_skills(folders: Sequence[Path], job: AuditJob) -> list[SkillAudit]:
    """Audit the skills in *folders*, in their order.

    Raises:
        InputError: a folder cannot be read.
        T2SError: a library's list of skills cannot be read.
    """
    read = [(folder, read_source(folder)) for folder in folders]
    shared = _Shared(
        series=pdi_series(job.attempts.runs) if job.attempts is not None else (),
        known=KnownSkills(),
        elsewhere=SaidElsewhere(_beside(read, job.installed)),
    )
    return [_audit(folder, source, job, shared) for folder, source in read]


class _Shared(NamedTuple):
    """Values that are computed once for all skills of an audit."""

    series: tuple[PdiSeries, ...]
    known: KnownSkills
    elsewhere: SaidElsewhere


def _beside(read: Sequence[tuple[Path, SkillSource]], installed: Sequence[Path]) -> Iterator[tuple[str, SkillSource]]:
    """Yield the audited skills, then installed skills that are not copies of an audited skill, each with its folder."""
    yield from ((str(folder), source) for folder, source in read)
    ours = {folder.resolve() for folder, _ in read}
    texts = {source.raw.get(MAIN) for _, source in read}
    for folder in installed:
        if folder.resolve() not in ours:
            source = read_source(folder)
            if source.raw.get(MAIN) not in texts:
                yield str(folder), source


def _audit(folder: Path, source: SkillSource, job: AuditJob, shared: _Shared) -> SkillAudit:
    whole = whole_source(folder, source)
    harness = shared.known.facts(folder, source) if job.with_harness else None
    case = AuditCase(
        source=whole,
        path=str(folder),
        facts=job.facts,
        later=job.later,
        project=job.project,
        days=_days(whole, job),
        elsewhere=shared.elsewhere,
        harness=harness,
    )
    named = grounding(case)
    notes = []
    if job.facts is not None and named is not None and named.is_foreign:
        case = msgspec.structs.replace(case, facts=None)
        notes.append("none of the names in it occur in the training runs: they are of another domain")
        named = grounding(case)
    if job.facts is None:
        notes.append("no training runs were named: checks that need them did not look")
    n_idle, last = unseen(case)
    if n_idle:
        notes.append(f"{counted(n_idle, 'rule')} not seen since {last or 'they were learned, on days nobody recorded'}")
    findings = audit(case)
    return SkillAudit(
        path=str(folder),
        findings=findings,
        lint=lint(source),
        scan=scan(source),
        verify=_verified(folder, whole, job.stored),
        features=features(source),
        grounding=named,
        harness=None if harness is None else layers(findings),
        pdi=None if job.attempts is None else FollowedPlan(exec=executed(case, job.attempts), series=shared.series),
        notes=tuple(notes),
    )


def _days(source: SkillSource, job: AuditJob) -> dict[str, str]:
    """Return the day of each run that the evidence of a skill cites, and of each training run, by the id of the run."""
    known = {} if job.facts is None else job.facts.days
    if job.stored is None or PATH not in source.texts:
        return known
    asked = supporting_runs(parse_evidence(source.texts[PATH])) - known.keys()
    stored = [run for run in map(job.stored.get, map(TrajectoryId, sorted(asked))) if run is not None]
    return {**known, **RecordedFacts(runs=tuple(stored)).days}


def _verified(folder: Path, source: SkillSource, stored: StoredTrajectories | None) -> tuple[Finding, ...] | None:
    if stored is None or PATH not in source.texts:
        return None
    try:
        edited = edited_since(folder, source)
    except T2SError:
        return None
    return verify(source, stored.get, edited=edited).findings
