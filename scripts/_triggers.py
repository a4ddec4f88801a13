"""Search for skills by their descriptions, with the texts of tasks: of those behind the rules, and of others.

A task of another set is no task of another domain where both sets record runs of one benchmark: a customer who wants to
change a flight is the same customer in tau-bench and in tau2-bench, and a skill from either set is a right answer.
`SAME_TASKS` lists these sets, by the sources that their SOURCE.md names. Every figure is computed twice: strictly, with
each set against all others, and apart (`…_apart`), where the skills of sets with the same tasks are left out of the
ranking, and their tasks out of the tasks of other sets. Nobody has both skills installed: each library is from one set.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
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
SAME_TASKS = (
    frozenset({"tau-bench", "tau2-bench"}),
    frozenset({"aider-swe-bench", "mini-swe-agent", "swe-agent"}),
    frozenset({"fireact", "reflexion"}),
)
"""Sets with tasks of one benchmark: customers of an airline and a shop, issues of SWE-bench, questions of HotpotQA."""
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
    """Return descriptions to rank with the skills of *one*: those of other *sets* first, then *planted* ones."""
    texts: list[str] = []
    for some in (sets, planted):
        found = [(other.name, text) for other in some if other.name != one.name for text in other.described]
        texts += [text for _, text in sorted(found, key=lambda item: digest(*item))]
    return texts[:OTHERS]


def have_same_tasks(one: Skills, other: Skills) -> bool:
    """Return whether the tasks of both sets are of one benchmark."""
    return any({one.name, other.name} <= names for names in SAME_TASKS)


def measured(sets: Sequence[Skills], planted: Sequence[Skills] = ()) -> dict[str, float]:
    """Rank the skills of each set beside those of others, for its own tasks and for those of other sets.

    Args:
        sets: The sets whose tasks are looked at.
        planted: Sets whose skills fill up the others to thirty; their tasks are not looked at.

    Returns:
        ``right_first_…``: share of the tasks for which a skill that their runs support comes first;
        ``top_three_elsewhere_…``: share of skills and tasks of other sets for which the skill is among the first three;
        both by set and over all, strictly and ``…_apart``.
    """
    sets = [one for one in sets if one.described]
    flat: dict[str, float] = {}
    for way, scored in (("embedder", _ByVectors()), ("words", _by_words)):
        for suffix, is_apart in (("", False), ("_apart", True)):
            hits, strays = [], []
            for one in sets:
                others = [
                    other for other in sets if other is not one and not (is_apart and have_same_tasks(one, other))
                ]
                texts = [*one.described, *pool_beside(one, others, planted)]
                own = [
                    order[0] in right
                    for order, right in zip(_ranked(scored(texts, one.tasks)), one.behind, strict=True)
                    if right
                ]
                away = [
                    float(skill in order[:_TOP])
                    for other in others
                    for order in _ranked(scored(texts, other.tasks))
                    for skill in range(len(one.described))
                ]
                flat[f"right_first_{way}_{one.name.replace('-', '_')}{suffix}"] = _mean(own)
                flat[f"top_three_elsewhere_{way}_{one.name.replace('-', '_')}{suffix}"] = _mean(away)
                hits += own
                strays += away
            flat |= {f"right_first_{way}{suffix}": _mean(hits), f"top_three_elsewhere_{way}{suffix}": _mean(strays)}
    return flat | {
        "n_described_skills": sum(len(one.described) for one in sets),
        "least_skills_beside": min((len(pool_beside(one, sets, planted)) for one in sets), default=0),
        "top_three_elsewhere_by_chance": _by_chance(sets, planted),
    }


class _ByVectors:
    """Cosines by the shipped embedder; vectors of texts are kept, since each is asked for with many others."""

    def __init__(self) -> None:
        self._embedder: Embedder = registry.load("t2s_local.embedders", "static").load(None)
        self._known: dict[tuple[str, ...], FloatMatrix] = {}

    def __call__(self, texts: Sequence[str], tasks: Sequence[str]) -> "FloatMatrix":
        """Return cosines of shape ``(len(tasks), len(texts))``."""
        return self._vectors(tasks) @ self._vectors(texts).T

    def _vectors(self, texts: Sequence[str]) -> "FloatMatrix":
        key = tuple(texts)
        if key not in self._known:
            self._known[key] = self._embedder.embed(texts)
        return self._known[key]


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


def _ranked(scores: "FloatMatrix") -> list[list[int]]:
    """Return for each row of *scores* the columns, the largest score first."""
    return [list(map(int, order)) for order in np.argsort(-scores, axis=1, kind="stable")]


def _by_words(texts: Sequence[str], tasks: Sequence[str]) -> "FloatMatrix":
    """Return Okapi BM25 of *texts* for each of *tasks*, of shape ``(len(tasks), len(texts))``."""
    counts = [Counter(_stems(text)) for text in texts]
    spread = Counter(word for found in counts for word in found)
    mean = sum(found.total() for found in counts) / len(counts)
    scores = np.zeros((len(tasks), len(texts)), np.float32)
    weights: dict[str, list[tuple[int, float]]] = {}
    for column, found in enumerate(counts):
        for word, n in found.items():
            rare = math.log(1 + (len(texts) - spread[word] + 0.5) / (spread[word] + 0.5))
            weight = rare * n * (_K + 1) / (n + _K * (1 - _B + _B * found.total() / mean))
            weights.setdefault(word, []).append((column, weight))
    for row, task in enumerate(tasks):
        for word in set(_stems(task)) & spread.keys():
            for column, weight in weights[word]:
                scores[row, column] += weight
    return scores


@cache
def _stems(text: str) -> list[str]:
    return [word.lower().removesuffix("s") for word in _WORD.findall(text.replace("_", " "))]
