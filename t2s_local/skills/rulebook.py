"""Rules on skills and their findings: the form of every book of rules."""

from collections.abc import Callable, Iterable
from typing import Generic, Literal, TypeVar

import msgspec

from t2s_local.values.value import Value

Subject = TypeVar("Subject")
"""What the rules of a book look at: a skill alone, or a skill with the runs it was learned from."""

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


class Rule(msgspec.Struct, Generic[Subject], frozen=True, kw_only=True):
    """One rule of a book."""

    id: str
    severity: Severity
    summary: str
    """What it asks for, one sentence."""
    check: Callable[[Subject], Iterable[Hit]]

    def findings(self, subject: Subject) -> list[Finding]:
        """Return the breaches of the rule in *subject*."""
        return [
            Finding(path=hit.path, line=hit.line, rule=self.id, severity=self.severity, message=hit.message)
            for hit in self.check(subject)
        ]


class Chapter(Generic[Subject]):
    """Rules on one matter, in the order they were written down."""

    def __init__(self) -> None:
        """Start empty."""
        self.rules: list[Rule[Subject]] = []

    def rule(
        self, rule_id: str, severity: Severity, summary: str
    ) -> Callable[[Callable[[Subject], Iterable[Hit]]], Callable[[Subject], Iterable[Hit]]]:
        """Enter a function into the book under *rule_id*."""

        def enter(check: Callable[[Subject], Iterable[Hit]]) -> Callable[[Subject], Iterable[Hit]]:
            self.rules.append(Rule(id=rule_id, severity=severity, summary=summary, check=check))
            return check

        return enter


def findings_of(rules: Iterable[Rule[Subject]], subject: Subject) -> tuple[Finding, ...]:
    """Return the breaches of *rules* in *subject*, by file and line."""
    found = (finding for rule in rules for finding in rule.findings(subject))
    return tuple(sorted(found, key=lambda item: (item.path, item.line or 0, item.rule, item.message)))
