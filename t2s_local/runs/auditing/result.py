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
    """Measures of how far runs follow a skill, and of how far attempts follow their memos (the index PDI)."""

    exec: float | None
    """Share of the words in a skill's names that occur in recorded commands; None if the skill mentions no names."""
    series: tuple[PdiSeries, ...]
    """PDI index of each task that has several attempts with a memo each; the same for every skill of an audit."""


class SkillAudit(Value, frozen=True, kw_only=True):
    """The findings and figures of one skill."""

    path: str
    findings: tuple[Finding, ...]
    """Findings by the audit's own book of rules."""
    lint: tuple[Finding, ...]
    scan: tuple[Risk, ...]
    verify: tuple[Finding, ...] | None
    """Findings on the evidence; None if there is no evidence, no stored recording, or no readable list of skills."""
    features: tuple[Feature, ...]
    grounding: Grounding | None
    """Names in the skill, looked up in runs or evidence; None if there is neither a run nor evidence."""
    harness: tuple[HarnessLayer, ...] | None = None
    """Missing items of the harness around the skill, by layer; None if they were not asked for."""
    pdi: FollowedPlan | None = None
    """Measures of how far runs follow the skill; None if no runs were named for these measures."""
    notes: tuple[str, ...] = ()
    """Checks that were not possible, each with the reason."""

    @property
    def n_grave(self) -> int:
        """Number of findings that fail the skill: errors by any book of rules, high risks, and false quotes."""
        errors = sum(finding.severity == "error" for finding in self.findings)
        return (
            errors
            + len(lint_at_or_above(self.lint, "error"))
            + len(scan_at_or_above(self.scan, "high"))
            + len(self.verify or ())
        )
