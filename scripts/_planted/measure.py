"""How well groups agree with what was planted.

Duplicates are measured twice. ``repeated`` is the plain share: of the groups that could become a skill, those that tell
what another one tells already. A method that leaves everything loose has none of them, and none of anything else; so
``duplicates`` counts what a reader would meet of every planted lesson that three runs support: the skills that tell it,
and where no skill does, every place its lessons were left in, each of which says the same again.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Agreement of one grouping with the truth, each figure in [0, 1]."""

    precision: float
    """B-cubed: share of a lesson's group that says the same as it, averaged over lessons."""
    recall: float
    f1: float
    ari: float
    """Adjusted Rand index; a loose lesson is a group of its own."""
    loose: float
    """Share of lessons in no group."""
    duplicates: float
    """Share of tellings of planted lessons that three runs support or more which say again what another one says."""
    repeated: float
    """Share of the groups that could become a skill whose subject another such group has already."""
    found: float
    """Share of planted lessons with three occurrences or more that a group stands for: most of the group is theirs."""
    pure: float
    """Share of groups in which one planted lesson has the majority."""


SKILL = 3
"""Distinct trajectories a group needs to become a skill."""


def quality(truth: Sequence[str], labels: Sequence[int | None], runs: Sequence[str] | None = None) -> Quality:
    """Compare *labels*, None for loose, with *truth*; *runs* are the lessons' trajectories, by default one each."""
    groups: list[Hashable] = [f"loose {row}" if label is None else label for row, label in enumerate(labels)]
    sizes, classes, cells = Counter(groups), Counter(truth), Counter(zip(groups, truth, strict=True))
    n = len(truth)
    precision = sum(count * count / sizes[group] for (group, _), count in cells.items()) / n
    recall = sum(count * count / classes[name] for (_, name), count in cells.items()) / n
    behind = list(runs or map(str, range(n)))
    repeated, found, pure = _groups(truth, labels, behind)
    return Quality(
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall),
        ari=_ari(sizes, classes, cells, n),
        loose=sum(label is None for label in labels) / n,
        duplicates=_duplicates(truth, groups, behind, sizes, cells),
        repeated=repeated,
        found=found,
        pure=pure,
    )


def _ari(sizes: Counter[Hashable], classes: Counter[str], cells: Counter[tuple[Hashable, str]], n: int) -> float:
    def pairs(counts: Counter[Hashable] | Counter[str] | Counter[tuple[Hashable, str]]) -> float:
        return sum(count * (count - 1) / 2 for count in counts.values())

    both, one, other, total = pairs(cells), pairs(sizes), pairs(classes), n * (n - 1) / 2
    expected = one * other / total if total else 0.0
    most = (one + other) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def _duplicates(
    truth: Sequence[str],
    groups: Sequence[Hashable],
    runs: Sequence[str],
    sizes: Counter[Hashable],
    cells: Counter[tuple[Hashable, str]],
) -> float:
    places: defaultdict[str, set[Hashable]] = defaultdict(set)
    behind: defaultdict[Hashable, set[str]] = defaultdict(set)
    for name, group, run in zip(truth, groups, runs, strict=True):
        places[name].add(group)
        behind[group].add(run)
        behind["of", name].add(run)
    tellings = 0
    wanted = [name for name in places if len(behind["of", name]) >= SKILL]
    for name in wanted:
        skills = [at for at in places[name] if 2 * cells[at, name] > sizes[at] and len(behind[at]) >= SKILL]
        tellings += len(skills or places[name])
    return (tellings - len(wanted)) / tellings if tellings else 0.0


def _groups(truth: Sequence[str], labels: Sequence[int | None], runs: Sequence[str]) -> tuple[float, float, float]:
    members: defaultdict[int, Counter[str]] = defaultdict(Counter)
    behind: defaultdict[int, set[str]] = defaultdict(set)
    for name, label, run in zip(truth, labels, runs, strict=True):
        if label is not None:
            members[label][name] += 1
            behind[label].add(run)
    subjects = {label: counts.most_common(1)[0] for label, counts in members.items()}
    ruled = [name for label, (name, count) in subjects.items() if 2 * count > members[label].total()]
    skills = [name for label, (name, _) in subjects.items() if len(behind[label]) >= SKILL]
    wanted = {name for name, count in Counter(truth).items() if count >= 3}
    return (
        (len(skills) - len(set(skills))) / len(skills) if skills else 0.0,
        len(wanted & set(ruled)) / len(wanted) if wanted else 1.0,
        len(ruled) / len(subjects) if subjects else 1.0,
    )
