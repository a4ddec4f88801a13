"""Sections of a SKILL.md, each from the rules of its kind."""

import re
from collections.abc import Iterable, Sequence

from t2s_local.skills.markdown import bullets, clause, code, numbered, prose, sentence
from t2s_local.text.lesson_words import ANYWHERE, INSTEAD_OF, SAID_OF, wish_of
from t2s_local.text.text import counted, quoted, words
from t2s_local.values.lesson import OF_TOOLS
from t2s_local.writers._page.rules import Rule, is_without_success
from t2s_local.writers._page.wording import Option, programs

_STARTS = frozenset(
    {
        "after",
        "at",
        "before",
        "during",
        "for",
        "if",
        "in",
        "on",
        "once",
        "to",
        "when",
        "whenever",
        "while",
        "with",
        "within",
    }
)
_STATEMENTS = frozenset({"policy"})
"""Patterns whose advice is a statement of a tool, and no order."""
_SHELLS = frozenset(
    words(
        "bash bash_command cmd exec exec_command execute_bash execute_command local_shell run_command run_in_terminal "
        "run_shell_command run_terminal_cmd shell terminal"
    )
)
_ENDS = re.compile(r"[.!?。！？](?:\s|$)")
_CALLS = re.compile(r"you are about to call\b")
_MESSAGE = re.compile(r"“[^”]*”")
_SCRIPT = re.compile(r"\.(?:sh|bash|py|js|ts|rb|pl|php|ps1|bat|cmd|jar)$", re.IGNORECASE)
_COUNTS_NONE = re.compile(r"\b(?:0|none) (?:of (?:them|these(?: \d+)? runs) )?succeeded\b", re.IGNORECASE)


def steps(rules: Sequence[Rule]) -> str:
    """Return numbered steps: the situation, the action and the reason."""
    return numbered(_step(rule) for rule in rules)


def gotchas(rules: Sequence[Rule]) -> str:
    """Return a numbered list of failures: the symptom, the remedy and the cause."""
    return numbered(_gotcha(rule) for rule in rules)


def nevers(rules: Sequence[Rule]) -> str:
    """Return a list of actions to avoid, with the reasons."""
    return bullets(_never(rule) for rule in rules)


_OF_MARKS = frozenset({"answer_form", "limit"})
"""Patterns of rules on how answers are marked and when a run ends."""
_MOST_BOUND = 3


def used(rule: Rule) -> list[str]:
    """Return the tools that the rule names, or the programs of a shell; [] for a user's rule.

    A user's rule applies to any tool. A script run by its file name belongs to one run or project, and is left out.
    """
    if rule.lesson.is_said:
        return []
    words = f"{rule.situation} {' '.join(option.do for option in rule.options)}"
    tools = [tool for lesson in rule.lessons for tool in lesson.tools if not _is_shell(tool)]
    named = dict.fromkeys(tool for tool in tools if f"`{tool}`" in words)
    ran = (name for name in programs(_MESSAGE.sub("", rule.situation)) if not _SCRIPT.search(name))
    return list(named or dict.fromkeys(ran))


def bound(rules: Sequence[Rule]) -> list[str]:
    """Return the tools of the only environment that *rules* are about; empty if the rules apply in any environment.

    A rule on how answers are graded, or on when a run is cut off, is true only in the environment with these tools.
    """
    if not any(lesson.pattern in _OF_MARKS for rule in rules for lesson in rule.lessons):
        return []
    named = dict.fromkeys(name for rule in rules for name in used(rule))
    return list(named)[:_MOST_BOUND]


def _is_shell(tool: str) -> bool:
    return tool.lower().rpartition("__")[2] in _SHELLS


def when(rule: Rule) -> str:
    """Return the situation of *rule* as the first clause of a sentence."""
    text = _CALLS.sub("before you call", prose(clause(rule.situation)), count=1)
    if text.split(" ", 1)[0].lower() in _STARTS:
        return text[0].upper() + text[1:]
    return f"When {text}"


def _step(rule: Rule) -> str:
    said = _user_words(rule)
    why = [f"{'A user' if rule.support == 1 else 'Users'} said so{said}."] if said is not None else _why(rule)
    return _nested(f"{_said(rule)} {mark(rule)}", (*_risky(rule), *_where(rule), *why, *_others(rule), *_lost(rule)))


def _user_words(rule: Rule) -> str | None:
    """Return the code that a user's words are about, as the end of a sentence; None if the words are not the user's."""
    if not rule.lesson.is_said or rule.situation != ANYWHERE or rule.is_pinned:
        return None
    line = rule.options[0].do[len(wish_of(rule.options[0].do)) :]
    return f" of {prose(line.removeprefix(SAID_OF).removesuffix('.'))}" if line.startswith(SAID_OF) else ""


def _wish(advice: str) -> str:
    """Return a user's words as a sentence, with the agent's line of code that the user rejected, if there is one.

    The line follows a single sentence, and precedes several sentences.
    """
    wish = wish_of(advice)
    line = advice[len(wish) :]
    if not line.startswith(INSTEAD_OF):
        return prose(sentence(wish))
    if not _ENDS.search(wish.strip()[:-1]):
        return prose(sentence(f"{wish.strip().rstrip('.')}, {line.strip()[:1].lower()}{line.strip()[1:]}"))
    return prose(sentence(f"{line.strip().removesuffix('.')}: {wish}"))


def _gotcha(rule: Rule) -> str:
    head = f"**{inside(rule, prose(sentence(rule.situation))).removesuffix('.')}** {mark(rule)}"
    more = (*_risky(rule), *_where(rule), *_others(rule), *_why(rule), *_looped(rule), *_lost(rule))
    return _nested(head, (f"Do{_taken(rule)}: {_do(rule)}", *more))


def _taken(rule: Rule) -> str:
    """Return in brackets how many runs used the remedy; empty if all runs of the rule did, with the same names."""
    option = rule.options[0]
    return f" ({_of_runs(option)})" if option.n_alike or len(option.trajectory_ids) < rule.support else ""


def _of_runs(option: Option) -> str:
    """Return the number of runs that did exactly what *option* says, and of runs that did so with other names."""
    count = _runs(len(option.trajectory_ids) - option.n_alike)
    return f"{count}; with other names in {option.n_alike} more" if option.n_alike else count


def _never(rule: Rule) -> str:
    return _nested(f"{_said(rule)} {mark(rule)}", (*_risky(rule), *_where(rule), *_why(rule), *_lost(rule)))


def _said(rule: Rule) -> str:
    """Return situation and advice as a sentence, with a colon if the advice begins with a name or is a statement."""
    if _user_words(rule) is not None:
        return _wish(rule.options[0].do)
    done = _do(rule)
    first = done.split(" ", 1)[0]
    said = when(rule)
    is_rule = rule.lesson.pattern in _STATEMENTS and not said.startswith(("When", "Before"))
    is_order = first.isalpha() and first.istitle() and not is_rule
    return inside(rule, f"{said}, {done[0].lower()}{done[1:]}" if is_order else f"{said}: {done}")


def inside(rule: Rule, text: str) -> str:
    """Return *text* after “In”, the harness of *rule* and a comma; *text* unchanged if the rule names no harness."""
    end = "." if text.endswith(".") else ""
    return text if rule.harness is None else f"In {rule.harness}, {clause(text)}{end}"


def _do(rule: Rule) -> str:
    return prose(sentence(rule.options[0].do))


def _why(rule: Rule) -> list[str]:
    return [
        f"Why, in the words of one run: {quoted(prose(cause.text))}"
        if cause.stated
        else f"{'' if cause.counted else 'Why: '}{prose(sentence(cause.text))}"
        for cause in rule.causes
    ]


def _risky(rule: Rule) -> list[str]:
    return [] if rule.risk is None else [f"**Risky**: {rule.risk}. A person accepted this rule."]


def _where(rule: Rule) -> list[str]:
    return [] if rule.scope is None else [f"Seen in the project {code(rule.scope)} alone."]


def _lost(rule: Rule) -> list[str]:
    if not is_without_success(rule.outcomes):
        return []
    return [] if rule.lesson.pattern in OF_TOOLS else ["No run behind this rule succeeded."]


def _others(rule: Rule) -> list[str]:
    return [f"Or ({_of_runs(option)}): {prose(sentence(option.do))}" for option in rule.alternatives]


def _looped(rule: Rule) -> list[str]:
    if not rule.looped:
        return []
    return [f"Repeating it unchanged does not help: {_runs(rule.looped)} tried three times or more."]


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"


def _nested(head: str, items: Iterable[str]) -> str:
    return "\n".join((head, *(f"   - {item}" for item in items)))


def mark(rule: Rule) -> str:
    """Return the rule's id and number of runs in brackets, as a reference to its evidence."""
    return f"({rule.id}: {counted(rule.support, 'run')})"
