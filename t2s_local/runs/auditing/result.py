"""Findings and figures of an audited skill."""

from t2s_local.skills.lint import at_or_above as lint_at_or_above
from t2s_local.skills.rulebook import Finding
from t2s_local.stages.check.audit.features import Feature
from t2s_local.stages.check.audit.follow.memos import PdiSeries
from t2s_local.stages.check.audit.grounding import Grounding
from t2s_local.stages.check.audit.harness import HarnessLayer
from t2s_local.stages.check.scan import Risk
from t2s_local.stages.check.scan import at_or_above as scan_at_or_above
from t2s_local.values.value import Value


class FollowedPlan(Value, frozen=True, kw_only=True):
    """How far runs act on what is known: the index PDI."""

    exec: float | None
    """Share of the words of what the skill names that recorded commands have; None where it names nothing."""
    series: tuple[PdiSeries, ...]
    """Of the tasks with several attempts and a memo each; the same for every skill."""


class SkillAudit(Value, frozen=True, kw_only=True):
    """The findings and figures of one skill."""

    path: str
    findings: tuple[Finding, ...]
    """Of the audit's own book."""
    lint: tuple[Finding, ...]
    scan: tuple[Risk, ...]
    verify: tuple[Finding, ...] | None
    """None where the skill has no evidence, no recordings are stored, or its library's list cannot be read."""
    features: tuple[Feature, ...]
    grounding: Grounding | None
    """None where there is neither a run nor evidence."""
    harness: tuple[HarnessLayer, ...] | None = None
    """None where the harness is not looked at."""
    pdi: FollowedPlan | None = None
    """None where no runs were named for it."""
    notes: tuple[str, ...] = ()
    """What could not be checked, and why."""

    @property
    def n_grave(self) -> int:
        """How many findings fail the skill: errors of every book, risks that are high, quotes that do not hold."""
        errors = sum(finding.severity == "error" for finding in self.findings)
        return (
            errors
            + len(lint_at_or_above(self.lint, "error"))
            + len(scan_at_or_above(self.scan, "high"))
            + len(self.verify or ())
        )
