"""Audit skills: read what was recorded once, then hold every skill against each book of rules."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from t2s_local.runs.auditing.result import SkillAudit
from t2s_local.runs.auditing.stored import StoredTrajectories
from t2s_local.skills.evidence import PATH
from t2s_local.skills.installing.origin import edited_since, whole_source
from t2s_local.skills.lint import lint
from t2s_local.skills.rulebook import Finding
from t2s_local.skills.source import SkillSource, read_source
from t2s_local.stages.check.audit.audit import audit
from t2s_local.stages.check.audit.case import AuditCase
from t2s_local.stages.check.audit.features import features
from t2s_local.stages.check.audit.grounding import grounding
from t2s_local.stages.check.audit.recorded.facts import RecordedFacts
from t2s_local.stages.check.scan import scan
from t2s_local.stages.check.verify import verify


class AuditJob(msgspec.Struct, frozen=True, kw_only=True):
    """Recordings that skills are held against."""

    facts: RecordedFacts | None = None
    """Of the training runs."""
    stored: StoredTrajectories | None = None
    """Trajectories behind their evidence; None where no workspace has any."""


def audit_skills(folders: Sequence[Path], job: AuditJob) -> list[SkillAudit]:
    """Audit the skills in *folders*, in their order.

    Raises:
        InputError: a folder cannot be read.
        T2SError: a library's list of skills cannot be read.
    """
    return [_audit(folder, read_source(folder), job) for folder in folders]


def _audit(folder: Path, source: SkillSource, job: AuditJob) -> SkillAudit:
    whole = whole_source(folder, source)
    case = AuditCase(source=whole, facts=job.facts)
    named = grounding(case)
    notes = []
    if job.facts is not None and named is not None and named.is_foreign:
        case = msgspec.structs.replace(case, facts=None)
        notes.append(f"none of the {named.n_named} names in it occur in the training runs: they are of another domain")
        named = grounding(case)
    if job.facts is None:
        notes.append("no training runs were named: checks that need them did not look")
    return SkillAudit(
        path=str(folder),
        findings=audit(case),
        lint=lint(source),
        scan=scan(source),
        verify=_verified(folder, whole, job.stored),
        features=features(source),
        grounding=named,
        notes=tuple(notes),
    )


def _verified(folder: Path, source: SkillSource, stored: StoredTrajectories | None) -> tuple[Finding, ...] | None:
    if stored is None or PATH not in source.texts:
        return None
    return verify(source, stored.get, edited=edited_since(folder, source)).findings
