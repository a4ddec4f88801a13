"""Find the requests of the tasks behind a skill: terms that many share, and one short task as an example."""

import re
from collections import Counter
from collections.abc import Sequence

from t2s_local.ports.writer import Background, Requests
from t2s_local.safety.signs import spot
from t2s_local.stages.naming.domains import languages_of, objects_of
from t2s_local.stages.naming.nouns import is_thing
from t2s_local.stages.naming.stopwords import STOP
from t2s_local.stages.naming.subjects import asked
from t2s_local.stages.naming.verbs import VERBS, gerund, plural, singular
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
_ODD_PLURALS = {"person": "people", "child": "children", "man": "men", "woman": "women", "mouse": "mice"}
"""Nouns whose plural is another word: one of the two is enough."""
_WORKED_ON = frozenset({"emails", "files", "functions", "messages", "programs", "scripts"})
"""Things too common to tell one task from another, and yet what a tool works on."""
_OF_ANY = frozenset({"repeats"})
"""Patterns of rules that hold whatever is asked for."""
_ADDRESS = "<url>"
"""What stands for an address, which is nobody's example."""
_WEB = re.compile(r"(?:https?://|www\.)\S+")
_CAPITALISED = re.compile(r"\b[A-Z]\w*")


def requests_of(family: Family, background: Background) -> Requests:
    """Find what the tasks of *family* share; their order does not show."""
    lessons = background.members(family.clusters)
    telling = [lesson for lesson in lessons if lesson.pattern not in _OF_ANY] or lessons
    runs = {run for lesson in telling for run in lesson.supporters}
    tasks = sorted({squeeze(_WEB.sub(_ADDRESS, background.tasks.get(run) or ""))[:_START] for run in runs} - {""})
    tools = [background.tools.get(run, ()) for run in sorted(runs)]
    found = objects_of([names for names in tools if names], _SHARE_OF_TOOLS)
    objects = [one for one in found if one in _WORKED_ON or (is_thing(one) and is_thing(singular(one)))][:_MOST]
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
    things = [_spelt(one, spoken) for one in shared if one in nouns and _ODD_PLURALS.get(one) not in shared]
    done = _done(tasks, things, least=least)
    return Requests(
        things=() if set(things) <= _WORKED_ON and not done else tuple(things[:_MOST]),
        actions=tuple(done[:_MOST]),
        example=_example(tasks, counts),
        objects=tuple(one for one in objects if one not in things) if not set(objects) <= _WORKED_ON else (),
        languages=tuple(languages),
    )


def _done(tasks: Sequence[str], things: Sequence[str], *, least: float) -> list[str]:
    """Return what at least so many of *tasks* ask to do with *things*, as verbs, the most frequent first."""
    counts = Counter(pair for task in tasks for pair in asked(task).pairs)
    named = {f"{gerund(verb)}-{plural(singular(thing))}": verb for verb in VERBS for thing in things}
    ranked = sorted((pair for pair in named if counts[pair] >= least), key=lambda pair: (-counts[pair], pair))
    return list(dict.fromkeys(named[pair] for pair in ranked))


def request_names(wanted: Requests) -> list[str]:
    """Name the work that tasks ask for: ``returning-orders``; nothing where they share no thing."""
    done = [f"{gerund(action)}-{thing}" for action in wanted.actions[:1] for thing in wanted.things[:1]]
    return [*done, *(f"handling-{thing}" for thing in wanted.things[:1])]


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
