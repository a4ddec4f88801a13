"""The description of a skill: what it does, then when to use it, early and in plain text."""

import re
from collections.abc import Sequence

from t2s_local.ports import Evidence
from t2s_local.text import clip, join_words, squeeze, without_homes, words
from t2s_local.writers._markdown import clause
from t2s_local.writers._rules import Rule

LONGEST = 380
_MOST_TERMS = 4
_TAGS = re.compile(r"<[^<>]{0,40}>")
_MARKS = re.compile(r"[`*<>]|-{3,}")


def description(name: str, rules: Sequence[Rule], evidence: Evidence) -> str:
    """One line of 120 to 400 characters for the front matter."""
    subject = name.replace("-", " ")
    found = trigger_terms(rules, evidence)
    triggers = [f"a task involves {join_words(found, last='or')}"] if found else []
    what = f"{_what(rules)} {subject}, with causes and quoted evidence from recorded runs."
    symptom = next((_plain(rule.situation) for rule in rules if rule.kind == "gotcha"), None)
    if symptom:
        triggers.append(f"when {clip(symptom, 150)}")
    if not triggers:
        triggers = [f"{_plain(rules[0].situation)}"]
    text = f"{what} Use when {', or '.join(triggers)}."
    return clip(text, LONGEST) if len(text) > LONGEST else text


def trigger_terms(rules: Sequence[Rule], evidence: Evidence) -> list[str]:
    """Terms that tell the subject, those that occur in its tasks first."""
    asked = " ".join(evidence.tasks.get(run) or "" for rule in rules for run in rule.trajectory_ids)
    known = set(words(asked))
    ranked: dict[str, None] = {}
    for rule in rules:
        ranked |= dict.fromkeys(evidence.labels.get(rule.cluster.id, ()))
    in_tasks = [term for term in ranked if term in known or f"{term}s" in known]
    rest = [term for term in ranked if term not in in_tasks]
    return [*in_tasks, *rest][:_MOST_TERMS]


def _what(rules: Sequence[Rule]) -> str:
    kinds = {rule.kind for rule in rules}
    if "step" in kinds and len(kinds) > 1:
        return "Working steps and known failures for"
    return "Working steps for" if "step" in kinds else "Known failures and what works instead for"


def _plain(text: str) -> str:
    return squeeze(_MARKS.sub("", _TAGS.sub("…", without_homes(clause(text)))))
