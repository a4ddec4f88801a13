"""Audit rules on skills and single rules that another skill, in the library or installed, contains too."""

from collections.abc import Iterable

from t2s_local.skills.rulebook import Hit
from t2s_local.skills.source import MAIN
from t2s_local.stages.check.audit.case import AuditCase, AuditChapter

CHAPTER = AuditChapter()


@CHAPTER.rule("near-duplicate", "warning", "No other skill says nearly the same.")
def near_duplicate(case: AuditCase) -> Iterable[Hit]:
    """Report the nearest other skill, if it is a near-duplicate."""
    for same in case.same:
        if not same.line:
            yield Hit(MAIN, None, f"{same.other.skill} has {same.share:.0%} of its words in common with it")


@CHAPTER.rule("same-rule", "warning", "No rule is told by another skill too.")
def same_rule(case: AuditCase) -> Iterable[Hit]:
    """Report, for each rule that another skill contains too, its place there."""
    for same in case.same:
        if same.line:
            yield Hit(MAIN, same.line, f"{same.other.skill}/{MAIN}:{same.other.line} says the same")
