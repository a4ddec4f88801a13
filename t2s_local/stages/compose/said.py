"""What users said stands apart from what was inferred: one family a project, whatever each wish is about."""

from collections.abc import Sequence

import msgspec

from t2s_local.ports.writer import Background
from t2s_local.values.cluster import Cluster, Family
from t2s_local.values.value import digest


def is_said(cluster: Cluster, background: Background) -> bool:
    """Return whether *cluster* is words of users alone."""
    return all(lesson.is_said for lesson in background.members((cluster,)))


def said_apart(families: Sequence[Family], background: Background) -> tuple[Family, ...]:
    """Take the words of users out of *families*, and put them together.

    A family that loses every cluster is gone; the order of the others stays.
    """
    said = [item for family in families for item in family.clusters if is_said(item, background)]
    taken = {item.id for item in said}
    rest = [
        msgspec.structs.replace(family, clusters=tuple(item for item in family.clusters if item.id not in taken))
        for family in families
    ]
    kept = tuple(family for family in rest if family.clusters)
    return (*kept, _family(said)) if said else kept


def _family(clusters: Sequence[Cluster]) -> Family:
    ordered = sorted(clusters, key=lambda item: (-item.support, item.id))
    return Family(id=digest(*sorted(item.id for item in ordered)), clusters=tuple(ordered))
