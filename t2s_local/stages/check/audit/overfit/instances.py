"""Overfitting checks 1, 2, 4 and 6: contents of a skill that are specific to one instance of its task."""

import re
from collections.abc import Iterable, Iterator

from t2s_local.skills.rulebook import Hit
from t2s_local.skills.source import MAIN
from t2s_local.stages.check.audit.case import AuditCase, AuditChapter
from t2s_local.stages.check.audit.recorded.literals import MOST_TASKS, TaskLiteral
from t2s_local.stages.check.audit.statements import Statement
from t2s_local.text.text import counted

CHAPTER = AuditChapter()
SHORTEST = 4
"""Least number of characters of a training literal that check 6 reports."""
BRANCHES = 3
"""Least number of branches on key words that make a skill a table of its training tasks."""
_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|\d+(?:st|nd|rd|th))"
_PART = r"(?:columns?|rows?|cells?|fields?|sheets?|positions?|index|box(?:es)?|slots?|tabs?)"
_SHAPE = re.compile(
    rf"\b{_PART}\s+(?:number\s+|no\.?\s*|#)?`?(?:[A-Z]{{1,2}}\d{{0,5}}|\d+)\b`?(?!\s*(?:%|percent|rows|columns|of \d))"
    rf"|\b{_ORDINAL}\s+(?:\w+\s+)?{_PART}\b"
    rf"|\b(?:first|last|top|skip|next)\s+(?:the\s+)?(?:first\s+)?\d+\s+(?:rows?|columns?|lines?|cells?)\b"
    r"|\.iloc\[[^\]]*\d[^\]]*\]|\busecols\s*=\s*\[?[\"'\d]|\b(?:df|row|data|frame|sheet|ws|record)\[[\"'\d][^\]:]*\]"
)
_LOOKS = re.compile(
    r"\b(?:look|inspect|check|print|list|read|show|find|detect|determine|see|view|choose|identify|examine|"
    r"load|learn|open|get)\w*\b[^.;]{0,80}"
    r"\b(?:headers?|header row|column names?|field names?|names of the (?:columns|fields)|schema|structure|layout|"
    r"shape|columns (?:there are|it has)|which columns?|sheet names?|first lines?|first rows?)\b"
    r"|\bhead -n? ?\d|\.columns\b|\.head\(|\bDESCRIBE\b|\bPRAGMA table_info",
    re.IGNORECASE,
)
_ASKED = r"(?:request|task|question|prompt|text|query|user|input|message|title|instruction|description|ticket|issue)"
_SAYS = r"(?:mentions?|contains?|says?|includes?|holds?|has the words?|asks? (?:for|about)|names?|starts with|is about)"
_QUOTE = r"(?:[\"'`][^\"'`]{2,40}[\"'`]|“…”)"
_WORD = rf"(?:(?:the |an? )?(?:words? |phrase |term )?{_QUOTE}|the (?:word|phrase|term) \w+)"
_ANSWERS = (
    r"(?:tools?|commands?|programs?|outputs?|errors?|results?|responses?|replies|reply|logs?|consoles?|servers?|"
    r"tests?|builds?|linters?|compilers?|hooks?|it|that)"
)
"""Nouns for outputs of programs: a rule for a word in an output is a remedy, not a branch on a word of the request."""
_BRANCH = re.compile(
    rf"\b(?:if|when|whenever|should|where|for|in case|does)\b[^.;:“]{{0,40}}?"
    rf"\b(?!{_ANSWERS}\b)[\w-]+\s+(?:{_SAYS}|contain|mention)\s+{_WORD}"
    rf"|\b(?:if|when)\s+(?:the user|it)\s+(?:asks? (?:for|about)|says|mentions)\s+(?:an?\s+)?[\w-]+(?: [\w-]+)?[,:]"
    rf"|(?:[\"'][^\"'`]{{2,40}}[\"']|“…”)\s+(?:(?:is|stands|occurs|appears)\s+)?in the {_ASKED}\b"
    rf"|^(?:contains|mentions|says)\s+{_WORD}\s*[:,]",
    re.IGNORECASE,
)
_KEY_WORDS = re.compile(r"\W*(?:key ?)?(?:words?|phrases?|terms?|triggers?)\W*$", re.IGNORECASE)
"""Title of a table column whose words decide what to do."""
_CODE_BRANCH = re.compile(
    rf"\b(?:if|elif|else if)\b[^\n]{{0,20}}[\"'][^\"'\n]{{2,40}}[\"']\s+in\s+\w*{_ASKED}"
    rf"|\b(?:if|elif|else if)\b[^\n]{{0,40}}{_ASKED}\w*(?:\.\w+\(\))?"
    r"\.(?:includes|contains|startswith|startsWith)\([\"']",
    re.IGNORECASE,
)
"""A branch in a script on a word of the request."""


@CHAPTER.rule("overfit-1", "error", "Name, description and title speak of no single training task.")
def framing(case: AuditCase) -> Iterable[Hit]:
    """Look for literals of training tasks in the name, the description and the title of the skill."""
    for line, _, found in _framed(case):
        yield Hit(MAIN, line, f"the framing names {_told(found)}")


@CHAPTER.rule("overfit-2", "error", "The body names nothing that only a training task or two has.")
def literals(case: AuditCase) -> Iterable[Hit]:
    """Look for literals of training tasks in statements, except statements that only show what runs did."""
    for statement, found in _stated(case, is_recorded=False):
        yield Hit(MAIN, statement.line, f"it names {_told(found)}")


@CHAPTER.rule(
    "recorded-literal", "warning", "A command that is shown as runs had it names nothing that only they have."
)
def shown_literals(case: AuditCase) -> Iterable[Hit]:
    """Look for literals of training tasks where the skill says that it shows what runs did."""
    for statement, found in _stated(case, is_recorded=True):
        yield Hit(MAIN, statement.line, f"it shows {_told(found)}")


@CHAPTER.rule("overfit-4", "error", "Shapes of data are looked at before they are relied on; no branches on key words.")
def shapes(case: AuditCase) -> Iterable[Hit]:
    """Look for fixed columns and rows without an order to inspect the data, and for three branches on request words."""
    if not any(_LOOKS.search(statement.text) for statement in case.statements):
        fields = {
            id(statement): found for statement, found in _stated(case, is_recorded=False) if found.kind == "field"
        }
        for statement in case.statements:
            shape = _SHAPE.search(statement.text)
            field = fields.get(id(statement))
            found = shape.group() if shape else field.text if field else None
            if found is not None:
                yield Hit(MAIN, statement.line, f"{found!r} is fixed, and nothing looks at the data first")
    branches = [statement.line for statement in case.statements for _ in _BRANCH.finditer(statement.text)]
    branches += _branches_of_tables(case)
    if len(branches) >= BRANCHES:
        yield Hit(MAIN, branches[0], f"{len(branches)} branches on words of the request")
    for path, text in case.scripts.items():
        n_branches = len(_CODE_BRANCH.findall(text))
        if n_branches >= BRANCHES:
            yield Hit(path, None, f"{n_branches} branches on words of the request")


@CHAPTER.rule("overfit-6", "error", "No literal of four characters or more is a training file, field or value.")
def values(case: AuditCase) -> Iterable[Hit]:
    """Look for literals of training tasks with four characters or more, in the framing and in all statements."""
    for line, _, found in _framed(case):
        if len(found.text) >= SHORTEST:
            yield Hit(MAIN, line, f"{found.text!r} is a {found.kind} of {counted(found.n_tasks, 'training task')}")
    for statement, found in _stated(case, is_recorded=False):
        if len(found.text) >= SHORTEST:
            message = f"{found.text!r} is a {found.kind} of {counted(found.n_tasks, 'training task')}"
            yield Hit(MAIN, statement.line, message)


def _branches_of_tables(case: AuditCase) -> list[int]:
    """Return the line numbers of table rows below a column title such as “keyword”."""
    lines = case.source.texts[MAIN].split("\n")
    found, is_below = [], False
    for number, line in enumerate(lines, 1):
        cells = line.strip().strip("|").split("|") if line.lstrip().startswith("|") else []
        if not cells:
            is_below = False
        elif is_below and not set(line) <= set("|-: "):
            found.append(number)
        elif _KEY_WORDS.match(cells[0].strip()):
            is_below = True
    return found


def _told(found: TaskLiteral) -> str:
    have = "has" if found.n_tasks == 1 else "have"
    return f"{found.text!r}, which {counted(found.n_tasks, 'training task')} alone {have}"


def _framed(case: AuditCase) -> Iterator[tuple[int, str, TaskLiteral]]:
    if case.facts is not None:
        for line, text in case.framing:
            literals = case.facts.literals
            phrases = literals.in_text(text)
            within = {word for found in phrases for word in found.text.split(" ")}
            for found in (*phrases, *(one for one in literals.names_in(text) if one.text not in within)):
                if not found.is_of(_project_words(case)):
                    yield line, text, found


def _stated(case: AuditCase, *, is_recorded: bool) -> Iterator[tuple[Statement, TaskLiteral]]:
    """Yield literals of training tasks, each after the statement that contains it.

    The skill's own files are left out, and so are files of a project that the skill names as its subject, and fields
    in a rule supported by more than two runs.
    """
    if case.facts is None:
        return
    own = {part for path in case.source.sizes for part in (path, path.rpartition("/")[2])}
    about = _project_words(case)
    for statement in case.statements:
        if statement.is_recorded == is_recorded:
            for found in case.facts.literals.in_text(statement.text):
                is_common = found.kind == "field" and _n_behind(case, statement) > MOST_TASKS
                if not is_common and found.text not in own and not found.is_of(f"{about} {statement.text}"):
                    yield statement, found


def _n_behind(case: AuditCase, statement: Statement) -> int:
    """Return the number of runs that support the rule of *statement*; 0 if the evidence does not say."""
    claim = case.claims.get(statement.rule or "")
    return 0 if claim is None else claim.support or 0


def _project_words(case: AuditCase) -> str:
    """Return the text that names the project of a skill: its framing, and its statements before the first section."""
    before = (statement.text for statement in case.statements if not statement.section)
    return " ".join((*(text for _, text in case.framing), *before))
