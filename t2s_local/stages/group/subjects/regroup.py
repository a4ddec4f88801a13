"""Joining and splitting of families by the names of their subjects, so that no two skills are near-duplicates."""

from collections.abc import Mapping, Sequence

from t2s_local.ports.writer import Background
from t2s_local.stages.naming.naming import FITS
from t2s_local.stages.naming.rule_names.rule_names import NameCoverage, RuleNames
from t2s_local.stages.naming.subjects import GENERIC
from t2s_local.values.cluster import Cluster, Family
from t2s_local.values.value import digest

SPECIFIC = 0.8
"""Least worth of a name by which families are joined: names of tools, commands and errors, not of domains or tasks."""
LARGEST = 12
"""Most clusters of a joined family: a larger skill does not read as one subject."""
MOST = 0.5
"""Least share of a family's runs that a name must cover."""


def join_subjects(
    families: Sequence[Family], background: Background, rule_names: RuleNames | None = None
) -> tuple[Family, ...]:
    """Join each family with the other families that its best name covers; the order of *families* does not matter.

    A name of tools, commands or errors joins two families if it covers most runs of both; any other name only if it is
    the best of both.
    """
    read = rule_names or RuleNames()
    ordered = sorted(families, key=lambda family: family.id)
    found = [read.coverage(family.clusters, background) for family in ordered]
    specific = [_specific(names) for names in found]
    first = [_best_of(names) for names in specific]
    best = [_best(names) for names in found]
    groups = [[family] for family in ordered]
    for one in range(len(ordered)):
        for other in range(one + 1, len(ordered)):
            meet = best[one] is not None and best[one] == best[other]
            if meet or first[one] in specific[other] or first[other] in specific[one]:
                _merge(groups, ordered[one], ordered[other])
    return tuple(_joined(group) for group in groups)


def rehome(
    families: Sequence[Family], background: Background, rule_names: RuleNames | None = None
) -> tuple[Family, ...]:
    """Move each cluster that is about another family's subject, and not about its own family's, to the other family.

    Families that lose every cluster are removed. The order of *families* affects only the order of the result.
    """
    read = rule_names or RuleNames()
    subjects = [_best_of(_specific(read.coverage(family.clusters, background))) for family in families]
    owners = {name: place for place, name in reversed(list(enumerate(subjects))) if name is not None}
    homes: list[list[Cluster]] = [[] for _ in families]
    for place, family in enumerate(families):
        for cluster in family.clusters:
            own = _specific(read.of(cluster, background).coverage)
            subject = subjects[place] if subjects[place] in own else _best_of(own)
            homes[owners.get(subject or "", place)].append(cluster)
    return tuple(_family(clusters) for clusters in homes if clusters)


def part(families: Sequence[Family], background: Background, rule_names: RuleNames | None = None) -> tuple[Family, ...]:
    """Split families into clusters that share a name.

    If no name fits such clusters, procedures are separated, and the rest is grouped by name: procedures describe how to
    work, and seldom an object.
    """
    read = rule_names or RuleNames()
    parted = []
    for family in families:
        for clusters in _connected(family.clusters, background, read):
            if _fit(clusters, background, read) >= FITS:
                parted.append(_family(clusters))
                continue
            procedures = [cluster for cluster in clusters if _is_procedure(cluster, background)]
            rest = [cluster for cluster in clusters if not _is_procedure(cluster, background)]
            is_one = _fit(rest, background, read) >= FITS
            sides = [procedures, *([rest] if is_one else _by_subject(rest, background, read))]
            parted += [_family(side) for side in sides if side]
    return tuple(parted)


def _connected(clusters: Sequence[Cluster], background: Background, read: RuleNames) -> list[list[Cluster]]:
    """Return *clusters* in groups that share no fitting name; clusters without a name join the best supported group."""
    groups: list[tuple[set[str], list[Cluster]]] = []
    nameless: list[Cluster] = []
    for cluster in clusters:
        names = set(_fitting(read.of(cluster, background).coverage))
        if not names:
            nameless.append(cluster)
            continue
        near = [group for group in groups if group[0] & names]
        groups = [group for group in groups if group not in near]
        groups.append(
            (names.union(*(found for found, _ in near)), [*(one for _, held in near for one in held), cluster])
        )
    parts = sorted((held for _, held in groups), key=lambda held: -sum(cluster.support for cluster in held))
    return [[*(parts[0] if parts else []), *nameless], *parts[1:]]


def _is_procedure(cluster: Cluster, background: Background) -> bool:
    return background.lessons[cluster.lesson_ids[0]].pattern == "sequence"


def _by_subject(clusters: Sequence[Cluster], background: Background, read: RuleNames) -> list[list[Cluster]]:
    """Return *clusters* by the name that fits most of them, best first; clusters that no name fits form one group."""
    names = {cluster.id: _fitting(read.of(cluster, background).coverage) for cluster in clusters}
    groups: list[list[Cluster]] = []
    left = list(clusters)
    while left:
        weights: dict[str, float] = {}
        for cluster in left:
            for name, worth in names[cluster.id].items():
                weights[name] = weights.get(name, 0.0) + worth * cluster.support
        best = _best_of(weights)
        taken = [cluster for cluster in left if best is None or best in names[cluster.id]]
        groups.append(taken)
        left = [cluster for cluster in left if cluster not in taken]
    return groups


def _fitting(names: Mapping[str, NameCoverage]) -> dict[str, float]:
    return {name: one.worth for name, one in names.items() if one.worth * one.share**2 >= FITS and name not in GENERIC}


def _fit(clusters: Sequence[Cluster], background: Background, read: RuleNames) -> float:
    return max((one.worth * one.share**2 for one in read.coverage(clusters, background).values()), default=0.0)


def _family(clusters: Sequence[Cluster]) -> Family:
    return Family(id=digest(*sorted(one.id for one in clusters)), clusters=tuple(clusters))


def _merge(groups: list[list[Family]], one: Family, other: Family) -> None:
    first = next(group for group in groups if one in group)
    second = next(group for group in groups if other in group)
    if first is not second and sum(len(family.clusters) for family in (*first, *second)) <= LARGEST:
        first += second
        groups.remove(second)


def _best_of(shares: Mapping[str, float]) -> str | None:
    return min(shares, key=lambda name: (-shares[name], name), default=None)


def _best(names: Mapping[str, NameCoverage]) -> str | None:
    fitting = {name: one for name, one in names.items() if one.share >= MOST and name not in GENERIC}
    return _best_of({name: one.worth * one.share**2 for name, one in fitting.items()})


def _specific(names: Mapping[str, NameCoverage]) -> Mapping[str, float]:
    return {name: one.worth * one.share for name, one in names.items() if one.worth >= SPECIFIC and one.share >= MOST}


def _joined(families: Sequence[Family]) -> Family:
    if len(families) == 1:
        return families[0]
    return _family(sorted((cluster for family in families for cluster in family.clusters), key=lambda one: one.id))
