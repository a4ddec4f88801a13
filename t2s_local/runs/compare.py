"""Compare two runs: the lessons, clusters and skills that appeared, changed or disappeared."""

from collections.abc import Mapping

from t2s_local.runs.result import RunResult
from t2s_local.text.text import jaccard
from t2s_local.values.cluster import Cluster
from t2s_local.values.skill import Skill
from t2s_local.values.value import Value

_SAME = 0.5
"""Share of common lessons (of all lessons in both) from which two clusters count as the same cluster, changed."""


class RunChange(Value, frozen=True, kw_only=True):
    """Changes of one kind of value between two runs: names or texts, each list sorted."""

    appeared: tuple[str, ...]
    changed: tuple[str, ...]
    went: tuple[str, ...]
    n_same: int


class Comparison(Value, frozen=True, kw_only=True):
    """Differences between two runs."""

    inputs: tuple[str, ...]
    """Differences in files, versions and settings, one clause each."""
    lessons: RunChange
    clusters: RunChange
    skills: RunChange


def compare(before: RunResult, after: RunResult, *, inputs: tuple[str, ...]) -> Comparison:
    """Compare the results of two runs.

    Args:
        before: Result of the earlier run.
        after: Result of the later run.
        inputs: Clauses of :func:`t2s_local.runs.manifest.differences`.
    """
    return Comparison(
        inputs=inputs,
        lessons=_lessons(before, after),
        clusters=_clusters(before, after),
        skills=_change(_by_name(before.skills), _by_name(after.skills)),
    )


def _by_name(skills: tuple[Skill, ...]) -> dict[str, object]:
    return {skill.name: skill.files for skill in skills}


def _change(before: Mapping[str, object], after: Mapping[str, object]) -> RunChange:
    shared = before.keys() & after.keys()
    changed = sorted(name for name in shared if before[name] != after[name])
    return RunChange(
        appeared=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(changed),
        went=tuple(sorted(before.keys() - after.keys())),
        n_same=len(shared) - len(changed),
    )


def _lessons(before: RunResult, after: RunResult) -> RunChange:
    """Compare lessons by their text: a lesson with the same text and other evidence has changed."""
    return _change(_by_text(before), _by_text(after))


def _by_text(result: RunResult) -> dict[str, object]:
    found: dict[str, set[str]] = {}
    for lesson_id, text in result.lessons.items():
        found.setdefault(text, set()).add(lesson_id)
    return dict(found)


def _clusters(before: RunResult, after: RunResult) -> RunChange:
    """Compare clusters by the texts of their lessons: a cluster that keeps at least half of the texts has changed."""
    old, new = _contents(before), _contents(after)
    heirs: dict[str, str] = {}
    for name, lessons in sorted(new.items()):
        best = max(old, key=lambda other: (jaccard(old[other], lessons, empty=0.0), other), default=None)
        if best is not None and best not in heirs.values() and jaccard(old[best], lessons, empty=0.0) >= _SAME:
            heirs[name] = best
    changed = tuple(sorted(_title(name, after) for name, heir in heirs.items() if new[name] != old[heir]))
    return RunChange(
        appeared=tuple(sorted(_title(name, after) for name in new.keys() - heirs.keys())),
        changed=changed,
        went=tuple(sorted(_title(name, before) for name in old.keys() - set(heirs.values()))),
        n_same=len(heirs) - len(changed),
    )


def _contents(result: RunResult) -> dict[str, frozenset[str]]:
    return {
        cluster.id: frozenset(result.lessons.get(lesson_id, lesson_id) for lesson_id in cluster.lesson_ids)
        for cluster in result.clusters
    }


def _title(cluster_id: str, result: RunResult) -> str:
    cluster: Cluster = next(item for item in result.clusters if item.id == cluster_id)
    return result.lessons.get(cluster.lesson_ids[0], cluster_id)
