"""Lint rules and their findings."""

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from t2s_local.skills.source import SkillSource
from t2s_local.values.value import Value

Severity = Literal["error", "warning"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning")


class Finding(Value, frozen=True, kw_only=True):
    """Something in a skill that should not be as it is."""

    path: str
    """File it is in, relative to the skill's folder."""
    line: int | None
    """1-based; None where it concerns the file as a whole."""
    rule: str
    severity: Severity
    message: str


class Hit(msgspec.Struct, frozen=True):
    """A breach that a rule's function reports: its place, and what is wrong there."""

    path: str
    line: int | None
    message: str


class LintRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of the book."""

    id: str
    severity: Severity
    summary: str
    """What it asks for, one sentence."""
    check: Callable[[SkillSource], Iterable[Hit]]

    def findings(self, source: SkillSource) -> list[Finding]:
        """Return the breaches of the rule in *source*."""
        return [
            Finding(path=hit.path, line=hit.line, rule=self.id, severity=self.severity, message=hit.message)
            for hit in self.check(source)
        ]


RuleCheck = Callable[[SkillSource], Iterable[Hit]]


class Chapter:
    """Rules on one matter, in the order they were written down."""

    def __init__(self) -> None:
        """Start empty."""
        self.rules: list[LintRule] = []

    def rule(self, rule_id: str, severity: Severity, summary: str) -> Callable[[RuleCheck], RuleCheck]:
        """Enter a function into the book under *rule_id*."""

        def enter(check: RuleCheck) -> RuleCheck:
            self.rules.append(LintRule(id=rule_id, severity=severity, summary=summary, check=check))
            return check

        return enter
