"""Audit rules on claims stronger than runs can show: a tool "cannot", or "never" after a temporary failure."""

import re
from collections.abc import Iterable

from t2s_local.skills.rulebook import Hit
from t2s_local.skills.source import MAIN
from t2s_local.stages.check.audit.case import AuditCase, AuditChapter
from t2s_local.stages.check.audit.overfit.claims import FORBIDS
from t2s_local.text.failures import is_infrastructure
from t2s_local.text.lesson_words import MESSAGE
from t2s_local.text.text import clip

CHAPTER = AuditChapter()
FEWEST_DAYS = 2
"""Least number of days on which runs saw a tool fail before a rule may say that the tool cannot do something."""
_TOOL = (
    r"(?:`[^`]+`(?:[^.`]{1,40}\bit)?|(?:the |this |these |any )?(?:\w+ )?(?:tools?|programs?|commands?|apis?|cli|"
    r"servers?|sandbox|network|internet|shell|terminal|editor|browser|environments?|machine|container|agents?|plug-?ins?|extensions?))"
)
_NOT = r"(?:(?:does|do|is|are) not|doesn['’]t|don['’]t|isn['’]t|aren['’]t)"
_CANNOT = (
    r"(?:cannot|can['’]t|can not|could not|couldn['’]t|"
    rf"{_NOT} (?:support|work|exist|have|able|available|installed|supported|possible)|"
    r"(?:is|are) (?:unable|unavailable|unsupported|missing|broken)|has no (?:way|access|support))"
)
_INABILITY = re.compile(rf"{_TOOL}[ ,]+(?:\w+ ){{0,3}}?{_CANNOT}\b", re.IGNORECASE)
_CONDITION = re.compile(r"\b(?:if|when|where|unless|in case|should)\b[^.;:]*$", re.IGNORECASE)
"""A condition at the end of a text: the words after it are assumed, not claimed."""
_AGAIN = re.compile(
    r"\b(?:again|retr(?:y|ies)|repeat|wait|sleep|later|back ?off|--retry|--timeout|once more|temporar\w+)\b",
    re.IGNORECASE,
)
_LAW = re.compile(rf"{FORBIDS.pattern}|\b(?:avoid|always use|only use|leave out|give up|stop using)\b", re.IGNORECASE)


@CHAPTER.rule(
    "inability", "warning", "A rule that a tool cannot do something rests on two days, and says the last of them."
)
def inability(case: AuditCase) -> Iterable[Hit]:
    """Look for statements that a tool cannot do something, and for the days of the runs behind the statements.

    A skill with neither runs nor evidence was written from a person's knowledge, and needs no days.
    """
    if case.facts is None and not case.claims:
        return
    for statement in case.statements:
        found = None if statement.is_code or statement.is_situation else _INABILITY.search(statement.text)
        if found is None or _CONDITION.search(statement.text[: found.start()]):
            continue
        days = _days(case, statement.rule)
        last = None if statement.rule is None else _last(case, statement.rule)
        if len(days) == 1 or (not days and last is None):
            why = f"rests on one day, {days[0]}" if days else "no day is known on which it was seen"
            yield Hit(MAIN, statement.line, f"{clip(found.group(), 60)!r}: {why}")


@CHAPTER.rule("passing-failure", "warning", "No failure that passes by itself has become a never or an always.")
def passing_failure(case: AuditCase) -> Iterable[Hit]:
    """Look for rules that conclude "never" or "always" from a temporary failure such as a lost connection."""
    for item in case.items:
        is_law = _LAW.search(item.order or item.text) and not _AGAIN.search(MESSAGE.sub(" ", item.text))
        if is_law and is_infrastructure(item.text) and len(_days(case, item.rule)) < FEWEST_DAYS:
            yield Hit(
                MAIN,
                item.line,
                "it makes a law of a failure that passes: a busy server, a lost connection, a full disk",
            )


def _days(case: AuditCase, rule: str | None) -> list[str]:
    """Return the known days of the runs behind a rule, sorted."""
    claim = case.claims.get(rule or "")
    runs = () if claim is None else claim.trajectory_ids
    return sorted({case.days[run] for run in runs if run in case.days})


def _last(case: AuditCase, rule: str) -> str | None:
    claim = case.claims.get(rule)
    return None if claim is None else claim.last_confirmed
