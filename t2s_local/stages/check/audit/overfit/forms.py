"""Overfitting checks 2b, 5, 8 and 9: scripts too long, missing or unused, and constraints before the first action."""

import re
from collections.abc import Iterable

from t2s_local.skills.rulebook import Hit
from t2s_local.skills.source import MAIN
from t2s_local.stages.check.audit.case import AuditCase, AuditChapter
from t2s_local.stages.check.audit.overfit.claims import DEMANDS, FORBIDS, commands_in
from t2s_local.stages.check.audit.statements import Statement
from t2s_local.text.lesson_words import code_spans
from t2s_local.text.text import clip, counted

CHAPTER = AuditChapter()
LONG, TOO_LONG = 200, 400
"""Numbers of lines above which the length of a script is graded important and critical."""
MOST_CONSTRAINTS = 2
"""Largest number of constraints allowed before the first action."""
_RULES = re.compile(
    r"\b(?:constraints?|rules?|principles?|guidelines?|requirements?|polic(?:y|ies)|guardrails?|important|remember)\b",
    re.IGNORECASE,
)
"""Words of a heading, or before a colon, that announce constraints."""
_DATA = (
    r"(?:files?|rows?|lines?|entr(?:y|ies)|records?|cells?|pages?|documents?|fields?|images?|sheets?|columns?|names?|"
    r"numbers?|values?|folders?|items?|of (?:them|these|those))"
)
_BY_HAND = re.compile(
    r"\b(?:repeat|redo|do (?:this|that|it|the same)(?: again)?|go (?:on|through)|continue)\b[^.]{0,60}"
    r"\b(?:for|with|through)\b[^.]{0,20}\b(?:each|every|all|the (?:next|remaining|other|rest))\b"
    rf"[^.]{{0,30}}\b{_DATA}\b"
    r"|\bfor (?:each|every)\b[^.,:]{0,40}[,:]\s*"
    r"(?:copy|type|retype|enter|rename|move|paste|write|change|replace|open)\b"
    r"|\b(?:one by one|one at a time|one(?: \w+)? after (?:another|the (?:other|next))|line by line|by hand|manually)\b"
    r"|\b(?:go|move|proceed) on? ?to the next\b"
    rf"|\b(?:go|work|walk) through (?:all|every|each)\b[^.]{{0,40}}\b(?:every|each) (?:one|of)\b",
    re.IGNORECASE,
)
_HANDLES = re.compile(
    r"\b(?:copy|retype|type|rename|enter|paste|convert|replace|move|transcribe|fill|change|correct|edit|repeat|redo|do|"
    r"(?:note|write) (?:down|its|their|the (?:\w+ and )*(?:values?|names?))|note the)\b",
    re.IGNORECASE,
)


@CHAPTER.rule("overfit-2b", "warning", "No script has more than 200 lines.")
def script_lines(case: AuditCase) -> Iterable[Hit]:
    """Look for scripts with more than 200 lines."""
    for path, text in case.scripts.items():
        n_lines = text.rstrip("\n").count("\n") + 1
        if n_lines > LONG:
            grade = "critical" if n_lines > TOO_LONG else "important"
            yield Hit(path, None, f"{n_lines} lines, at most {LONG} are meant ({grade})")


@CHAPTER.rule("overfit-5", "warning", "What is mechanical is done by a script and not by hand.")
def by_hand(case: AuditCase) -> Iterable[Hit]:
    """Look for work that a skill without scripts orders to repeat by hand."""
    if case.scripts:
        return
    for statement in case.statements:
        found = None if statement.is_code or FORBIDS.search(statement.text) else _BY_HAND.search(statement.text)
        if found and _HANDLES.search(statement.text) and not any(commands_in(statement.text)):
            yield Hit(MAIN, statement.line, f"{clip(found.group(), 60)!r}: a script does this the same way every time")


@CHAPTER.rule("overfit-8", "error", "The first action comes before the constraints.")
def first_action(case: AuditCase) -> Iterable[Hit]:
    """Count the constraints before the first statement that orders an action."""
    constraints = []
    for statement in case.statements:
        if _is_action(statement):
            break
        if not statement.is_situation:
            constraints += [statement.line] * _n_constraints(statement)
    else:
        return
    if len(constraints) > MOST_CONSTRAINTS:
        yield Hit(MAIN, constraints[0], f"{len(constraints)} constraints stand before the first action")


@CHAPTER.rule("overfit-9", "error", "A script that the skill declares was called, where most runs failed.")
def idle_scripts(case: AuditCase) -> Iterable[Hit]:
    """Look for scripts that the skill mentions and no run called, if most judged runs failed."""
    facts = case.facts
    if facts is None or 2 * facts.n_failed <= facts.n_judged:
        return
    for path in case.scripts:
        name = path.rpartition("/")[2]
        lines = case.source.texts[MAIN].split("\n")
        line = next((number for number, text in enumerate(lines, 1) if name in text), None)
        if line is not None and not facts.commands.holds(name):
            said = f"{counted(len(facts.runs), 'run')}, of which {facts.n_failed} failed, never called {path}"
            yield Hit(MAIN, line, said)


def _is_action(statement: Statement) -> bool:
    """Return whether a statement orders an action, in contrast to a constraint on how to work."""
    if statement.is_code:
        return True
    if (
        statement.is_situation
        or _is_among_rules(statement)
        or DEMANDS.search(statement.text)
        or FORBIDS.search(statement.text)
    ):
        return False
    return statement.is_numbered or any(commands_in(statement.text)) or any(map(str.strip, code_spans(statement.text)))


def _n_constraints(statement: Statement) -> int:
    """Return the number of constraints in a statement: words that demand or forbid, or clauses of announced rules."""
    declared = re.split(r"[;.]\s", statement.text) if _is_among_rules(statement) else []
    told = [
        max(len(DEMANDS.findall(sentence)) + len(FORBIDS.findall(sentence)), int(_is_rule_of_use(sentence)))
        for sentence in statement.sentences
    ]
    return max(sum(told), len(declared))


def _is_among_rules(statement: Statement) -> bool:
    """Return whether a statement names no command and a heading or its own first words announce constraints."""
    lead, colon, _ = statement.text.partition(":")
    is_headed = _RULES.search(statement.section) or (colon and len(lead) <= 40 and _RULES.search(lead))
    return bool(is_headed) and not any(commands_in(statement.text))


def _is_rule_of_use(sentence: str) -> bool:
    return re.match(r"\W*(?:only|every|each|no|all)\b", sentence, re.IGNORECASE) is not None
