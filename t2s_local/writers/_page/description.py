"""The description of a skill: what it does, then when to use it, early and in plain text."""

import re
from collections import Counter
from collections.abc import Sequence

from t2s_local.ports.writer import Evidence
from t2s_local.skills.markdown import clause
from t2s_local.text.text import clip, join_words, quoted, squeeze, without_homes, words
from t2s_local.writers._page.matters import matters
from t2s_local.writers._page.rules import Rule
from t2s_local.writers._page.wording import programs

_MESSAGE = re.compile(r"“([^“”]+)”")
_MOST_CHARACTERS = 120
"""Characters of one quoted message; of each of several, half."""
LONGEST = 400
SHORTEST = 120
_LEARNED = "Learned from {} recorded runs."
_MOST_MATTERS = 4
_EARLY = 220
"""Characters before *Use when*: an agent may read no more than the start of a description."""
_TIMES = frozenset({"after", "before", "to"})
_PLACES = frozenset({"at", "in", "on", "with"})
_MOST_MESSAGES = 3
_MOST_TERMS = 4
_LONGEST_TERM = 24
_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_CAPITALISED = re.compile(r"\b[A-Z]\w*")
_MANY_TASKS = 3
_MOST = 0.6
_COMMON = 0.2
"""Share of the tasks that use a term for it to be a trigger: one no rule names, and one that some rule names."""
_TAGS = re.compile(r"<[^<>]{0,40}>")
_TASK_LIKE = re.compile(r"(?:^|, )in a task like (?P<task>“.+”)$", re.IGNORECASE)
_WEB = re.compile(r"(?:https?://|www\.)\S+")
_MARKS = re.compile(r"[`*<>]|-{3,}")


def description(name: str, rules: Sequence[Rule], evidence: Evidence, *, project: str | None) -> str:
    """One line of 120 to 400 characters for the front matter; terms are left out where it would be longer.

    Args:
        name: Of the skill.
        rules: Its rules, the best supported first.
        evidence: What is known of their runs.
        project: The one project they are about; None where there is no such project.
    """
    what = _what(rules, name.replace("-", " "))
    terms = trigger_terms(rules, evidence)
    symptom = _symptom(rules) or _closed(clip(_plain(_case(rules[0].situation)), _MOST_CHARACTERS))
    occasion = _occasion(symptom)
    where = "" if project is None else f"in the project {_plain(project)} "
    while True:
        asked = [f"when a task involves {join_words(terms, last='or')}"] if terms else []
        text = f"{what} Use {where}{', or '.join((*asked, occasion))}."
        if len(text) <= LONGEST or not terms:
            return text if len(text) >= SHORTEST else f"{text} {_LEARNED.format(len(_runs(rules)))}"
        terms = terms[:-1]


def _occasion(symptom: str) -> str:
    """A situation behind *Use*: one that begins with a time or an aim as it is, one of a place with the work there."""
    first = symptom.split(" ", 1)[0].lower()
    if first in _TIMES:
        return symptom
    return f"when working {symptom}" if first in _PLACES else f"when {symptom}"


def _runs(rules: Sequence[Rule]) -> set[str]:
    return {run for rule in rules for run in rule.trajectory_ids}


def _case(situation: str) -> str:
    """A situation after *when*: of one that names a task like those of the runs, the task."""
    found = _TASK_LIKE.search(situation)
    return f"a task is like {found['task']}" if found else clause(situation)


def _closed(text: str) -> str:
    """*text* with the end of a quotation that was cut off."""
    return f"{text}”" if text.count("“") > text.count("”") else text


def _symptom(rules: Sequence[Rule]) -> str | None:
    """The messages the best-supported failures show: one at length, or the start of up to three."""
    situations = [rule.situation for rule in rules if rule.kind == "gotcha" or "fail" in rule.situation]
    messages = list(
        dict.fromkeys(_plain(found[1]).rstrip(".") for text in situations if (found := _MESSAGE.search(text)))
    )
    shown = messages[:_MOST_MESSAGES]
    each = _MOST_CHARACTERS if len(shown) == 1 else _MOST_CHARACTERS // 2
    said = (quoted(clip(message, each)) for message in shown)
    return f"something fails with {join_words(said, last='or')}" if shown else None


def trigger_terms(rules: Sequence[Rule], evidence: Evidence) -> list[str]:
    """Terms of the rules that many of their tasks use, most telling first.

    A term that only tasks use counts where most do. One that is only written with a capital is a proper name, maybe of
    a person, and one in an address is none of the task's: both are left out.
    """
    runs = {run for rule in rules for run in rule.trajectory_ids}
    tasks = sorted({_WEB.sub(" ", evidence.tasks.get(run) or "") for run in runs})
    asked = Counter(word for task in tasks for word in _stems(task))
    told = {word for rule in rules for word in _stems(_spoken(rule))}
    plain = {word for task in tasks for word in _stems(_CAPITALISED.sub(" ", task))}
    ranked: dict[str, None] = {}
    for rule in rules:
        ranked |= dict.fromkeys(evidence.labels.get(rule.cluster.id, ()))
    found = []
    for term in ranked:
        stem = term.removesuffix("s")
        is_common = stem in plain and len(tasks) >= _MANY_TASKS and asked[stem] >= _MOST * len(tasks)
        is_known = stem in told and stem in plain and asked[stem] >= _COMMON * len(tasks)
        if (is_common or is_known) and len(term) <= _LONGEST_TERM:
            found.append(term)
    return found[:_MOST_TERMS]


def _spoken(rule: Rule) -> str:
    """What a rule says, of its code only the programs: an argument is that of one run."""
    text = f"{rule.situation} {rule.options[0].do}"
    return " ".join((_SPAN.sub(" ", text), *programs(text), *rule.lesson.tools))


def _stems(text: str) -> set[str]:
    return {part.removesuffix("s") for word in words(text) for part in (word, *word.split("_"))}


def _what(rules: Sequence[Rule], subject: str) -> str:
    """Name the subject and what is known of it: as many matters as an agent reads of a description in a list."""
    if any(rule.kind == "gotcha" for rule in rules):
        return _of_failures(rules, subject)
    known = matters(rules)[:_MOST_MATTERS]
    title = f"{subject[0].upper()}{subject[1:]}"
    while len(known) > 1 and len(title) + len(join_words(known)) > _EARLY:
        known = known[:-1]
    return f"{title}: {join_words(known)}."


def _of_failures(rules: Sequence[Rule], subject: str) -> str:
    parts = [f"Tells {_failed(subject)} in recorded runs", "what worked instead"]
    if any(rule.causes for rule in rules if rule.kind == "gotcha"):
        parts.insert(1, "why")
    end = "with steps that held" if any(rule.kind == "step" for rule in rules) else "with quoted evidence"
    return f"{join_words(parts)}, {end}."


def _failed(subject: str) -> str:
    """Return ``handling missing files`` as *what led to missing files*; anything else failed."""
    verb, _, thing = subject.partition(" ")
    return f"what led to {thing}" if verb == "handling" and thing else f"how {subject} failed"


def _plain(text: str) -> str:
    told = text.replace("you are about to", "an agent is about to")
    return squeeze(_MARKS.sub("", _TAGS.sub("…", without_homes(told))))
