"""Types for books of rules on skills: rules, chapters and findings."""

from collections.abc import Callable, Iterable
from typing import Generic, Literal, TypeVar

import msgspec

from t2s_local.values.value import Value

Subject = TypeVar("Subject")
"""Type that the rules of a book check: a skill alone, or a skill with the runs it was learned from."""

Severity = Literal["error", "warning"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning")


class Finding(Value, frozen=True, kw_only=True):
    """A breach of a rule in a skill, with its place and severity."""

    path: str
    """File of the breach, relative to the skill's folder."""
    line: int | None
    """Number of the line, 1-based; None if the breach concerns the whole file."""
    rule: str
    severity: Severity
    message: str


class Hit(msgspec.Struct, frozen=True):
    """A breach that a rule's function reports: its place and a message."""

    path: str
    line: int | None
    message: str


class Rule(msgspec.Struct, Generic[Subject], frozen=True, kw_only=True):
    """One rule of a book."""

    id: str
    severity: Severity
    summary: str
    """Requirement of the rule, in one sentence."""
    check: Callable[[Subject], Iterable[Hit]]

    def findings(self, subject: Subject) -> list[Finding]:
        """Return the breaches of the rule in *subject*."""
        return [
            Finding(path=hit.path, line=hit.line, rule=self.id, severity=self.severity, message=hit.message)
            for hit in self.check(subject)
        ]


class Chapter(Generic[Subject]):
    """Rules on one subject, in the order of definition."""

    def __init__(self) -> None:
        """Begin without rules."""
        self.rules: list[Rule[Subject]] = []

    def rule(
        self, rule_id: str, severity: Severity, summary: str
    ) -> Callable[[Callable[[Subject], Iterable[Hit]]], Callable[[Subject], Iterable[Hit]]]:
        """Return a decorator that adds a checking function to the chapter under *rule_id*."""

        def enter(check: Callable[[Subject], Iterable[Hit]]) -> Callable[[Subject], Iterable[Hit]]:
            self.rules.append(Rule(id=rule_id, severity=severity, summary=summary, check=check))
            return check

        return enter


def findings_of(rules: Iterable[Rule[Subject]], subject: Subject) -> tuple[Finding, ...]:
    """Return the breaches of *rules* in *subject*, by file and line."""
    found = (finding for rule in rules for finding in rule.findings(subject))
    return tuple(sorted(found, key=lambda item: (item.path, item.line or 0, item.rule, item.message)))
