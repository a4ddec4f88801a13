"""Rank the parts of skills for a task by their descriptions alone."""

from collections.abc import Collection, Sequence

import numpy as np

from t2s_local.ports.grouping import Embedder
from t2s_local.skills.library.index.terms import likeness_of_texts, read_task
from t2s_local.stages.use.route.topology import Node, with_dependencies
from t2s_local.values.routing.ranking import RankedNode

_DIGITS = 4


def rank_nodes(
    nodes: Sequence[Node], task: str, embedder: Embedder, *, most: int, among: Collection[str]
) -> tuple[RankedNode, ...]:
    """Return the *most* nodes that suit a task best, the best first, and then the nodes that they require.

    Nodes are compared by title, keywords and summary; a node without common words and without similarity is left out.

    Args:
        nodes: Nodes of all skills.
        task: Text of the task.
        embedder: Embedder of the texts.
        most: Largest number of nodes that are chosen; required nodes are added to this number.
        among: Names of the skills whose nodes may be chosen; a required node may belong to any skill.
    """
    offered = [node for node in nodes if node.skill in among]
    if not offered:
        return ()
    text = read_task(task)
    texts = [node.text for node in offered]
    vectors = embedder.embed([text, *texts])
    cosines = np.maximum(vectors[1:] @ vectors[0], 0.0)
    scores = (cosines + likeness_of_texts(texts, text)) / 2
    order = sorted((row for row in range(len(offered)) if scores[row] > 0), key=lambda row: (-float(scores[row]), row))
    chosen = {offered[row].place: round(float(scores[row]), _DIGITS) for row in order[:most]}
    found = with_dependencies((offered[row] for row in order[:most]), nodes)
    return tuple(
        RankedNode(place=node.place, title=node.title, score=chosen.get(node.place), required_by=needed_by)
        for node, needed_by in found
    )
