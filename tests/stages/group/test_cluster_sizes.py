"""Planted lessons from 8 to 400: found again at each size, in any order, and steadily."""

import random
from collections.abc import Callable
from importlib import import_module
from statistics import median
from types import ModuleType

import pytest

from t2s_local import registry
from t2s_local.embedders import static
from t2s_local.stages.group.cluster import cluster
from t2s_local.stages.group.dedupe import dedupe
from t2s_local.stages.group.embed import embed_lessons
from t2s_local.values.cluster import Clustering
from t2s_local.values.lesson import Lesson
from tests.places import ROOT

Module = Callable[[str], ModuleType]


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Module:
    """Imports a module of scripts/_planted by name."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return lambda name: import_module(f"_planted.{name}")


def clustered(lessons: list[Lesson]) -> tuple[Clustering, dict[str, str]]:
    """The clusters, and for each lesson, absorbed ones included, the one that stands for it."""
    vectors = embed_lessons(lessons, static.load(None))
    unique = dedupe(lessons, vectors)
    keeper = {item.id: item.id for item in lessons} | {pair.absorbed: pair.kept for pair in unique.duplicates}
    clusterer = registry.load("t2s_local.clusterers", "auto").load()
    found = cluster(
        unique, vectors[list(unique.rows)], lessons={item.id: item for item in lessons}, clusterer=clusterer
    )
    return found, {str(one): str(kept) for one, kept in keeper.items()}


@pytest.mark.parametrize("n", [8, 20, 50, 200, 400])
def test_what_was_planted_is_found_again_at_each_size(module: Module, n: int) -> None:
    scores = []
    for seed in range(3 if n <= 50 else 1):
        planted = module("lessons").plant(n, seed=seed)
        found, keeper = clustered(list(planted.lessons))
        home = {str(one): number for number, item in enumerate(found.clusters) for one in item.lesson_ids}
        labels = [home.get(keeper[item.id]) for item in planted.lessons]
        scores.append(module("measure").quality(planted.truth, labels).f1)
    assert median(scores) >= 0.85


@pytest.mark.parametrize("n", [8, 20, 50, 200, 400])
def test_the_order_in_which_lessons_come_does_not_show(module: Module, n: int) -> None:
    lessons = list(module("lessons").plant(n, seed=3).lessons)
    assert clustered(random.Random(7).sample(lessons, n))[0] == clustered(lessons)[0]


def test_most_clusters_of_planted_lessons_are_stable(module: Module) -> None:
    found, _ = clustered(list(module("lessons").plant(100, seed=0).lessons))
    steady = [item.stability for item in found.clusters if item.stability is not None]
    assert median(steady) >= 0.9
    assert all(item.stability is None for item in found.clusters if len(item.lesson_ids) == 1)
