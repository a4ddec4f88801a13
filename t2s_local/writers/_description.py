"""The description of a skill: what it does, then when to use it, early and in plain text."""

import re
from collections import Counter
from collections.abc import Sequence

from t2s_local.ports import Evidence
from t2s_local.text import clip, join_words, squeeze, without_homes, words
from t2s_local.writers._markdown import clause
from t2s_local.writers._rules import Rule

_MESSAGE = re.compile(r"“(.+)”")
_MOST_CHARACTERS = 120
"""Characters of quoted messages: with the terms, the whole stays below 400."""
_MOST_MESSAGES = 3
_MOST_TERMS = 4
_LONGEST_TERM = 24
_CAPITALISED = re.compile(r"\b[A-Z]\w*")
_MANY_TASKS = 3
_MOST = 0.6
_COMMON = 0.2
"""Share of the tasks that use a term for it to be a trigger: one no rule names, and one that some rule names."""
_TAGS = re.compile(r"<[^<>]{0,40}>")
_MARKS = re.compile(r"[`*<>]|-{3,}")


def description(name: str, rules: Sequence[Rule], evidence: Evidence) -> str:
    """One line of 120 to 400 characters for the front matter."""
    subject = name.replace("-", " ")
    found = trigger_terms(rules, evidence)
    triggers = [f"a task involves {join_words(found, last='or')}"] if found else []
    triggers.append(_symptom(rules) or clip(_plain(clause(rules[0].situation)), _MOST_CHARACTERS))
    return f"{_what(rules, subject)} Use when {', or when '.join(triggers)}."


def _symptom(rules: Sequence[Rule]) -> str | None:
    """The messages the best-supported failures show, as far as they fit."""
    messages: dict[str, None] = {}
    for rule in rules:
        found = _MESSAGE.search(rule.situation) if rule.kind == "gotcha" or "fail" in rule.situation else None
        if found:
            messages[f"“{clip(_plain(found[1]).rstrip('.'), _MOST_CHARACTERS)}”"] = None
    shown = list(messages)[:1]
    for message in list(messages)[1:_MOST_MESSAGES]:
        if sum(map(len, shown)) + len(message) <= _MOST_CHARACTERS:
            shown.append(message)
    return f"something fails with {join_words(shown, last='or')}" if shown else None


def trigger_terms(rules: Sequence[Rule], evidence: Evidence) -> list[str]:
    """Terms of the rules that many of their tasks use, most telling first.

    A term that only tasks use counts where most do, and not as a proper name: it may be that of a person.
    """
    runs = {run for rule in rules for run in rule.trajectory_ids}
    tasks = sorted({evidence.tasks.get(run) or "" for run in runs})
    asked = Counter(word for task in tasks for word in _stems(task))
    told = {word for rule in rules for word in _stems(f"{rule.situation} {rule.options[0].do} {rule.lesson.tools}")}
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
