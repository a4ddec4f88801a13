"""Decide whether a call failed, and find the line of its output that states the reason."""

import json
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from t2s_local.text.text import clip, mask, squeeze
from t2s_local.values.trajectory import Step

_REFUSED = (
    "output of your last command was too long",
    "introduced new syntax error",
    "string to replace not found",
    "did not appear verbatim",
    "no replacement was performed",
    "has not been read yet",
)
"""Messages of agents' tools that did not do what was asked, even if their exit code is 0."""
_FIRST_LINE_FAILURES = re.compile(
    r"(?:file|path|directory|command|module) (?:\S+ )?(?:does not exist|not found)|no such file or directory|"
    r"unrecognized arguments|permission denied|command not found",
    re.IGNORECASE,
)
_OF_FAILURES = ("not found", "does not exist", "no such file", "unrecognized arguments", "permission denied")
"""Texts of which each match of the expression above contains one, in lower case; searching them is 20 times as fast."""
_ERROR_START = re.compile(
    r"\s*(?:<\w+>\s*)?(?:(?:fatal )?error\b|exception\b|traceback \(most recent call last\)|<tool_use_error>|fatal:|"
    r"\w*(?:Error|Exception):|command failed|usage:.*error|invalid (?:argument|input|request|parameter))",
    re.IGNORECASE,
)
_ERROR_LINE = re.compile(
    r"^\s*(?:E\s+)?[\w.]*(?:Error|Exception|Warning)\b.*|.*\b(?:fatal|error|ERROR|FATAL|FAILED|denied|cannot|can't|"
    r"not found|No such|No module named|not recognized|invalid|undefined|unexpected|mismatch(?:ed)?|missing|unknown|"
    r"unable|refused|does not|doesn't|not available|not enough|too long|failed|timeout|"
    r"already (?:running|in use|exists)|Fatal|Denied|Cannot|Can't|Invalid|Undefined|Unexpected|Mismatch|Missing|"
    r"Unknown|Unable|Refused|Failed|Timeout)\b.*",
)
_FRAME_LINE = re.compile(
    r"^\s*(?:File \"|at \S+\(|\^+\s*$|~+\^*~*$|\d+\s*[:|]|During handling|The above exception|Traceback)"
)
_LOCATED = re.compile(r"^[\w./@-]+\.\w{1,5}:\d+(?::\d+)?:?\s+\S.*[A-Za-z]{3}")
_BARE = re.compile(
    r"^(?:\[[\w:-]+\]\s*)?(?:ERROR task failed|FAIL(?:ED|URE)?|Exit code \d+|exit status \d+|error:?|ok|"
    r"error: subprocess-exited-with-error|error: command .{1,200} failed.{0,60}|(?:error: )?usage: .*|"
    r"[_=\s]*error(?: while)? collecting \S+[_=\s]*|(?:failure: )?build failed(?: with an exception)?)\W*$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\s*(?:<\w+>\s*)?([^\W\d_][^\s:：\"'{}\[\]]{0,23})\s*[:：]\s*\S")
"""A label at the start of a line: a word with a colon after it."""
_SAYS_SOMETHING = re.compile(r"^(?!\s*</?\w+>\s*$)(?!\s*<returncode>).*[^\W\d_]{2}")
_EXCEPTION_LINE = re.compile(r"^(?:E\s+)?(?:[\w]+\.)*\w*(?:Error|Exception|Interrupt|Exit|Warning)\b(?::.*)?$")
_SEARCHED = 20_000
"""Number of characters at the start and at the end of an output in which its error is searched."""
_SHORT = 3
"""Number of lines up to which a whole output counts as a message: a project's own scripts word errors freely."""
_LONGEST_OBJECT = 20_000
"""Characters up to which a result is read as one JSON object: a longer result is more than an error."""
_FAILURE_FIELD = re.compile(r'"(?:error|err|exception|success|ok|status)"\s*:')
_FAILED_STATUS = frozenset({"error", "failed", "failure"})
_INFRASTRUCTURE = re.compile(
    r"connection (?:reset|refused|aborted|timed out)|temporary failure in name resolution|could not resolve host|"
    r"rate.?limit|too many requests|\b(?:429|502|503|504)\b.{0,30}(?:error|gateway|unavailable|requests)|"
    r"service unavailable|overloaded|read timed out|timed? ?out after|request interrupted|user doesn't want to proceed|"
    r"operation cancelled|broken pipe|ssl.{0,20}error|internal server error|no space left",
    re.IGNORECASE,
)
_OF_INFRASTRUCTURE = (
    "connection ",
    "temporary failure",
    "could not resolve",
    "limit",
    "too many requests",
    "429",
    "502",
    "503",
    "504",
    "service unavailable",
    "overloaded",
    "timed out",
    "out after",
    "request interrupted",
    "want to proceed",
    "operation cancelled",
    "broken pipe",
    "ssl",
    "internal server error",
    "no space left",
)
"""Texts of which each match of ``_INFRASTRUCTURE`` contains one, in lower case."""


_CALLED = r"(?:tool|call|operation|request|action|execution|command|step)s?"
_STOPPED = (
    r"(?:cancell?ed|aborted|skipped|interrupted|rejected|declined|superseded|withdrawn|"
    r"not (?:been )?(?:run|executed|performed|started|attempted)|never (?:ran|run|executed|started))"
)
_BEGINS = r"(?:<[\w-]+>|\[|error:|\s)*"
_NEVER_MADE = re.compile(
    rf"{_BEGINS}(?:"
    rf"(?:sibling|parallel) [\w ]{{0,30}}{_CALLED}\b[^\n]{{0,60}}\b(?:error|fail|cancel)|"
    rf"(?:the |this |your |that )?(?:\w+ )?tool(?: call| use| execution)?\b[^.\n]{{0,60}}\b{_STOPPED}\b|"
    rf"(?:the )?user (?:\w+ ){{0,3}}(?:doesn't want|did(?:n't| not) (?:want|allow|approve)|rejected|denied|declined|"
    rf"cancell?ed|aborted|interrupted|refused)\b|"
    rf"request interrupted)",
    re.IGNORECASE,
)
"""Texts of harnesses for a call that was never executed, although it has a result."""
_NOT_DONE = re.compile(
    rf"{_BEGINS}(?:"
    rf"{_STOPPED}\b(?=\W*$|\W*<|[:,(]| (?:by|because|due|since|as|before|after|when)\b)|"
    rf"(?:the |this |your |that )?(?:\w+ ){{0,2}}{_CALLED}\b[^.\n]{{0,60}}\b{_STOPPED}\b|"
    rf"(?:the |this |your |that )?(?:\w+ ){{0,2}}{_CALLED} did(?:n't| not) (?:run|start|execute)\b|"
    rf"[^\n]{{0,120}}\b(?:sibling|parallel|another|other|previous|preceding|earlier)\b[^\n]{{0,40}}\b"
    rf"(?:{_CALLED}|tool|batch)\b[^\n]{{0,60}}\b(?:fail|error|cancel|abort|denied|reject))",
    re.IGNORECASE,
)
"""Texts for a call that was never executed which a program may print too: they count only in a failed result."""
_SHORTEST_OUTPUT = 600
"""Characters above which a result is output of a program rather than a harness's text about a call not executed."""


def never_ran(result: Step) -> bool:
    """Return whether *result* only states that the call was not executed, as after a failed parallel call or a stop."""
    text = result.text
    if result.exit_code is not None or result.is_error is False or len(text) > _SHORTEST_OUTPUT:
        return False
    return bool(_NEVER_MADE.match(text) or (result.is_error and _NOT_DONE.match(text)))


def is_infrastructure(output: str) -> bool:
    """Return whether the machine, the network or a person's stop caused a failure, so that it teaches nothing."""
    return _holds(_INFRASTRUCTURE, output[-3000:], _OF_INFRASTRUCTURE)


def _holds(expression: re.Pattern[str], text: str, needed: Sequence[str]) -> bool:
    """Return whether *expression* occurs in *text*; each match contains one of the texts *needed*, in any case."""
    if text.isascii():  # Some letters of other alphabets are equal to Latin ones without regard to case.
        lower = text.lower()
        if not any(word in lower for word in needed):
            return False
    return expression.search(text) is not None


def has_failed(result: Step, *, is_quiet: bool) -> bool:
    """Return whether *result* reports a failure: by its exit code, its error flag, or its text.

    Args:
        result: The result of a call.
        is_quiet: Whether an exit code other than 0 alone is no failure, as for a search without matches.
    """
    text = result.text
    start = text[:600].lower()
    if any(words in start for words in _REFUSED):
        return True
    if result.exit_code is not None:
        return result.exit_code != 0 and not (is_quiet and not _ERROR_LINE.search(text))
    if result.is_error is not None:
        return result.is_error or text.lstrip()[:6].lower() == "error:" or _reports_failure(text)
    first = text.lstrip().split("\n", 1)[0][:300]
    is_told = bool(_ERROR_START.match(text)) or _holds(_FIRST_LINE_FAILURES, first, _OF_FAILURES) or _names_error(first)
    return is_told or _ends_in_traceback(text) or _reports_failure(text)


def _reports_failure(text: str) -> bool:
    """Return whether a result is one JSON object with a field that states a failure."""
    start = text.lstrip()[:1]
    if start != "{" or len(text) > _LONGEST_OBJECT or not _FAILURE_FIELD.search(text):
        return False
    try:
        found = json.loads(text)
    except ValueError:
        return False
    if not isinstance(found, dict):
        return False
    status = str(found.get("status", "")).lower()
    said = any(isinstance(found.get(key), (str, dict)) and found[key] for key in ("error", "err", "exception"))
    return found.get("success") is False or found.get("ok") is False or status in _FAILED_STATUS or said


@cache
def _foreign_error() -> re.Pattern[str]:
    """Return a pattern of words for errors in languages other than English."""
    text = resources.files("t2s_local.text").joinpath("errors.toml").read_text("utf-8")
    lists: dict[str, list[str]] = tomllib.loads(text)
    spaced, unspaced = ("|".join(map(re.escape, lists[name])) for name in ("spaced", "unspaced"))
    return re.compile(rf"(?<!\w)(?:{spaced})|(?:{unspaced})", re.IGNORECASE)


def _names_error(line: str) -> bool:
    """Return whether a line begins with a label for an error in a language other than English, such as ``Fehler:``."""
    label = _LABEL.match(line)
    return label is not None and _foreign_error().search(label[1]) is not None


def _ends_in_traceback(text: str) -> bool:
    if "Traceback (most recent call last)" not in text:
        return False
    tail = [line for line in text.splitlines()[-6:] if line.strip()]
    return any(_EXCEPTION_LINE.match(line.strip()) for line in tail)


def error_line(output: str) -> str | None:
    """Return the line of *output* that describes the failure best, verbatim, at most 240 characters.

    It is the last exception line of a traceback; otherwise the first line in which a compiler or linter names a place;
    otherwise the first line that reads like an error; otherwise the first line of an output of at most three lines;
    otherwise a line about an error in another language. None if there is no such line.
    """
    if len(output) > 2 * _SEARCHED:
        output = output[:_SEARCHED] + "\n" + output[-_SEARCHED:]
    lines = [line.strip() for line in output.splitlines() if _SAYS_SOMETHING.search(line)]
    exceptions = [line for line in lines if _EXCEPTION_LINE.match(line) and ":" in line]
    if exceptions:
        return exceptions[-1][:240]
    candidates = [line for line in lines if not _FRAME_LINE.match(line) and not _BARE.match(line)]
    for pattern in (_LOCATED, _ERROR_LINE):
        for line in candidates:
            if pattern.match(line) and len(line) > 8:
                return line[:240]
    if 0 < len(candidates) <= _SHORT:
        return candidates[0][:240]
    return _foreign_line(candidates)


def _foreign_line(lines: Sequence[str]) -> str | None:
    """Return the first line with a foreign word for an error, otherwise the last line in another script, or None."""
    telling = next((line for line in lines if len(line) > 1 and _foreign_error().search(line)), None)
    last = next((line for line in reversed(lines) if _is_foreign(line)), None)
    found = telling or last
    return None if found is None else found[:240]


def _is_foreign(line: str) -> bool:
    """Return whether most letters of a line are not ASCII letters."""
    letters = [character for character in line if character.isalpha()]
    return 2 * sum(not character.isascii() for character in letters) > len(letters)


_QUOTED = re.compile(r"(?<!\w)'[^'\n]{1,80}'(?!\w)|\"[^\"\n]{1,80}\"|`[^`'\n]{1,80}[`']")
"""Quoted words; the apostrophe of `can't` begins no quotation."""
_AMOUNT = re.compile(r"(?<![\w<])\$?\d[\d,.]*")


def error_signature(error: str) -> str:
    """Return *error*, at most 160 characters, with parts that differ from run to run and quoted words masked."""
    masked = _QUOTED.sub("<name>", mask(re.sub(r"^E\s+|</?\w+>", "", error)))
    return clip(squeeze(_AMOUNT.sub("<number>", masked)), 160)
