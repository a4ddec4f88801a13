"""Separation of users' words from inferred rules: one family for each project, whatever each wish is about."""

from collections.abc import Sequence

import msgspec

from t2s_local.ports.writer import Background
from t2s_local.stages.compose.backing import is_said as is_said_by_users
from t2s_local.stages.group.subjects.scope import family_of
from t2s_local.values.cluster import Cluster, Family


def is_said(cluster: Cluster, background: Background) -> bool:
    """Return whether *cluster* contains only users' words, a model's wordings of them left out."""
    return is_said_by_users(background.members((cluster,)))


def said_apart(families: Sequence[Family], background: Background) -> tuple[Family, ...]:
    """Move the clusters of users' words out of *families* into one family for each project.

    A family that loses every cluster is removed; the order of the rest remains.
    """
    said = [item for family in families for item in family.clusters if is_said(item, background)]
    taken = {item.id for item in said}
    rest = [
        msgspec.structs.replace(family, clusters=tuple(item for item in family.clusters if item.id not in taken))
        for family in families
    ]
    kept = tuple(family for family in rest if family.clusters)
    projects: dict[str, list[Cluster]] = {}
    for item in said:
        projects.setdefault(background.project((item,)) or "", []).append(item)
    return (*kept, *(family_of(clusters) for _, clusters in sorted(projects.items())))
