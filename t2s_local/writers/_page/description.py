"""Description of a skill: its purpose, then when to use it, in plain text with the important words first."""

import re
from collections.abc import Sequence

from t2s_local.ports.writer import Requests
from t2s_local.skills.markdown import clause
from t2s_local.text.lesson_words import MESSAGE
from t2s_local.text.text import clip, counted, join_words, quoted, squeeze, without_homes
from t2s_local.values.lesson import supporting_runs
from t2s_local.writers._page import sections
from t2s_local.writers._page.matters import matters
from t2s_local.writers._page.requested import project_words, request_clauses
from t2s_local.writers._page.rules import Rule
from t2s_local.writers._page.title import titled
from t2s_local.writers._page.wording import programs

_MOST_CHARACTERS = 120
"""Most characters of a single quoted message; half as many for each of several."""
LONGEST = 600
SHORTEST = 120
_MOST_MATTERS = 3
_FEW_MATTERS = 1
"""Most subjects of rules that are named if the description also quotes tasks: subjects bring up no skill."""
_EARLY = 220
"""Most characters before *Use when*: an agent may read only the start of a description."""
_TIMES = frozenset({"after", "before", "to"})
_PLACES = frozenset({"at", "in", "on", "with"})
_MOST_MESSAGES = 3
_MOST_COMMANDS = 4
_TAGS = re.compile(r"<[^<>]{0,40}>")
_TASK_LIKE = re.compile(r"(?:^|, )in a task like (?P<task>“.+”)$", re.IGNORECASE)
_ONLY_THERE = re.compile(r"in (?:this project|[\w./-]+)")
"""A situation that names only the project."""
_THERE = "there"
"""Place of a skill whose title names a harness; a second name would only make other words count less."""
_ANY_TIME = re.compile(
    r"(?:a request can be carried out with the tools|a tool is to be called.*"
    r"|an action is sent to `[^`]+`|`[^`]+` answers|in these environments|to run the [a-z ]+|within \d+ steps)"
)
"""A situation that applies to an agent at any time."""
_EXACT = re.compile(r"“|`|\b[A-Z]{2,}|(?<!\w)/\w")
"""Marks of a specific situation: a message, code, an acronym, a path."""
_ONLY_WITH = re.compile(r"with `[^`]+`(?:(?:,| or|, or) `[^`]+`)*")
_CODE = re.compile(r"`([^`]+)`")
_MOST_CALLS = 3
_MOST_TASKS = 2
_OF_TASK = "when a task says"
"""Start of an occasion that quotes the tasks, so that the request need not be described."""
_TASK_SAYS = re.compile(r"in a task that says “(?P<said>[^”]+)”")
_MARKS = re.compile(r"[`*<>]|-{3,}")


def description(name: str, rules: Sequence[Rule], asked: Requests, *, project: str | None, harness: str | None) -> str:
    """Return one line of 120 to 600 characters for the front matter; a longer line is shortened step by step.

    Args:
        name: Name of the skill.
        rules: Rules of the skill, the best supported first.
        asked: Requests of the tasks that the rules come from.
        project: The only project that the rules are about; None if there is no such project.
        harness: The harness whose behaviour the rules are about; None if there is no such harness.
    """
    is_told = project is None and bool(asked.things or asked.examples)
    what = _what(
        rules, _plain(titled(name, rules, project, harness=harness)), most=_FEW_MATTERS if is_told else _MOST_MATTERS
    )
    place = None if project is None else _plain(project)
    inside = _THERE if place is None and harness else None if place is None else f"in the project {place}"
    if inside is None and (bound := sections.bound(rules)):
        inside = f"with the {'tool' if len(bound) == 1 else 'tools'} {join_words(map(_plain, bound))}"
    if all(rule.lesson.is_said for rule in rules):
        text = f"{what} Use whenever working {'for these users' if place is None else f'in the project {place}'}."
        return text if len(text) >= SHORTEST else f"{text} {_learned(rules)}"
    occasions = _occasions(rules, project, what, is_asked=bool(asked.things or asked.examples))
    abouts = request_clauses(asked) if project is None else [""]
    around = "" if inside is None or project is None else project_words(asked, inside)
    for about in [""] if occasions[0].startswith(_OF_TASK) else abouts:
        for occasion in occasions:
            when = (", and " if around else ", or ").join(filter(None, (around or about, occasion)))
            where = "" if inside is None or around else f"{'' if when else 'when working '}{inside} "
            text = f"{what} Use {where}{when}".rstrip() + "."
            if len(text) <= LONGEST:
                return text if len(text) >= SHORTEST else f"{text} {_learned(rules)}"
    return text


def _learned(rules: Sequence[Rule]) -> str:
    return f"Learned from {counted(len(supporting_runs(rules)), 'recorded run')}."


def tells_when(rule: Rule, project: str | None) -> bool:
    """Return whether the situation of *rule* is specific; in a skill for one *project*, the project alone is not."""
    if _ANY_TIME.fullmatch(rule.situation):
        return False
    return not (_ONLY_THERE.fullmatch(rule.situation) and (project is not None or rule.lesson.is_said))


def _occasions(rules: Sequence[Rule], project: str | None, what: str, *, is_asked: bool) -> list[str]:
    """Return clauses on when an agent needs *rules*: a long clause with their tools, then a shorter clause or "".

    If *is_asked*, the description states the requests as well, so situations that occur in any work are left out.
    Messages that *what* already contains are left out too.
    """
    telling = [rule for rule in rules if tells_when(rule, project)]
    exact = [rule for rule in telling if is_exact(rule)]
    telling = exact if exact or is_asked else telling
    first = _closed(clip(_plain(_with_tool(telling[0])), _MOST_CHARACTERS)) if telling else ""
    symptom = _symptom(rules) or first
    short = _of_tasks(telling) or (_occasion(symptom) if symptom and symptom not in what else "")
    calls = [name for name in dict.fromkeys(name for rule in rules for name in sections.used(rule)) if "_" in name]
    shown = [name for name in calls if name not in symptom][:_MOST_CALLS]
    using = (
        f"when about to call {join_words(map(_plain, shown), last='or')}" if shown and not (project or is_asked) else ""
    )
    return [", or ".join(filter(None, (short, using))), short] if using else [short]


def _with_tool(rule: Rule) -> str:
    """Return the situation of *rule* as a clause; if it only names tools, the clause is “about to use the tool …”."""
    names = _CODE.findall(rule.situation) if _ONLY_WITH.fullmatch(rule.situation) else []
    if not names or not set(names) <= set(sections.used(rule)) & {tool for one in rule.lessons for tool in one.tools}:
        return _case(rule.situation)
    return f"about to use the tool {join_words(names, last='or')}"


def is_exact(rule: Rule) -> bool:
    """Return whether the situation of *rule* has a message, code, acronym or path, and does not only name tools."""
    return _EXACT.search(rule.situation) is not None and not _ONLY_WITH.fullmatch(rule.situation)


def quotes_tasks(rules: Sequence[Rule]) -> bool:
    """Return whether the best supported rule with a situation quotes the tasks it is for."""
    return bool(_of_tasks([rule for rule in rules if is_exact(rule)]))


def _of_tasks(rules: Sequence[Rule]) -> str:
    """Return a clause with up to two quotes from the tasks if the best supported rule quotes them; otherwise ""."""
    found = [_TASK_SAYS.fullmatch(rule.situation) for rule in rules]
    if not found or found[0] is None:
        return ""
    said = list(dict.fromkeys(_plain(one["said"]).rstrip(".") for one in found if one is not None))[:_MOST_TASKS]
    return f"{_OF_TASK} {join_words(map(quoted, said), last='or')}"


def _occasion(symptom: str) -> str:
    """Return a situation as a clause after *Use*: “when working” before a place, “when” unless it is a time or aim."""
    first = symptom.split(" ", 1)[0].lower()
    if first in _TIMES:
        return symptom
    return f"when working {symptom}" if first in _PLACES else f"when {symptom}"


def _case(situation: str) -> str:
    """Return a situation as a clause after *when*; a situation that quotes a task becomes “a task is like “…””."""
    found = _TASK_LIKE.search(situation)
    return f"a task is like {found['task']}" if found else clause(situation)


def _closed(text: str) -> str:
    """Return *text* with a closing quotation mark if it was cut off."""
    return f"{text}”" if text.count("“") > text.count("”") else text


def _symptom(rules: Sequence[Rule]) -> str | None:
    """Return a clause with the messages of the best-supported failures; None if there are none.

    A single message is cut at 120 characters, each of up to three at 60.
    """
    situations = [rule.situation for rule in rules if rule.kind == "gotcha" or "fail" in rule.situation]
    messages = list(
        dict.fromkeys(_plain(found[1]).rstrip(".") for text in situations if (found := MESSAGE.search(text)))
    )
    shown = messages[:_MOST_MESSAGES]
    each = _MOST_CHARACTERS if len(shown) == 1 else _MOST_CHARACTERS // 2
    said = (quoted(clip(message, each)) for message in shown)
    return f"something fails with {join_words(said, last='or')}" if shown else None


def _what(rules: Sequence[Rule], subject: str, *, most: int) -> str:
    """Return the subject and up to *most* matters of its rules, in at most 220 characters where several are named."""
    if any(rule.kind == "gotcha" for rule in rules):
        return _of_failures(rules, subject)
    known = matters(rules)[:most]
    while len(known) > 1 and len(subject) + len(join_words(known)) > _EARLY:
        known = known[:-1]
    return f"{subject}: {join_words(known)}."


def _of_failures(rules: Sequence[Rule], subject: str) -> str:
    """Return the subject, the commands that fail in it, and whether the rules state causes and steps."""
    failures = [rule for rule in rules if rule.kind == "gotcha"]
    known = [_failing(failures, subject)]
    if any(rule.causes for rule in failures):
        known.append("why it fails")
    if any(rule.kind == "step" for rule in rules):
        known.append("in which steps to work")
    return f"{subject}: {join_words(known)}."


def _failing(failures: Sequence[Rule], subject: str) -> str:
    """Return a clause on the commands that fail, each once; a general one if the subject names the failure."""
    if subject.startswith("Handling "):
        return "what works instead"
    commands = dict.fromkeys(name for rule in failures for name in programs(MESSAGE.sub("", rule.situation)))
    shown = [_plain(name) for name in commands][:_MOST_COMMANDS]
    if not shown:
        return "what to do when it fails"
    return f"what to do when {join_words(shown, last='or')} fails"


def _plain(text: str) -> str:
    told = text.replace("you are about to", "an agent is about to")
    return squeeze(_MARKS.sub("", _TAGS.sub("…", without_homes(told))))
