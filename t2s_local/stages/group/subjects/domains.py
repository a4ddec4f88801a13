"""Joining of families of one domain: rules for the same kind of work, known by shared tools and runs."""

import math
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from itertools import combinations

from t2s_local.ports.writer import Background
from t2s_local.stages.group.subjects.scope import family_of
from t2s_local.stages.naming.domains import SHELL, programs_of
from t2s_local.stages.naming.subjects import GENERIC_TOOLS
from t2s_local.values.cluster import Cluster, ClusterId, Family
from t2s_local.values.lesson import supporting_runs
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.value import Value

SAME_WORK = 0.35
"""Least similarity of two families of one domain: SQL and shell tasks of one benchmark have .18, office tasks .39."""
SAME_PROGRAMS = 0.6
"""Least similarity if only a shell is used: any two tasks of one corpus share some commands and runs."""
LARGEST = 12
"""Most rules of a joined family: a larger skill does not read as one subject."""
FEW_SAID = 2
"""Largest number of users' rules that join the other rules of their project: two remarks are too few for a skill."""


class _Domain(Value, frozen=True, kw_only=True):
    """Features of the work of a family."""

    family: Family
    project: str | None
    runs: frozenset[TrajectoryId]
    tools: dict[str, float]
    """Tool to the share of the family's runs that call it, times its rarity in all runs; of unit length."""
    programs: dict[str, float]
    """Program or language to the share of the family's rules that name it or its programs; of unit length."""
    is_said: bool
    """Whether all lessons of the family are users' words: such a family joins other rules only if it is small."""
    patterns: frozenset[str]
    """Patterns of the family's lessons."""

    @property
    def is_alone(self) -> bool:
        """Return whether the family is a single rule of a single project, which is too little for a skill."""
        return self.project is not None and len(self.family.clusters) == 1 and not self.is_said


def joined_by_domain(
    families: Sequence[Family], background: Background, granted: Container[ClusterId] = ()
) -> list[Family]:
    """Join *families* of one project and one domain, the most similar first; their order does not matter.

    Similarity is the cosine of the tools that their runs call, or the share of common runs; if runs use only a shell,
    the cosine of the programs that the rules name. Words of lessons are not compared: in a small sample words agree by
    chance.

    Rules that only a person's consent brings in (*granted*) join the families of other rules, and neither count for
    the size of a family nor change which families are joined.
    """
    company = _company(background)
    ordered = sorted(families, key=lambda family: family.id)
    own = [(family, tuple(item for item in family.clusters if item.id not in granted)) for family in ordered]
    domains = [_domain(family_of(clusters), background, company) for _, clusters in own if clusters]
    domains.sort(key=lambda item: item.family.id)
    for find in (_nearest, _nearest_alone, _nearest_said):
        while (pair := find(domains)) is not None:
            one, other = pair
            whole = family_of([*one.family.clusters, *other.family.clusters])
            domains = [item for item in domains if item not in pair]
            domains.append(_domain(whole, background, company))
            domains.sort(key=lambda item: item.family.id)
    return _with_granted(domains, own, background, company)


def _nearest_alone(domains: Sequence[_Domain]) -> tuple[_Domain, _Domain] | None:
    """Return a single rule of a project with the most similar family of several projects; None if there is none.

    Single rules of two projects, both of one pattern, are such a pair too. The text of each rule names its project.
    """
    found = [
        (-round(likeness, 6), one.family.id, other.family.id, (one, other))
        for one in domains
        for other in domains
        if one.is_alone
        and one.project != other.project
        and not other.is_said
        and len(other.family.clusters) < LARGEST
        and (other.project is None or (other.is_alone and one.patterns == other.patterns))
        and (likeness := _of_work(one, other)) >= SAME_WORK
    ]
    return min(found, key=lambda item: item[:3])[3] if found else None


def _nearest_said(domains: Sequence[_Domain]) -> tuple[_Domain, _Domain] | None:
    """Return a small family of users' words with the largest family of its project; None if there is no such pair."""
    found = [
        (-len(other.family.clusters), other.family.id, one.family.id, (one, other))
        for one in domains
        for other in domains
        if one.is_said
        and len(one.family.clusters) <= FEW_SAID
        and one.project is not None
        and one.project == other.project
        and not other.is_said
        and len(one.family.clusters) + len(other.family.clusters) <= LARGEST
    ]
    return min(found, key=lambda item: item[:3])[3] if found else None


def _with_granted(
    domains: Sequence[_Domain],
    families: Sequence[tuple[Family, tuple[Cluster, ...]]],
    background: Background,
    company: Mapping[str, Mapping[str, float]],
) -> list[Family]:
    """Add granted rules to the families of *domains*.

    Args:
        domains: Domains of the other rules.
        families: Families before they were joined, each with its rules that are not granted.
        background: The lessons, and the known facts about their trajectories.
        company: Weights of tools by the tools that are called with them.

    Returns:
        Each domain's family with its granted rules, then families of the granted rules that are similar to no domain.
    """
    homes = {item.id: place for place, domain in enumerate(domains) for item in domain.family.clusters}
    more: list[list[Cluster]] = [[] for _ in domains]
    alone: list[Family] = []
    for family, own in families:
        rest = [item for item in family.clusters if item not in own]
        if own:
            more[homes[own[0].id]] += rest
            continue
        domain = _domain(family, background, company)
        found = [
            (_likeness(domain, other), -place) for place, other in enumerate(domains) if _is_one_kind(domain, other)
        ]
        likeness, place = max(found, default=(0.0, 0))
        if likeness >= SAME_WORK:
            more[-place] += rest
        else:
            alone.append(family)
    whole = [
        family_of([*domain.family.clusters, *added]) if added else domain.family
        for domain, added in zip(domains, more, strict=True)
    ]
    return [*whole, *alone]


def joined_by_name(
    families: Sequence[Family], background: Background, granted: Container[ClusterId] = ()
) -> list[Family]:
    """Join *families* of one project whose best names are the same: two skills of one name are near-duplicates.

    The order of *families* affects only the order of the result. Families that would be too large are not joined; rules
    that only a person's consent brings in (*granted*) do not count for the size.
    """
    groups: dict[tuple[str, str | None, bool], list[Family]] = {}
    for family in families:
        own = tuple(item for item in family.clusters if item.id not in granted) or family.clusters
        is_said = all(lesson.is_said for lesson in background.members(own))
        groups.setdefault((family.candidates[0], background.project(own), is_said), []).append(family)
    whole: list[Family] = []
    for group in groups.values():
        clusters = [cluster for family in group for cluster in family.clusters]
        n_own = sum(item.id not in granted for item in clusters)
        whole += group if len(group) == 1 or n_own > LARGEST else [family_of(clusters)]
    return whole


def _company(background: Background) -> dict[str, dict[str, float]]:
    """Return for each tool the weights of the tools called in the same runs: share of these runs, times rarity.

    A run calls only a few of the tools of its domain; the other tools that are called together with each of them supply
    the rest.
    """
    telling = [[tool for tool in tools if tool.lower() not in GENERIC_TOOLS] for tools in background.tools.values()]
    counts = Counter(tool for tools in telling for tool in tools)
    rarity = {tool: math.log(1 + len(background.tools) / count) for tool, count in counts.items()}
    together: dict[str, Counter[str]] = {}
    for tools in telling:
        for tool in tools:
            together.setdefault(tool, Counter()).update(tools)
    return {
        tool: {other: count / counts[tool] * rarity[other] for other, count in beside.items()}
        for tool, beside in together.items()
    }


def _domain(family: Family, background: Background, company: Mapping[str, Mapping[str, float]]) -> _Domain:
    lessons = background.members(family.clusters)
    runs = supporting_runs(lessons)
    counts = Counter(tool for run in runs for tool in background.tools.get(run, ()) if tool in company)
    weights: dict[str, float] = {}
    for tool, count in sorted(counts.items()):
        for other, weight in company[tool].items():
            weights[other] = weights.get(other, 0.0) + count * company[tool][tool] * weight
    named = Counter(one for cluster in family.clusters for one in programs_of(cluster, background) - {SHELL})
    return _Domain(
        family=family,
        project=background.project(family.clusters),
        runs=runs,
        tools=_unit(weights),
        programs=_unit(named),
        is_said=bool(lessons) and all(lesson.is_said for lesson in lessons),
        patterns=frozenset(lesson.pattern for lesson in lessons),
    )


def _unit(weights: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(weight**2 for weight in weights.values()))
    return {name: weight / length for name, weight in sorted(weights.items())}


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(weight * other.get(name, 0.0) for name, weight in one.items())


def _nearest(domains: Sequence[_Domain]) -> tuple[_Domain, _Domain] | None:
    """Return the two most similar families that may be joined; None if there are none."""
    found = [
        (-round(likeness, 6), one.family.id, other.family.id, (one, other))
        for one, other in combinations(domains, 2)
        if _may_be_one(one, other) and (likeness := _likeness(one, other)) >= SAME_WORK
    ]
    return min(found, key=lambda item: item[:3])[3] if found else None


def _may_be_one(one: _Domain, other: _Domain) -> bool:
    return _is_one_kind(one, other) and len(one.family.clusters) + len(other.family.clusters) <= LARGEST


def _is_one_kind(one: _Domain, other: _Domain) -> bool:
    return one.project == other.project and not one.is_said and not other.is_said


def _likeness(one: _Domain, other: _Domain) -> float:
    if one.project is not None and 1 in (len(one.family.clusters), len(other.family.clusters)):
        return max(_of_runs(one, other), SAME_WORK)
    return _of_work(one, other)


def _of_runs(one: _Domain, other: _Domain) -> float:
    return len(one.runs & other.runs) / max(1, min(len(one.runs), len(other.runs)))


def _of_work(one: _Domain, other: _Domain) -> float:
    """Return the likeness of the tools or programs of both, or their share of common runs if that is higher."""
    shared = _of_runs(one, other)
    if one.tools and other.tools:
        return max(shared, _cosine(one.tools, other.tools))
    likeness = max(shared, _cosine(one.programs, other.programs))
    return likeness if likeness >= SAME_PROGRAMS else 0.0
