"""Overfitting checks 3, 7 and 10: orders and constants that no run supports."""

import re
from collections.abc import Iterable, Iterator

from t2s_local.skills.rulebook import Hit
from t2s_local.skills.source import MAIN
from t2s_local.stages.check.audit.case import AuditCase, AuditChapter
from t2s_local.stages.check.audit.recorded.facts import RecordedFacts
from t2s_local.stages.check.audit.statements import Statement
from t2s_local.text.lesson_words import runs_in
from t2s_local.text.mentions import mentions
from t2s_local.text.text import clip

CHAPTER = AuditChapter()
INVARIANT = 3
"""Least number of tasks whose runs contain a constant, for the constant to belong to the work and not to one task."""
FORBIDS = re.compile(
    r"\b(?:never|do not|don['’]t|must not|mustn['’]t|may not|under no circumstances|on no account|"
    r"(?:nothing|nobody|no \w+) (?:may|must|shall)|(?:is|are) (?:strictly )?(?:forbidden|prohibited|not allowed))\b",
    re.IGNORECASE,
)
"""Words of a sentence that forbids."""
DEMANDS = re.compile(
    r"\b(?:always|must(?! not)|mandatory|(?:is|are) required|required to|has to|have to|without exception)\b",
    re.IGNORECASE,
)
"""Words of a sentence that demands."""
_PARAMETER = (
    r"(?:thresholds?|cut-?offs?|tolerances?|epsilon|alpha|beta|gamma|lambda|sigmas?|learning[ _-]rate|weights?|"
    r"windows?|quantiles?|percentiles?|confidence|z-?scores?|radius|bandwidth|multiplier|top[ _-]?k|batch[ _-]size|"
    r"(?:scale|scaling|smoothing|decay|damping)[ _-]factor|(?:max|min)[ _-]depth|(?:sample|step)[ _-]size|ratios?|"
    r"penalty)"
)
_CONSTANT = re.compile(
    rf"(?<!font-)(?<!font )\b{_PARAMETER}\b(?:\s|[`(=:<>]|of|is|set|to|at|above|below|over|under|from|with)*"
    r"(?P<number>\d+(?:\.\d+)?)(?![\w.]*\d*[-/]\d)",
    re.IGNORECASE,
)
_THING = r"(?P<what>(?:[a-z][a-z-]+ ){0,2}[a-z][a-z-]{2,})"
_NUMBER = r"(?P<number>\d+(?:\.\d+)?)(?![\w.]*\d*[-/:]\d)"
_CHOSEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:use|set|keep|choose|take|pick|fix|with)\s+(?:the |an? )?{_THING}\s*(?:of|to|at|=)\s*{_NUMBER}",
        rf"\b(?:the|an?)\s+{_THING}\s+(?:is|of)\s+{_NUMBER}",
        rf"\b(?:above|below|beyond|exceeds?)\s+(?:the |an? )?{_THING}\s+(?:of )?{_NUMBER}",
        rf"^{_THING}:\s*{_NUMBER}",
    )
)
"""A number that a statement assigns to a named quantity."""
_COUNTED = re.compile(
    r"\b(?:code|status|ports?|versions?|python|lines?|steps?|pages?|exit|rules?|levels?|years?|runs?|calls?|total|"
    r"columns?|rows?|fields?|cells?|one|all|least|most)\b",
    re.IGNORECASE,
)
"""Nouns after which a number is a count or a name, and no limit that somebody chose."""
_BOUNDS = ("0", "1", "100")
"""Numbers that are usually the ends of a scale and not a choice."""
_AGAIN = re.compile(
    r"\bre-?(?:derive|compute|calculate|estimate|measure|tune|fit|calibrate)\w*"
    r"|\b(?:derive|estimate|calibrat|tun(?:e|ing)|measur|adjust|comput|calculat|choos|fit)\w*\b[^.]{0,40}"
    r"\b(?:from|to|on|by|for)\b|\bdepends? on\b|\bdefault",
    re.IGNORECASE,
)


@CHAPTER.rule("overfit-3", "warning", "Every 'never' and 'always' has a source: evidence, or a run that says so.")
def sources(case: AuditCase) -> Iterable[Hit]:
    """Look for orders that neither the evidence nor a recording supports."""
    if case.facts is None and not case.claims:
        return
    for statement, sentence in _orders(case):
        if not _has_source(case, statement, sentence):
            yield Hit(MAIN, statement.line, f"no source for {clip(sentence, 80)!r}")


@CHAPTER.rule("overfit-7", "error", "A constant that fits one task says how to derive it again.")
def constants(case: AuditCase) -> Iterable[Hit]:
    """Look for fixed values of parameters in statements that do not say how to derive them."""
    for statement in case.statements:
        for found in _constants(case, statement.text):
            is_bound = found["number"] in _BOUNDS
            if not is_bound and not _AGAIN.search(statement.text) and not _is_invariant(case.facts, found):
                yield Hit(
                    MAIN, statement.line, f"{found.group().strip()!r} is fixed, and nothing says how to derive it again"
                )


@CHAPTER.rule("overfit-10", "warning", "What is declared a must was done in some run.")
def kept(case: AuditCase) -> Iterable[Hit]:
    """Look for orders with "must" or "always" whose commands no run executed."""
    if case.facts is None:
        return
    for statement, sentence in _orders(case):
        named = list(commands_in(sentence))
        is_order = DEMANDS.search(sentence) and not FORBIDS.search(sentence)
        if is_order and named and not any(was_run(command, case.facts) for command in named):
            yield Hit(MAIN, statement.line, f"no run carried out {named[0]!r}, which is declared a must")


def _constants(case: AuditCase, text: str) -> Iterator[re.Match[str]]:
    """Yield the constants in *text*: values of parameters, and, if there are runs, of any named quantity."""
    found = {match.start("number"): match for match in _CONSTANT.finditer(text)}
    if case.facts is not None:
        for pattern in _CHOSEN:
            for match in pattern.finditer(text):
                if not _COUNTED.search(match["what"]):
                    found.setdefault(match.start("number"), match)
    yield from found.values()


def commands_in(text: str) -> Iterator[str]:
    """Yield the commands that *text* names."""
    for mention in mentions(text):
        if mention.kind == "command" or (mention.kind == "name" and runs_in(mention.text) and " " in mention.text):
            yield mention.text


def was_run(command: str, facts: RecordedFacts) -> bool:
    """Return whether a run called *command*: word for word, or its program with the same subcommand or flags."""
    if facts.commands.holds(command):
        return True
    wanted = runs_in(command)
    return any(
        (one.program, one.subcommand) in facts.calls
        if one.subcommand is not None
        else one.program in {program for program, _ in facts.calls} and all(map(facts.commands.holds, one.arguments))
        for one in wanted[:1]
    )


def _orders(case: AuditCase) -> Iterator[tuple[Statement, str]]:
    """Yield the sentences that demand or forbid, each after its statement."""
    for statement in case.statements:
        if not statement.is_code and not statement.is_situation:
            for sentence in statement.sentences:
                if DEMANDS.search(sentence) or FORBIDS.search(sentence):
                    yield statement, sentence


def _has_source(case: AuditCase, statement: Statement, sentence: str) -> bool:
    if statement.rule is not None and statement.rule in case.claims:
        return True
    if case.facts is None:
        return False
    if case.facts.sayings.has(sentence):
        return True
    return DEMANDS.search(sentence) is not None and any(was_run(one, case.facts) for one in commands_in(sentence))


def _is_invariant(facts: RecordedFacts | None, found: re.Match[str]) -> bool:
    if facts is None:
        return False
    word = re.match(r"\w+", found.group())
    pattern = re.compile(
        rf"\b{re.escape(word[0] if word else '')}\b.{{0,30}}\b{re.escape(found['number'])}\b", re.IGNORECASE
    )
    tasks = {
        run.task_id or run.id for run in facts.runs if any(pattern.search(step.text[:20_000]) for step in run.steps)
    }
    return len(tasks) >= INVARIANT
