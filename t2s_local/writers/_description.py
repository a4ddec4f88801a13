"""The description of a skill: what it does, then when to use it, early and in plain text."""

import re
from collections import Counter
from collections.abc import Sequence

from t2s_local.ports import Evidence
from t2s_local.text import clip, join_words, squeeze, without_homes, words
from t2s_local.writers._markdown import clause
from t2s_local.writers._rules import Rule
from t2s_local.writers._wording import programs

_MESSAGE = re.compile(r"“(.+)”")
_MOST_CHARACTERS = 120
"""Characters of one quoted message; of each of several, half."""
LONGEST = 400
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
_MARKS = re.compile(r"[`*<>]|-{3,}")


def description(name: str, rules: Sequence[Rule], evidence: Evidence) -> str:
    """One line of 120 to 400 characters for the front matter; terms are left out where it would be longer."""
    what = _what(rules, name.replace("-", " "))
    terms = trigger_terms(rules, evidence)
    symptom = _symptom(rules) or clip(_plain(clause(rules[0].situation)), _MOST_CHARACTERS)
    while True:
        asked = [f"a task involves {join_words(terms, last='or')}"] if terms else []
        text = f"{what} Use when {', or when '.join((*asked, symptom))}."
        if len(text) <= LONGEST or not terms:
            return text
        terms = terms[:-1]


def _symptom(rules: Sequence[Rule]) -> str | None:
    """The messages the best-supported failures show: one at length, or the start of up to three."""
    said = [rule.situation for rule in rules if rule.kind == "gotcha" or "fail" in rule.situation]
    messages = list(dict.fromkeys(_plain(found[1]).rstrip(".") for text in said if (found := _MESSAGE.search(text))))
    shown = messages[:_MOST_MESSAGES]
    each = _MOST_CHARACTERS if len(shown) == 1 else _MOST_CHARACTERS // 2
    quoted = (f"“{clip(message, each)}”" for message in shown)
    return f"something fails with {join_words(quoted, last='or')}" if shown else None


def trigger_terms(rules: Sequence[Rule], evidence: Evidence) -> list[str]:
    """Terms of the rules that many of their tasks use, most telling first.

    A term that only tasks use counts where most do, and not as a proper name: it may be that of a person.
    """
    runs = {run for rule in rules for run in rule.trajectory_ids}
    tasks = sorted({evidence.tasks.get(run) or "" for run in runs})
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
        is_known = stem in told and asked[stem] >= _COMMON * len(tasks)
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
    kinds = {rule.kind for rule in rules}
    if kinds == {"step"}:
        return f"Gives the steps for {subject} that recorded runs took, with counts and quoted evidence."
    if kinds == {"never"}:
        return f"Tells what to avoid in {subject}, with the counts of recorded runs and quoted evidence."
    failed = f"what led to {subject}" if subject.endswith(("errors", "exceptions")) else f"how {subject} failed"
    told = f"Tells {failed} in recorded runs, why, and what worked instead"
    return f"{told}, with steps that held." if "step" in kinds else f"{told}, with quoted evidence."


def _plain(text: str) -> str:
    told = text.replace("you are about to", "an agent is about to")
    return squeeze(_MARKS.sub("", _TAGS.sub("…", without_homes(told))))
