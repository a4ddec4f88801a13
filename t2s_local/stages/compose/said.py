"""Keep users' words apart from inferred rules: one family a project, whatever each wish is about."""

from collections.abc import Sequence

import msgspec

from t2s_local.ports.writer import Background
from t2s_local.stages.compose.backing import is_said as is_said_by_users
from t2s_local.stages.group.subjects.scope import family_of
from t2s_local.values.cluster import Cluster, Family


def is_said(cluster: Cluster, background: Background) -> bool:
    """Return whether *cluster* is words of users alone, beside those that a model put them in."""
    return is_said_by_users(background.members((cluster,)))


def said_apart(families: Sequence[Family], background: Background) -> tuple[Family, ...]:
    """Take the words of users out of *families*, and put those of each project together.

    A family that loses every cluster is gone; the order of the others stays.
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
