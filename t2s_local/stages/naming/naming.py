"""Names that distinguish a subject from other subjects, and that do not change when the input grows."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from t2s_local.ports.writer import Background, RuleBackground
from t2s_local.skills.rules_front import RESERVED
from t2s_local.stages.naming.requests import KnownRequests
from t2s_local.stages.naming.rule_names.rule_names import TASK_WORTH, RuleNames
from t2s_local.stages.naming.stopwords import STOP
from t2s_local.stages.naming.subjects import SAID
from t2s_local.stages.naming.work import asked_names, in_language, work_of
from t2s_local.values.cluster import Cluster, ClusterId, Family
from t2s_local.values.lesson import Lesson, supporting_runs

FITS = 0.5
"""Least product of worth and squared coverage for a name to fit a family."""
SAID_OF_RULES = 0.6
"""Least worth of a name after the content of rules: tools, commands, errors, kinds. Other names agree by chance."""
FEW = 2
"""Largest number of rules of one of several projects that are named after the project, whatever they are about."""
HALF = 0.5
"""Least share of the rules that a name must cover to be more specific than the use of a shell."""
MOST_LABELS = 8
MOST_CANDIDATES = 12
KEPT_OVERLAP = 0.5
"""Least share of the smaller set of lessons, now or earlier, that both must share for a subject to keep its name."""
KEPT_OF_LARGER = 0.4
"""Least share of the larger set: a subject may double, but a single rule does not name all rules that it joins."""


_ABBREVIATED = 3
_TASK_SHARE = 0.5
"""Least share of the runs whose tasks must mention an object for a skill to be named after it."""
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(10))})
_Key = TypeVar("_Key", bound=str)
_LONGEST = 48
"""Most characters of a name; the format allows 64, and a run may add a number."""


def labels(
    clusters: Sequence[Cluster], background: Background, rule_names: RuleNames | None = None
) -> dict[ClusterId, tuple[str, ...]]:
    """Return up to 8 terms that distinguish each cluster from the others, the most distinctive first.

    The weight is the share of a cluster's lessons and tasks that contain the term, times the logarithm of how few
    clusters do (tf-idf).
    """
    known = rule_names or RuleNames()
    shares = {cluster.id: _term_shares(background.members((cluster,)), background, known) for cluster in clusters}
    ranked = _rank(shares)
    return {key: tuple(list(found)[:MOST_LABELS]) for key, found in ranked.items()}


def name_families(
    families: Sequence[Family],
    background: RuleBackground,
    *,
    known: Mapping[str, Sequence[str]],
    rule_names: RuleNames | None = None,
    requests: KnownRequests | None = None,
) -> tuple[Family, ...]:
    """Return the families with their candidate names, and with the old name of a subject that an earlier run had.

    Args:
        families: The families of this run.
        background: Their lessons and tasks.
        known: Names of earlier runs, each with its lessons.
        rule_names: Names of rules and terms that were computed already.
        requests: Requests of families that were found already.
    """
    read, asked = rule_names or RuleNames(), requests or KnownRequests()
    names = keep_names({family.id: _lesson_ids(family, background) for family in families}, known)
    shares = {family.id: _subject_shares(family, background, read) for family in families}
    ranked = _rank(shares)
    topics = _rank(
        {family.id: _term_shares(background.members(family.clusters), background, read) for family in families}
    )
    wanted = Counter(next(iter(ranked[family.id]), None) for family in families)
    return tuple(
        msgspec.structs.replace(
            family,
            candidates=tuple(
                _spelt(
                    [
                        *_candidates(family, background, ranked[family.id], wanted, read, asked),
                        *_fallbacks(topics[family.id]),
                    ]
                )
            )[:MOST_CANDIDATES],
            name=family.name or names.get(family.id),
        )
        for family in families
    )


def _candidates(
    family: Family,
    background: RuleBackground,
    ranked: Mapping[str, float],
    wanted: Mapping[str | None, int],
    read: RuleNames,
    asked: KnownRequests,
) -> list[str]:
    """Return names for a family, best first; names that other families have too are extended by the project.

    If no name derived from its rules fits most of them, the family is named after the work that they share.

    Args:
        family: The family.
        background: Its lessons, and the projects of their runs.
        ranked: Its names, best first.
        wanted: For each name the number of families for which it is the best.
        read: Names of the rules.
        asked: Requests of families.
    """
    worths = {name: one.worth for name, one in read.coverage(family.clusters, background).items()}
    work = work_of(family, background, read)
    said = [name for name in ranked if worths[name] >= SAID_OF_RULES]
    found = [name for name in said if name not in work.vague]
    vague = [name for name in said if name in work.vague]
    if not _fits(family.clusters, background, found[:1], read):
        half = [name for name in found if _share(family.clusters, background, name, read) >= HALF]
        found = [
            *work.telling,
            *half,
            *work.broad,
            *(asked_names(family, background, asked) if vague else ()),
            *vague,
            *said,
        ]
    found = [in_language(name, family, background, asked) for name in dict.fromkeys([*found, *ranked])]
    project = background.project(family.clusters)
    slug = None if project is None else _slug(_short(project, background))
    if slug is None:
        return [*_in_harness(found[:1], background.harness(family.clusters)), *found]
    if found[:1] == [SAID]:
        return [f"following-{slug}-conventions", *found]
    is_lone = len(family.clusters) <= FEW and len(set(background.projects.values())) > 1
    if is_lone or vague:
        return [f"working-on-{slug}", *found]
    if found and wanted[found[0]] > 1:
        return [f"{found[0]}-in-{slug}", *found]
    is_named = work.telling or work.broad or _fits(family.clusters, background, found[:1], read)
    return found if is_named else [f"working-on-{slug}", *found]


def _in_harness(names: Sequence[str], harness: str | None) -> list[str]:
    """Return *names* with the harness that the rules are about: ``using-python-in-intercode``."""
    return [] if harness is None else [f"{name}-in-{_slug(harness)}" for name in names]


def _fits(clusters: Sequence[Cluster], background: Background, names: Sequence[str], read: RuleNames) -> bool:
    """Return whether the first of *names* fits most rules; each rule counts once, whatever its support."""
    found = [read.of(cluster, background).coverage for cluster in clusters]
    shares = [one[names[0]].worth * one[names[0]].share for one in found if names and names[0] in one]
    return sum(shares) / len(found) * len(shares) / len(found) >= FITS if shares else False


def _share(clusters: Sequence[Cluster], background: Background, name: str, read: RuleNames) -> float:
    """Return the share of the rules that *name* is a name for."""
    return sum(name in read.of(cluster, background).worths for cluster in clusters) / len(clusters)


def _short(project: str, background: Background) -> str:
    """Return the last part of *project* if it has more than three letters and is unique, otherwise *project*."""
    last = project.rpartition("/")[2]
    same = {other for other in background.projects.values() if other.rpartition("/")[2].lower() == last.lower()}
    return last if len(same) == 1 and len(last) > _ABBREVIATED else project


def _slug(project: str) -> str:
    """Return a project in lower case with hyphens: ``owner/Some_Name`` -> ``owner-some-name``."""
    return "-".join(part for part in re.split(r"[^a-z0-9]+", project.lower()) if part)


def keep_names(now: Mapping[str, frozenset[str]], known: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the names of subjects that an earlier run had, by subject id: each name and each subject at most once.

    Pairs of a subject and a name are sorted by the common share of lessons, largest first, then by the number of common
    lessons, then by name. The common lessons have to be a large share of both sets: a subject that was absorbed passes
    on no name.

    Args:
        now: Lessons of each subject, by its id.
        known: Lessons of each earlier name.
    """
    pairs_found = []
    for name, lessons in known.items():
        before = frozenset(lessons)
        for key, after in now.items():
            common = len(before & after)
            sizes = sorted((len(before), len(after)))
            if common and common >= KEPT_OVERLAP * sizes[0] and common >= KEPT_OF_LARGER * sizes[1]:
                pairs_found.append((-common / len(before | after), -common, name, key))
    kept: dict[str, str] = {}
    for _, _, name, key in sorted(pairs_found):
        if key not in kept and name not in kept.values():
            kept[key] = name
    return kept


def is_usable(name: str) -> bool:
    """Return whether *name* is valid as a folder on every system and as a name in the format."""
    plain = name.replace("-", "")
    return (
        name.isascii()
        and plain.isalnum()
        and name == name.lower()
        and "--" not in name
        and not name.startswith("-")
        and not name.endswith("-")
        and name not in _DEVICES
        and not any(word in name for word in RESERVED)
        and 3 <= len(name) <= _LONGEST
    )


def _lesson_ids(family: Family, background: Background) -> frozenset[str]:
    return frozenset(lesson.id for lesson in background.members(family.clusters))


def _term_shares(lessons: Sequence[Lesson], background: Background, read: RuleNames) -> dict[str, float]:
    """Return for each term the share of the tasks plus the share of the lessons that contain it.

    A term that only one of several tasks or lessons contains is left out.
    """
    runs = sorted(supporting_runs(lessons))
    in_tasks = Counter(term for run in runs for term in read.asked_of(run, background).terms)
    said = Counter(term for lesson in lessons for term in read.terms(lesson))
    shares: dict[str, float] = {}
    for counted, total in ((in_tasks, len(runs)), (said, len(lessons))):
        for term, count in counted.items():
            if count > 1 or total == 1:
                shares[term] = shares.get(term, 0.0) + count / total
    return shares


def _subject_shares(family: Family, background: Background, read: RuleNames) -> dict[str, float]:
    """Return for each name its worth times the square of the share it covers.

    The square makes a name that covers everything win over a more specific one that covers a third. Words of tasks are
    left out unless at least half of the tasks mention them.
    """
    return {
        name: one.worth * one.share**2
        for name, one in read.coverage(family.clusters, background).items()
        if one.worth > TASK_WORTH or one.share >= _TASK_SHARE
    }


def _rank(shares: Mapping[_Key, Mapping[str, float]]) -> dict[_Key, dict[str, float]]:
    spread = Counter(term for found in shares.values() for term in found)
    ranked: dict[_Key, dict[str, float]] = {}
    for key, found in shares.items():
        scores = {term: share * math.log(1 + len(shares) / spread[term]) for term, share in found.items()}
        ranked[key] = dict(sorted(scores.items(), key=lambda item: (-round(item[1], 9), item[0])))
    return ranked


def _fallbacks(topics: Mapping[str, float]) -> list[str]:
    best = [term.replace("_", "-") for term in topics if term not in STOP][:3]
    joined = ["-".join(best[:count]) for count in (2, 3, 1) if len(best) >= count]
    return [*joined, "recorded-lessons"]


def _spelt(names: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if is_usable(name)]
