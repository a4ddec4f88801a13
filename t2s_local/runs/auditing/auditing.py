"""Audit skills: read what was recorded once, then hold every skill against each book of rules."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from t2s_local.errors import T2SError
from t2s_local.runs.auditing.known import KnownSkills
from t2s_local.runs.auditing.result import FollowedPlan, SkillAudit
from t2s_local.runs.auditing.stored import StoredTrajectories
from t2s_local.skills.evidence import PATH
from t2s_local.skills.installing.origin import edited_since, whole_source
from t2s_local.skills.lint import lint
from t2s_local.skills.rulebook import Finding
from t2s_local.skills.source import SkillSource, read_source
from t2s_local.stages.check.audit.audit import audit
from t2s_local.stages.check.audit.case import AuditCase
from t2s_local.stages.check.audit.features import features
from t2s_local.stages.check.audit.follow.memos import PdiSeries, pdi_series
from t2s_local.stages.check.audit.grounding import executed, grounding
from t2s_local.stages.check.audit.harness import layers
from t2s_local.stages.check.audit.recorded.facts import RecordedFacts
from t2s_local.stages.check.scan import scan
from t2s_local.stages.check.verify import verify


class AuditJob(msgspec.Struct, frozen=True, kw_only=True):
    """Recordings that skills are held against."""

    facts: RecordedFacts | None = None
    """Of the training runs."""
    attempts: RecordedFacts | None = None
    """Runs for the index PDI."""
    with_harness: bool = False
    """Whether to look at what surrounds the skills."""
    stored: StoredTrajectories | None = None
    """Trajectories behind their evidence; None where no workspace has any."""


def audit_skills(folders: Sequence[Path], job: AuditJob) -> list[SkillAudit]:
    """Audit the skills in *folders*, in their order.

    Raises:
        InputError: a folder cannot be read.
        T2SError: a library's list of skills cannot be read.
    """
    series = pdi_series(job.attempts.runs) if job.attempts is not None else ()
    known = KnownSkills()
    return [_audit(folder, read_source(folder), job, series, known) for folder in folders]


def _audit(
    folder: Path, source: SkillSource, job: AuditJob, series: tuple[PdiSeries, ...], known: KnownSkills
) -> SkillAudit:
    whole = whole_source(folder, source)
    harness = known.facts(folder, source) if job.with_harness else None
    case = AuditCase(source=whole, facts=job.facts, harness=harness)
    named = grounding(case)
    notes = []
    if job.facts is not None and named is not None and named.is_foreign:
        case = msgspec.structs.replace(case, facts=None)
        notes.append(f"none of the {named.n_named} names in it occur in the training runs: they are of another domain")
        named = grounding(case)
    if job.facts is None:
        notes.append("no training runs were named: checks that need them did not look")
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
        pdi=None if job.attempts is None else FollowedPlan(exec=executed(case, job.attempts), series=series),
        notes=tuple(notes),
    )


def _verified(folder: Path, source: SkillSource, stored: StoredTrajectories | None) -> tuple[Finding, ...] | None:
    if stored is None or PATH not in source.texts:
        return None
    try:
        edited = edited_since(folder, source)
    except T2SError:
        return None
    return verify(source, stored.get, edited=edited).findings
