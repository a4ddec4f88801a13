"""Short names of what rules are about: from their pattern, or from what a tool refuses."""

import re
from collections import Counter
from collections.abc import Sequence

from t2s_local.skills.markdown import clause
from t2s_local.text.lesson_words import MESSAGE
from t2s_local.text.text import clip, join_words, squeeze, without_homes
from t2s_local.writers._page.rules import Rule

_OF_KIND = {
    "absent": "what the environment lacks",
    "answer": "which calls are accepted",
    "answer_form": "the form of an answer",
    "argument_form": "how to ask a tool",
    "asked_again": "what users ask for afterwards",
    "bare": "what to install first",
    "beginning": "how statements begin",
    "call_form": "the form that calls take",
    "check": "how changes are checked",
    "contents": "what stands in which file",
    "contrast": "what runs that succeed do",
    "correction": "what users said of how things are done",
    "cut": "results that are cut off",
    "elsewhere": "where else to search",
    "ending": "when to go on instead of asking or giving up",
    "finds": "where things are found",
    "first_failed": "what to look at first",
    "forgotten": "what a tool forgets",
    "form_failed": "the form that arguments take",
    "harmless": "errors that change nothing",
    "inexact": "which search finds exact values",
    "known_command": "which commands there are",
    "left_behind": "which files to remove before handing in",
    "limit": "when a run ends by itself",
    "lint_rule": "what the linter forbids",
    "last_words": "what right statements have and wrong ones do not",
    "loop": "what ends a loop of failures",
    "lowered": "how commands arrive",
    "matching": "how searches match",
    "mute": "tools that show nothing",
    "one_at_a_time": "what works once at a time",
    "passed_on": "what to look up before answering",
    "piped": "exit codes that hide failed checks",
    "prose": "how commands are sent",
    "quoting": "how commands are quoted",
    "record_header": "how a record begins",
    "refused_edit": "why edits are refused",
    "rival": "which tool finds more",
    "same_thing": "what has to come first",
    "sequence": "in which order to work",
    "shown": "what has to be in sight",
    "suggested": "how to use what a search suggests",
    "unknown_thing": "what may be named in a call",
    "tested": "how to run tests",
    "too_new": "errors of libraries that are newer than the code",
    "unmoved": "checks that do not run",
    "works_on": "on what commands work",
}
"""Matter of a rule by the pattern of its lesson."""
_REFUSED = frozenset({"policy"})
_REFUSAL = "a call is refused"
_WITH_MESSAGE = re.compile(r"\s+with “[^“”]+”")
_MARKS = re.compile(r"[`*<>\\]|-{3,}")
_TAGS = re.compile(r"<[^<>]{0,40}>")
_SAYS = re.compile(
    r"\b(?:is|are|was|were|cannot|can|could|does|do|did|has|have|not|no|must|should|may|exceeds?)\b", re.IGNORECASE
)
_STARTS = frozenset({"after", "at", "before", "for", "if", "in", "on", "to", "when", "while", "with"})
_MOST_REFUSED = 3
_SHORT_THING = 3
_SHORT = 60
"""Most characters of a message that is quoted in full."""


def matters(rules: Sequence[Rule]) -> list[str]:
    """Return the matters of *rules*, each once: those of most rules first, then in the order of the rules."""
    refused = [rule for rule in rules if rule.lesson.pattern in _REFUSED]
    told = _answered(refused)
    over = [thing for rule in refused for thing in _refused(rule)] if told == _REFUSAL else []
    refusals = f"what to do when {told}{_over(list(dict.fromkeys(over)))}"
    found: Counter[str] = Counter()
    for rule in rules:
        kind = rule.lesson.pattern
        there = "" if rule.harness is None else f" in {rule.harness}"
        found[refusals if kind in _REFUSED else f"{_OF_KIND.get(kind) or _case(rule)}{there}"] += 1
    return [matter for matter, _ in found.most_common()]


def _answered(rules: Sequence[Rule]) -> str:
    """Return a clause with the only short message that a tool answers with; a general clause for several messages."""
    said = list(dict.fromkeys(text for rule in rules for text in MESSAGE.findall(rule.situation)[:1]))
    is_one = len(rules) == len(said) == 1 and len(said[0]) <= _SHORT and "`" not in said[0]
    return f"a tool answers “{plain(said[0]).rstrip('.')}”" if is_one else _REFUSAL


def _over(things: Sequence[str]) -> str:
    return f" over {join_words(things[:_MOST_REFUSED], last='or')}" if things else ""


def _refused(rule: Rule) -> list[str]:
    """Return the start of a refusal, up to its verb: *gift card balance* of *Gift card balance is not enough*."""
    told = rule.options[0].do
    said = MESSAGE.findall(rule.situation) or MESSAGE.findall(told) or [told]
    first = (_SAYS.split(plain(text), maxsplit=1)[0].strip().lower() for text in said if "`" not in text)
    return [text for text in first if 0 < len(text.split()) <= _SHORT_THING and text[0].isalpha() and "…" not in text]


def _case(rule: Rule) -> str:
    text = clip(plain(clause(MESSAGE.sub("…", _WITH_MESSAGE.sub("", rule.situation)))), _SHORT)
    starts = text.split(" ", 1)[0].lower() in _STARTS
    return f"what to do {text}" if starts else f"what to do when {text}"


def plain(text: str) -> str:
    """Return *text* without Markdown and brackets, which some validators of descriptions refuse."""
    return squeeze(_MARKS.sub("", _TAGS.sub("…", without_homes(text))))
