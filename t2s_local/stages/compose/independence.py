"""Independence of runs: no single conversation may supply most of a skill.

The source of a run is its conversation. For a sub-agent, this is the conversation of the run that started it; for a
page of a session, the session; for a branch, the conversation whose branches are in the same file; for any other run,
the run itself. The pages of a session may be anywhere: agents write them into a file for each work tree, day or branch.
A file is no source, since a benchmark writes a thousand independent runs into one; a person or a project is none
either, since most people have only their own runs to learn from.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from t2s_local.ports.writer import Background
from t2s_local.stages.intake.corpus import Outline
from t2s_local.values.cluster import Cluster
from t2s_local.values.lesson import supporting_runs
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.value import digest

LARGEST_SHARE = 0.5
"""Largest share of a skill's supporting runs that one source may supply: half, so that two runs may be enough."""


def origins(outlines: Sequence[Outline]) -> dict[TrajectoryId, str]:
    """Return the source of every trajectory, by trajectory id."""
    above = {(item.format, item.session): item.parent for item in outlines if item.session and item.parent}
    parents = {(item.format, item.parent) for item in outlines if item.parent}
    return {item.id: _origin(item, above, parents) for item in outlines}


def _origin(item: Outline, above: Mapping[tuple[str, str], str], parents: set[tuple[str, str]]) -> str:
    root = item.parent or item.session
    if root is None:
        return item.id
    seen = set[str]()
    while (item.format, root) in above and root not in seen:
        seen.add(root)
        root = above[item.format, root]
    is_tree = item.parent is not None or (item.format, root) in parents
    return digest(item.format, root, "" if is_tree or _is_own_log(item) else item.source)


def _is_own_log(item: Outline) -> bool:
    """Return whether an agent wrote the recording itself; then a session has the same id in all of its files.

    Runs of a benchmark have the name of a task, and ids that are unique only within one file.
    """
    return item.agent is not None and item.task_id is None


def is_balanced(clusters: Iterable[Cluster], evidence: Background) -> bool:
    """Return whether no source supplies more than half of the runs behind *clusters*."""
    shares = _shares(clusters, evidence)
    return not shares or max(shares.values()) <= LARGEST_SHARE * shares.total()


def balanced(clusters: Sequence[Cluster], evidence: Background) -> tuple[Cluster, ...]:
    """Return the clusters that may be in one skill, in their order: each cluster is balanced, and all together are.

    If one source supplies too many runs of all clusters together, the clusters with the largest share of that source
    are left out one by one; among equal shares, the later cluster is left out.
    """
    kept = [cluster for cluster in clusters if is_balanced([cluster], evidence)]
    while not is_balanced(kept, evidence):
        largest, _ = max(sorted(_shares(kept, evidence).items()), key=lambda item: item[1])
        leaning = [_shares([cluster], evidence) for cluster in kept]
        kept.pop(max(range(len(kept)), key=lambda at: (leaning[at][largest] / leaning[at].total(), at)))
    return tuple(kept)


def _shares(clusters: Iterable[Cluster], evidence: Background) -> Counter[str]:
    runs = supporting_runs(evidence.members(clusters))
    return Counter(evidence.origins.get(run, run) for run in runs)
