"""Skills and rules that another skill has too, in the same library or among those an agent has installed."""

from collections.abc import Iterable

from t2s_local.skills.rulebook import Hit
from t2s_local.skills.source import MAIN
from t2s_local.stages.check.audit.case import AuditCase, AuditChapter

CHAPTER = AuditChapter()


@CHAPTER.rule("near-duplicate", "warning", "No other skill says nearly the same.")
def near_duplicate(case: AuditCase) -> Iterable[Hit]:
    """Name the nearest other skill."""
    for same in case.same:
        if not same.line:
            yield Hit(MAIN, None, f"{same.other.skill} has {same.share:.0%} of its words in common with it")


@CHAPTER.rule("same-rule", "warning", "No rule is told by another skill too.")
def same_rule(case: AuditCase) -> Iterable[Hit]:
    """Name the place that says the same as a rule."""
    for same in case.same:
        if same.line:
            yield Hit(MAIN, same.line, f"{same.other.skill}/{MAIN}:{same.other.line} says the same")
