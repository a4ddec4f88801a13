"""Whether descriptions are found by the tasks their rules come from, and by no others: words of tasks alone."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from t2s_local import registry
from t2s_local.ports.grouping import Embedder
from t2s_local.runs.finished.stored import finished_run, stored_background
from t2s_local.values.lesson import supporting_runs
from t2s_local.values.value import digest
from t2s_local.workspace import open_workspace

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

OTHERS = 30
"""Skills of other sets that are ranked beside those of a set, filled up with planted ones."""
MOST_TASKS = 200
"""Tasks of a set that are looked at, drawn by digest."""
_TOP = 3
_WORD = re.compile(r"[^\W\d_]{2,}")
_K, _B = 1.2, 0.75
"""Constants of Okapi BM25 (Robertson and Zaragoza 2009)."""


class Skills(NamedTuple):
    """The skills that were written from one set, and its tasks."""

    name: str
    described: tuple[str, ...]
    """Name and description of each skill."""
    tasks: tuple[str, ...]
    behind: tuple[frozenset[int], ...]
    """For each task the skills whose rules come from its runs."""


def skills_of(name: str, workspace: Path) -> Skills:
    """Read what the newest run in *workspace* wrote."""
    with open_workspace(workspace, command="bench") as opened:
        _, result = finished_run(opened, None)
        if not result.lessons:
            return Skills(name, (), (), ())
        known = stored_background(opened, None)
    clusters = {cluster.id: cluster for cluster in result.clusters}
    teaching = [supporting_runs(known.members(clusters[item] for item in skill.cluster_ids)) for skill in result.skills]
    behind: dict[str, set[int]] = {}
    for run, task in known.tasks.items():
        if task:
            behind.setdefault(task, set()).update(at for at, runs in enumerate(teaching) if run in runs)
    tasks = sorted(behind, key=digest)[:MOST_TASKS]
    described = tuple(f"{skill.name.replace('-', ' ')}: {skill.description}" for skill in result.skills)
    return Skills(name, described, tuple(tasks), tuple(frozenset(behind[task]) for task in tasks))


def pool_beside(one: Skills, sets: Sequence[Skills], planted: Sequence[Skills] = ()) -> list[str]:
    """Descriptions that the skills of *one* are ranked with: those of other *sets* first, then *planted* ones."""
    texts: list[str] = []
    for some in (sets, planted):
        found = [(other.name, text) for other in some if other.name != one.name for text in other.described]
        texts += [text for _, text in sorted(found, key=lambda item: digest(*item))]
    return texts[:OTHERS]


def measured(sets: Sequence[Skills], planted: Sequence[Skills] = ()) -> dict[str, float]:
    """Rank the skills of each set beside those of others, for its own tasks and for those of other sets.

    Args:
        sets: The sets whose tasks are looked at.
        planted: Sets whose skills fill up the others to thirty; their tasks are not looked at.

    Returns:
        ``right_first_…``: share of the tasks for which a skill that their runs support comes first; ``top_three_…``:
        share of skills and tasks of other sets for which the skill is among the first three; both by set and over all.
    """
    sets = [one for one in sets if one.described]
    embedder: Embedder = registry.load("t2s_local.embedders", "static").load(None)
    flat: dict[str, float] = {}
    for way in ("embedder", "words"):
        hits, strays = [], []
        for one in sets:
            texts = [*one.described, *pool_beside(one, sets, planted)]
            ranks = {item.name: _ranked(texts, item.tasks, embedder if way == "embedder" else None) for item in sets}
            own = [order[0] in right for order, right in zip(ranks[one.name], one.behind, strict=True) if right]
            away = [
                float(skill in order[:_TOP])
                for other in sets
                if other is not one
                for order in ranks[other.name]
                for skill in range(len(one.described))
            ]
            flat[f"right_first_{way}_{one.name.replace('-', '_')}"] = _mean(own)
            flat[f"top_three_elsewhere_{way}_{one.name.replace('-', '_')}"] = _mean(away)
            hits += own
            strays += away
        flat |= {f"right_first_{way}": _mean(hits), f"top_three_elsewhere_{way}": _mean(strays)}
    return flat | {
        "n_described_skills": sum(len(one.described) for one in sets),
        "least_skills_beside": min((len(pool_beside(one, sets, planted)) for one in sets), default=0),
        "top_three_elsewhere_by_chance": _by_chance(sets, planted),
    }


def _by_chance(sets: Sequence[Skills], planted: Sequence[Skills]) -> float:
    """Share among the first three for tasks of other sets where right skills stand first and the rest by chance."""
    shares = []
    for one in sets:
        n_texts = len(one.described) + len(pool_beside(one, sets, planted))
        right = [len(found) for other in sets if other is not one for found in other.behind]
        shares += [max(0, _TOP - n) / (n_texts - n) for n in right for _ in one.described]
    return _mean(shares)


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def _ranked(texts: Sequence[str], tasks: Sequence[str], embedder: Embedder | None) -> list[list[int]]:
    """Order *texts* for each of *tasks*, the most alike first: by vectors, or without an embedder by words."""
    if not tasks or not texts:
        return [[-1] for _ in tasks]
    scores = _by_words(texts, tasks) if embedder is None else embedder.embed(tasks) @ embedder.embed(texts).T
    return [list(map(int, order)) for order in np.argsort(-scores, axis=1, kind="stable")]


def _by_words(texts: Sequence[str], tasks: Sequence[str]) -> "FloatMatrix":
    """Okapi BM25 of *texts* for each of *tasks*."""
    counts = [Counter(_stems(text)) for text in texts]
    spread = Counter(word for found in counts for word in found)
    mean = sum(found.total() for found in counts) / len(counts)
    scores = np.zeros((len(tasks), len(texts)), np.float32)
    for row, task in enumerate(tasks):
        for word in set(_stems(task)) & spread.keys():
            weight = math.log(1 + (len(texts) - spread[word] + 0.5) / (spread[word] + 0.5))
            for column, found in enumerate(counts):
                if n := found[word]:
                    scores[row, column] += weight * n * (_K + 1) / (n + _K * (1 - _B + _B * found.total() / mean))
    return scores


def _stems(text: str) -> list[str]:
    return [word.lower().removesuffix("s") for word in _WORD.findall(text.replace("_", " "))]
