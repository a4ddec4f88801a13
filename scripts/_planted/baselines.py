"""What others do with the same vectors: the groupings ours is compared with."""

import importlib.util
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from _planted.lessons import Planted
from t2s_local.clusterers.hdbscan import spanning_tree, stable_clusters
from t2s_local.embedders.static import StaticEmbedder
from t2s_local.stages.group.embed import lesson_text
from t2s_local.vectors.neighbours import neighbours

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

Labels = list[int | None]
EXACT_BELOW = 3_000
"""Rows above which plain HDBSCAN is computed on the graph of 32 neighbours; its labels differ by ARI .02 at most."""
GREEDY_COSINE = 0.75


def whole_trajectory(planted: Planted, vectors: "FloatMatrix", embedder: StaticEmbedder) -> Labels:
    """Each run as one vector: its lessons share a group, and runs are grouped by plain HDBSCAN."""
    runs = sorted(set(planted.runs))
    texts: dict[str, list[str]] = {run: [] for run in runs}
    for run, lesson in zip(planted.runs, planted.lessons, strict=True):
        texts[run].append(lesson_text(lesson))
    found = plain_hdbscan(planted, embedder.embed([". ".join(texts[run]) for run in runs]), embedder)
    group = dict(zip(runs, found, strict=True))
    return [group[run] for run in planted.runs]


def greedy_centroid(planted: Planted, vectors: "FloatMatrix", embedder: StaticEmbedder) -> Labels:
    """Each lesson joins the nearest centroid at cosine 0.75 or more, or founds one; a group of one is loose."""
    sums = np.zeros((64, vectors.shape[1]), np.float32)
    centres = np.zeros_like(sums)
    labels: list[int] = []
    for vector in vectors:
        k = max(labels, default=-1) + 1
        cosines = centres[:k] @ vector
        best = int(cosines.argmax()) if k else 0
        label = best if k and cosines[best] >= GREEDY_COSINE else k
        if label == len(sums):
            sums, centres = (np.vstack([part, np.zeros_like(part)]) for part in (sums, centres))
        sums[label] += vector
        centres[label] = sums[label] / np.linalg.norm(sums[label])
        labels.append(label)
    sizes = np.bincount(labels)
    return [label if sizes[label] > 1 else None for label in labels]


def plain_hdbscan(planted: Planted, vectors: "FloatMatrix", embedder: StaticEmbedder) -> Labels:
    """``hdbscan.HDBSCAN`` as it comes, on the raw vectors."""
    if len(vectors) < 6:
        return [None] * len(vectors)
    if len(vectors) <= EXACT_BELOW:
        from hdbscan import HDBSCAN

        return _named(HDBSCAN().fit(vectors.astype(np.float64)).labels_)
    rows, cosines = neighbours(vectors, 32)
    distances = np.sqrt(np.maximum(2.0 - 2.0 * cosines, 0.0))
    core = distances[:, 4]
    reach = np.maximum(np.maximum(distances, core[:, None]), core[rows])
    return _named(stable_clusters(spanning_tree(vectors, rows, reach), min_cluster_size=5))


def bertopic_defaults(planted: Planted, vectors: "FloatMatrix", embedder: StaticEmbedder) -> Labels:
    """The two steps BERTopic takes to its topics, with its defaults: UMAP to 5 dimensions, HDBSCAN of at least 10."""
    from hdbscan import HDBSCAN
    from umap import UMAP

    reducer = UMAP(n_neighbors=min(15, len(vectors) - 1), n_components=5, min_dist=0.0, metric="cosine", random_state=0)
    low = reducer.fit_transform(vectors)
    return _named(HDBSCAN(min_cluster_size=10, prediction_data=True).fit(low.astype(np.float64)).labels_)


def _named(labels: Sequence[int]) -> Labels:
    return [None if label < 0 else int(label) for label in labels]


Baseline = Callable[[Planted, "FloatMatrix", StaticEmbedder], Labels]
BASELINES: dict[str, Baseline] = {
    "whole trajectory": whole_trajectory,
    "greedy 0.75": greedy_centroid,
    "plain HDBSCAN": plain_hdbscan,
    "BERTopic defaults": bertopic_defaults,
}
NEEDS = {"BERTopic defaults": "umap"}
"""Package a baseline needs that the project does not."""


def available() -> tuple[dict[str, Baseline], list[str]]:
    """The baselines that can run here, and in words what is missing for the others."""
    missing = [name for name, package in NEEDS.items() if importlib.util.find_spec(package) is None]
    words = [f"{name} is left out: the package {NEEDS[name]} is not installed" for name in missing]
    return {name: run for name, run in BASELINES.items() if name not in missing}, words
