"""Separation of projects: their rules are in different families, unless runs of several projects show the same rule."""

from collections.abc import Sequence

from t2s_local.ports.writer import Background
from t2s_local.values.cluster import Cluster, Family
from t2s_local.values.value import digest


def apart(families: Sequence[Family], background: Background) -> tuple[Family, ...]:
    """Split *families* by the projects of their rules; the order of the clusters remains.

    Rules of no single project remain together: a rule of several projects is true in any. A rule that is left alone in
    this way joins the other such rules of its project, since work on one project is a subject too.
    """
    whole: list[Family] = []
    alone: dict[str, list[Cluster]] = {}
    for family in families:
        scopes: dict[str | None, list[Cluster]] = {}
        for cluster in family.clusters:
            scopes.setdefault(background.project((cluster,)), []).append(cluster)
        if len(scopes) == 1:
            whole.append(family)
            continue
        for project, clusters in scopes.items():
            if project is not None and len(clusters) == 1:
                alone.setdefault(project, []).extend(clusters)
            else:
                whole.append(family_of(clusters))
    return (*whole, *(family_of(clusters) for _, clusters in sorted(alone.items())))


def family_of(clusters: Sequence[Cluster]) -> Family:
    """Return a family of *clusters*, the best supported first."""
    ordered = sorted(clusters, key=lambda item: (-item.support, item.id))
    return Family(id=digest(*sorted(item.id for item in ordered)), clusters=tuple(ordered))
