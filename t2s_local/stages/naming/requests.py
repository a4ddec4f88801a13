"""Requests of the tasks behind a skill: terms that many tasks share, and short tasks as examples."""

import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from t2s_local.ports.writer import Background, Requests
from t2s_local.stages.naming.domains import languages_of, objects_of
from t2s_local.stages.naming.examples import examples_of
from t2s_local.stages.naming.languages import spoken_languages
from t2s_local.stages.naming.measures.measures import asked_measures, reported_parts
from t2s_local.stages.naming.nouns import is_thing
from t2s_local.stages.naming.topics import TaskObjects, ordered, paired
from t2s_local.stages.naming.verbs import gerund, singular
from t2s_local.text.text import squeeze
from t2s_local.values.cluster import Family
from t2s_local.values.lesson import LessonId, supporting_runs
from t2s_local.values.trajectory import TrajectoryId

_SHARE, _SHARE_OF_MANY = 0.04, 0.02
"""Share of few and of many tasks that must mention an object for it to describe the requests."""
_SIX = 6
"""Number of tasks that are enough, if they are not more than the first share or less than the second."""
_SHARE_OF_ACTIONS = 0.05
_SHARE_OF_NAMES = 0.2
"""Share of the tasks that must mention an object for the work to be named after it."""
_WHOLE = 4_000
"""Characters of a task that are searched for its language."""
_MOST_ACTIONS = 4
_SHARE_OF_LONG = 0.25
"""Share as in ``_SHARE`` for tasks that are reports rather than requests: they mention many objects."""
_LONG = 300
_LEAST_TASKS = 5
"""Least number of tasks: words that fewer tasks have in common may be chance."""
_SHARE_OF_TOOLS = 0.15
"""Share of the runs that must call a tool for its object to be named."""
_MOST = 14
_START = 400
"""Characters at the start of a task that contain the request; details follow later."""
_MOST_PROJECTS = 10
_WORKED_ON = frozenset({"emails", "files", "functions", "messages", "programs", "scripts"})
"""Objects too common to distinguish tasks, but still objects of tools."""
_ADDRESS = "<url>"
"""Mask of an address, which no example may contain."""
_WEB = re.compile(r"(?:https?://|www\.)\S+")


class KnownRequests:
    """Requests of the tasks behind families, found once for families of the same rules."""

    def __init__(self) -> None:
        """Start without requests."""
        self._found: dict[tuple[tuple[LessonId, ...], ...], Requests] = {}

    def of(self, family: Family, background: Background) -> Requests:
        """Return the requests of *family*; *background* must always have the same lessons, tasks and tools for it."""
        rules = tuple(cluster.lesson_ids for cluster in family.clusters)
        found = self._found.get(rules)
        if found is None:
            found = self._found[rules] = requests_of(family, background)
        return found


def requests_of(family: Family, background: Background) -> Requests:
    """Return the common features of the tasks of *family*; the order of the tasks does not matter."""
    lessons = background.members(family.clusters)
    runs = supporting_runs(lessons)
    tasks = sorted({squeeze(_WEB.sub(_ADDRESS, background.tasks.get(run) or ""))[:_START] for run in runs} - {""})
    tools = [background.tools.get(run, ()) for run in sorted(runs)]
    found = objects_of([names for names in tools if names], _SHARE_OF_TOOLS)
    objects = [one for one in found if one in _WORKED_ON or (is_thing(one) and is_thing(singular(one)))][:_MOST]
    code = _code(family, sorted(runs), background)
    if len(tasks) < _LEAST_TASKS:
        return msgspec.structs.replace(code, objects=tuple(objects))
    is_long = 2 * sum(len(task) >= _LONG for task in tasks) > len(tasks)
    mentioned = TaskObjects(tasks)
    share = min(_SHARE, max(_SHARE_OF_MANY, _SIX / len(tasks)))
    things = mentioned.topics(most=_MOST, least=_SHARE_OF_LONG if is_long else share)
    measures = asked_measures(tasks)
    verbs = ordered(tasks, most=_MOST_ACTIONS, least=_SHARE_OF_LONG if is_long else _SHARE_OF_ACTIONS)
    return msgspec.structs.replace(
        code,
        things=tuple(things),
        subject=next(iter(mentioned.topics(most=1, least=_SHARE_OF_NAMES)), None),
        actions=tuple(paired(verbs, [*things, *measures], tasks)),
        examples=examples_of(tasks),
        measures=tuple(measures),
        objects=tuple(one for one in objects if not _is_among(one, things)) if not set(objects) <= _WORKED_ON else (),
    )


def _code(family: Family, runs: Sequence[TrajectoryId], background: Background) -> Requests:
    """Return the languages and the projects of work on code, as requests without other terms."""
    projects = _projects(runs, background)
    built = languages_of(family.clusters, background)
    tasks = {(background.tasks.get(run) or "")[:_WHOLE] for run in runs} - {""}
    languages = built or (spoken_languages(tasks) if projects else [])
    reported = reported_parts(tasks) if languages and projects else []
    return Requests(languages=tuple(languages), is_built=bool(built), projects=projects, reported=tuple(reported))


def request_names(wanted: Requests) -> list[str]:
    """Return names for the requested work: ``returning-orders``; empty if no object is requested often enough.

    Issues of code mention any object: work on them is named after the language.
    """
    if wanted.languages and not wanted.is_built:
        return [f"fixing-issues-in-{language}-code" for language in wanted.languages]
    if wanted.subject is None:
        return []
    thing = wanted.subject.replace(" ", "-")
    return [*(f"{gerund(action)}-{thing}" for action in wanted.actions[:1]), f"handling-{thing}"]


def _is_among(thing: str, things: Sequence[str]) -> bool:
    return any(singular(thing) == singular(word) for one in things for word in one.split())


def _projects(runs: Sequence[TrajectoryId], background: Background) -> tuple[str, ...]:
    """Return the projects of *runs* if there are several and most runs have a project; otherwise empty."""
    known = [background.projects[run] for run in runs if run in background.projects]
    counts = Counter(known)
    ranked = sorted(counts, key=lambda project: (-counts[project], project))
    return tuple(ranked[:_MOST_PROJECTS]) if len(ranked) > 1 and 2 * len(known) >= len(runs) else ()
