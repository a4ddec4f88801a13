"""Rules of different projects stand in different families, unless runs of several projects show the same rule."""

from collections import Counter
from collections.abc import Sequence

from t2s_local.ports.writer import Background
from t2s_local.text.text import words
from t2s_local.values.cluster import Cluster, Family
from t2s_local.values.lesson import Lesson
from t2s_local.values.value import digest


def apart(families: Sequence[Family], background: Background) -> tuple[Family, ...]:
    """Part *families* by the projects of their rules; the order of the clusters stays.

    Rules of no single project stay together: what several projects show holds in any. A rule that is left alone this
    way joins the others of its project that are, since work on one project is a subject too; one that stays alone and
    names its project itself (*In astroid, start with …*) remains where it was.
    """
    whole: list[Family] = []
    alone: dict[str, list[Cluster]] = {}
    lone = _lone(families, background)
    for family in families:
        scopes: dict[str | None, list[Cluster]] = {}
        for cluster in family.clusters:
            project = background.project((cluster,))
            is_named = project in lone and _names(background.lessons[cluster.lesson_ids[0]], project)
            scopes.setdefault(None if is_named else project, []).append(cluster)
        if len(scopes) == 1:
            whole.append(family)
            continue
        for project, clusters in scopes.items():
            if project is not None and len(clusters) == 1:
                alone.setdefault(project, []).extend(clusters)
            else:
                whole.append(family_of(clusters))
    return (*whole, *(family_of(clusters) for _, clusters in sorted(alone.items())))


def _lone(families: Sequence[Family], background: Background) -> set[str | None]:
    """Projects of a single rule that is not words of a user."""
    inferred = (
        background.project((cluster,))
        for family in families
        for cluster in family.clusters
        if not all(lesson.is_said for lesson in background.members((cluster,)))
    )
    return {project for project, count in Counter(inferred).items() if project is not None and count == 1}


def _names(lesson: Lesson, project: str | None) -> bool:
    return project is not None and set(words(project.rpartition("/")[2])) <= set(words(lesson.when))


def family_of(clusters: Sequence[Cluster]) -> Family:
    """Make a family of *clusters*, the best supported first."""
    ordered = sorted(clusters, key=lambda item: (-item.support, item.id))
    return Family(id=digest(*sorted(item.id for item in ordered)), clusters=tuple(ordered))
