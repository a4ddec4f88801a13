"""Which runs are independent of each other: no single conversation may carry a skill.

The source of a run is the conversation it belongs to: that of the run that started it as a sub-agent, the session it is
a page of, the one whose branches lie in one file with it, or itself. The pages of a session may lie anywhere: agents
write them into a file a work tree, a day or a branch. A file is no source, since a benchmark writes a thousand
independent runs into one; a person or a project is none either, since most people have only their own runs to learn
from.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from t2s_local.ports.writer import Evidence
from t2s_local.stages.intake.corpus import Outline
from t2s_local.values.cluster import Cluster
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.value import digest

LARGEST_SHARE = 0.5
"""Share of a skill's supporting runs that one source may supply: of two runs each is half, with more nobody is most."""


def origins(outlines: Sequence[Outline]) -> dict[TrajectoryId, str]:
    """The source of every trajectory, by its id."""
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
    """Return whether an agent wrote the recording itself, so that a session has the same id in all of its files.

    Runs of a benchmark carry the name of a task, and ids that are told apart within one file alone.
    """
    return item.agent is not None and item.task_id is None


def is_balanced(clusters: Iterable[Cluster], evidence: Evidence) -> bool:
    """Return whether no source supplies more than its share of the runs behind *clusters*."""
    shares = _shares(clusters, evidence)
    return not shares or max(shares.values()) <= LARGEST_SHARE * shares.total()


def balanced(clusters: Sequence[Cluster], evidence: Evidence) -> tuple[Cluster, ...]:
    """The clusters that may stand in one skill, in the order given: balanced each, and all of them together.

    Where together they lean on one source, those that lean on it most are left out one by one, the last ones first.
    """
    kept = [cluster for cluster in clusters if is_balanced([cluster], evidence)]
    while not is_balanced(kept, evidence):
        largest, _ = max(sorted(_shares(kept, evidence).items()), key=lambda item: item[1])
        leaning = [_shares([cluster], evidence) for cluster in kept]
        kept.pop(max(range(len(kept)), key=lambda at: (leaning[at][largest] / leaning[at].total(), at)))
    return tuple(kept)


def _shares(clusters: Iterable[Cluster], evidence: Evidence) -> Counter[str]:
    runs = {run for lesson in evidence.members(clusters) for run in lesson.supporters}
    return Counter(evidence.origins.get(run, run) for run in runs)
