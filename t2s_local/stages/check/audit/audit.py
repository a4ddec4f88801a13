"""Collect the rules of an audit, and apply them to a skill."""

from t2s_local.skills.rulebook import Finding, Rule, findings_of
from t2s_local.stages.check.audit import duplicates, harness, laws, size, staleness
from t2s_local.stages.check.audit.case import AuditCase
from t2s_local.stages.check.audit.overfit import claims, forms, instances

_ORDER = ("overfit-1", "overfit-2", "overfit-2b", *(f"overfit-{number}" for number in range(3, 11)), "recorded-literal")


def book() -> tuple[Rule[AuditCase], ...]:
    """Return every rule, in the order of the book."""
    overfit = {rule.id: rule for chapter in (instances, claims, forms) for rule in chapter.CHAPTER.rules}
    others = (rule for chapter in (staleness, laws, size, duplicates, harness) for rule in chapter.CHAPTER.rules)
    return (*(overfit[rule_id] for rule_id in _ORDER), *others)


def audit(case: AuditCase) -> tuple[Finding, ...]:
    """Return the findings of all rules on the skill of *case*, by file and line."""
    return findings_of(book(), case)
