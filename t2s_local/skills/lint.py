"""Check a skill by the book of rules on the Agent Skills format."""

from t2s_local.skills import rules_files, rules_front, rules_text
from t2s_local.skills.rulebook import Finding, Rule, Severity, findings_of
from t2s_local.skills.source import SkillSource


def book() -> tuple[Rule[SkillSource], ...]:
    """Return every rule, in the order of the book."""
    return (*rules_front.CHAPTER.rules, *rules_files.CHAPTER.rules, *rules_text.CHAPTER.rules)


def lint(source: SkillSource) -> tuple[Finding, ...]:
    """Return the breaches of the rules in *source*, by file and line."""
    return findings_of(book(), source)


def at_or_above(findings: tuple[Finding, ...], level: Severity) -> tuple[Finding, ...]:
    """Return the *findings* whose severity is *level* or higher."""
    return tuple(finding for finding in findings if level == "warning" or finding.severity == "error")
