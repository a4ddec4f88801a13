"""Find the requests of the tasks behind a skill: terms that many share, and one short task as an example."""

import re
from collections import Counter
from collections.abc import Sequence

from t2s_local.ports.writer import Background, Requests
from t2s_local.safety.signs import spot
from t2s_local.stages.naming.domains import languages_of, objects_of
from t2s_local.stages.naming.nouns import is_thing
from t2s_local.stages.naming.stopwords import STOP
from t2s_local.stages.naming.verbs import VERBS, plural, singular
from t2s_local.text.text import squeeze, words
from t2s_local.values.cluster import Family

_SHARE = 0.2
"""Share of the tasks that speak of a thing for it to tell them."""
_SHARE_OF_LONG = 0.5
"""The same of tasks that are reports rather than requests: they speak of much."""
_LONG = 300
_LEAST_TASKS = 5
"""Tasks below which what they share is chance."""
_SHARE_OF_TOOLS = 0.15
"""Share of the runs that call a tool for what it works on to be named."""
_MOST = 5
_START = 400
"""Characters of a task that say what is asked for; further down it goes into details."""
_LONGEST_EXAMPLE = 90
_SHORTEST_EXAMPLE = 15
_OF_ONE = re.compile(r"[\d<>@`$#{}\[\]\\_|*]|://|[^.!?] [A-Z](?![ '’])|[A-Z]{2}|[^\x00-\x7f]")
"""Numbers, marks and names: what belongs to one task alone."""
_NOUN = re.compile(
    r"\b(?:an?|the|my|your|our|their|this|that|these|those|each|every|some|any|all|no|many|two|several)(?: \w+)?? (\w+)"
    r"(?= (?:of|in|on|at|to|from|for|with|by|and|or|that|which|who|is|are|was|were|has|have|had|as|do|does|did|can)\b"
    r"|[.,;:?!)]|$)",
    re.IGNORECASE,
)
"""The last word of a phrase with an article."""
_NOUN_SHARE = 5
"""One in so many places in which a word stands must show that it is a noun."""
_ADDRESS = "<url>"
"""What stands for an address, which is nobody's example."""
_WEB = re.compile(r"(?:https?://|www\.)\S+")
_CAPITALISED = re.compile(r"\b[A-Z]\w*")


def requests_of(family: Family, background: Background) -> Requests:
    """Find what the tasks of *family* share; their order does not show."""
    runs = {run for lesson in background.members(family.clusters) for run in lesson.supporters}
    tasks = sorted({squeeze(_WEB.sub(_ADDRESS, background.tasks.get(run) or ""))[:_START] for run in runs} - {""})
    tools = [background.tools.get(run, ()) for run in sorted(runs)]
    objects = objects_of([names for names in tools if names], _SHARE_OF_TOOLS)[:_MOST]
    languages = languages_of(family.clusters, background)
    if len(tasks) < _LEAST_TASKS:
        return Requests(objects=tuple(objects), languages=tuple(languages))
    spoken = [set(words(task)) for task in tasks]
    plain = {word for task in tasks for word in words(_CAPITALISED.sub(" ", task))}
    counts = Counter(
        one for task in spoken for one in {singular(word) for word in task if word in plain and _tells(word)}
    )
    is_long = 2 * sum(len(task) >= _LONG for task in tasks) > len(tasks)
    least = (_SHARE_OF_LONG if is_long else _SHARE) * len(tasks)
    shared = sorted((one for one, count in counts.items() if count >= least), key=lambda one: (-counts[one], one))
    nouns = _nouns(tasks)
    things = [_spelt(one, spoken) for one in shared if one in nouns]
    actions = [one for one in shared if one in VERBS and one not in nouns]
    return Requests(
        things=tuple(things[:_MOST]),
        actions=tuple(actions[:_MOST]),
        example=_example(tasks, counts),
        objects=tuple(one for one in objects if one not in things),
        languages=tuple(languages),
    )


def _nouns(tasks: Sequence[str]) -> set[str]:
    """Return the words that are used as nouns: the last ones of phrases that begin with an article or a number."""
    counts = Counter(singular(found[1].lower()) for task in tasks for found in _NOUN.finditer(task))
    every = Counter(singular(word) for task in tasks for word in words(task))
    return {word for word, count in counts.items() if is_thing(word) and _NOUN_SHARE * count >= every[word]}


def _spelt(thing: str, spoken: Sequence[set[str]]) -> str:
    """Write a thing in the plural where the tasks do."""
    several = plural(thing)
    return several if any(several in task for task in spoken) else thing


def _tells(word: str) -> bool:
    return is_thing(word) or (word in VERBS and word not in STOP)


def _example(tasks: Sequence[str], counts: Counter[str]) -> str | None:
    """Return the task that shares most of its words with the others, where it is short and nobody's own."""
    ranked = []
    for task in tasks:
        is_fit = _SHORTEST_EXAMPLE <= len(task) <= _LONGEST_EXAMPLE and not _OF_ONE.search(task)
        if is_fit and not any(spot(task, "phrase")) and not any(spot(task, "command")):
            things = {singular(word) for word in words(task) if _tells(word)}
            shared = sum(counts[thing] for thing in things) / (2 + len(things))
            ranked.append((-shared, len(task), task))
    return min(ranked)[2] if ranked else None
