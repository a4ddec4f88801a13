"""Build the intermediate form of W2S (arXiv 2606.06893), a workflow, from the walks of recorded runs."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple

from t2s_local.ports.grouping import Embedder
from t2s_local.stages.graph.graph import Joined, build, join_labels, node_id, path_of
from t2s_local.stages.graph.walks import ASKED, actions_alone, unresolved
from t2s_local.text.check_results import is_check
from t2s_local.text.commands import changes_state, only_looks
from t2s_local.text.mentions import mentions
from t2s_local.values.work_graph import Walk, WalkEvent
from t2s_local.values.workflow import (
    Attachments,
    Meaning,
    Pointer,
    Purpose,
    Routing,
    Seen,
    Workflow,
    WorkflowEdge,
    WorkflowGraph,
    WorkflowNode,
)

_MOST_POINTERS = 3
_REDACTED = re.compile(r"<[A-Z_]+_\d+>")
"""Mark of a redacted value; its number may differ in the stored recording, so a text with a mark is not quoted."""
_MOST_CRITERIA = 5
_MOST_TASKS = 20
_MOST_PATHS = 50
_LEAST_RUNS = 2
"""Least number of runs that name a path for the path to be an attachment, so that files of one task are left out."""


def intermediate(walks: Sequence[Walk], embedder: Embedder) -> Workflow:
    """Return the workflow of *walks*: every action, its transitions with counts, and the observations before it.

    Rare branches are kept, with their support.

    Args:
        walks: Walks as recorded, with the labels before joining.
        embedder: Decides which labels say the same.
    """
    joined = join_labels(tuple(map(unresolved, walks)), embedder)
    bare = Joined(tuple(map(actions_alone, joined.walks)), joined.members)
    graph = build(bare)
    moments = _moments(bare.walks)
    before = _before(joined.walks)
    nodes = [_node(node.id, node.label, node.labels, moments[node.id], before[node.id]) for node in graph.nodes]
    edges = [
        WorkflowEdge(source=edge.source, target=edge.target, weight=int(edge.weight), support=edge.n_runs)
        for edge in graph.edges
    ]
    return Workflow(
        n_runs=graph.n_runs,
        routing=_routing(joined.walks),
        workflow=WorkflowGraph(
            nodes=tuple(sorted(nodes, key=lambda node: (node.place, -node.support, node.id))),
            edges=tuple(edges),
            starts=tuple(sorted({path_of(walk)[0] for walk in bare.walks if walk.events})),
        ),
        semantics=_semantics(joined.walks),
        attachments=_attachments(bare.walks),
    )


class _Moment(NamedTuple):
    walk: Walk
    event: WalkEvent
    place: float
    """Place of the event in the walk, from 0 (first) to 1 (last)."""


def _moments(walks: Sequence[Walk]) -> dict[str, list[_Moment]]:
    found = defaultdict[str, list[_Moment]](list)
    for walk in walks:
        last = max(len(walk.events) - 1, 1)
        for at, event in enumerate(walk.events):
            found[node_id(event.kind, event.label)].append(_Moment(walk, event, at / last))
    return found


def _node(
    node: str, action: str, labels: tuple[str, ...], moments: Sequence[_Moment], before: Counter[str]
) -> WorkflowNode:
    ended = {moment.walk.run: moment.walk.outcome or "unknown" for moment in moments}
    firsts = {moment.walk.run: moment for moment in reversed(moments)}
    head = Counter(moment.event.family for moment in moments).most_common(1)[0][0]
    purpose = _purpose(*head.split("\t", 1))
    pointers = sorted(
        Pointer(run=moment.walk.run, step=moment.event.step, text=moment.event.quote)
        for moment in firsts.values()
        if not _REDACTED.search(moment.event.quote)
    )
    return WorkflowNode(
        id=node,
        action=action,
        labels=labels,
        purpose=purpose,
        when=tuple(_ranked(before)[:_MOST_CRITERIA]),
        verification="whether it passed, in its summary line" if purpose == "check" else None,
        support=len(ended),
        tasks=len({moment.walk.task for moment in moments}),
        outcomes=dict(sorted(Counter(ended.values()).items())),
        runs=tuple(sorted(ended)),
        place=round(fmean(moment.place for moment in moments), 4),
        steps=tuple(pointers[:_MOST_POINTERS]),
    )


def _purpose(tool: str, head: str) -> Purpose:
    if changes_state(tool, head):
        return "change"
    if is_check(head):
        return "check"
    return "look" if only_looks(tool, head) else "other"


def _before(walks: Sequence[Walk]) -> dict[str, Counter[str]]:
    """Return, for each action, the number of runs in which each observation came directly before the action."""
    found = defaultdict[str, Counter[str]](Counter)
    for walk in walks:
        seen = {
            (node_id("action", later.label), earlier.label)
            for earlier, later in pairwise(walk.events)
            if earlier.kind == "observation" and later.kind == "action"
        }
        for action, observation in seen:
            found[action][observation] += 1
    return found


def _semantics(walks: Sequence[Walk]) -> tuple[Meaning, ...]:
    """Return, for every message of a failure, the action that most often followed directly."""
    following = defaultdict[str, Counter[str]](Counter)
    runs = Counter[str]()
    for walk in walks:
        pairs = [
            (earlier.label, node_id("action", later.label) if later.kind == "action" else None)
            for earlier, later in pairwise((*walk.events, *walk.events[-1:]))
            if earlier.kind == "observation" and earlier.family != ASKED
        ]
        runs.update({label for label, _ in pairs})
        for label, action in set(pairs):
            if action is not None:
                following[label][action] += 1
    meanings = [
        Meaning(observation=label, then=action, support=count, of=runs[label])
        for label, actions in following.items()
        for action, count in sorted(actions.items(), key=lambda item: (-item[1], item[0]))[:1]
    ]
    return tuple(sorted(meanings, key=lambda meaning: (-meaning.support, meaning.observation)))


def _routing(walks: Sequence[Walk]) -> Routing:
    asked = Counter(next((event.label for event in walk.events if event.family == ASKED), None) for walk in walks)
    del asked[None]
    counts = Counter({label: count for label, count in asked.items() if label is not None})
    agents = tuple(sorted({walk.agent for walk in walks if walk.agent}))
    return Routing(tasks=tuple(_ranked(counts)[:_MOST_TASKS]), agents=agents)


def _attachments(walks: Sequence[Walk]) -> Attachments:
    tools, paths = Counter[str](), Counter[str]()
    for walk in walks:
        tools.update({event.family.partition("\t")[0] for event in walk.events})
        paths.update({path for event in walk.events for path in paths_in(event.quote)})
    often = Counter({path: count for path, count in paths.items() if count >= _LEAST_RUNS})
    return Attachments(tools=tuple(_ranked(tools)), paths=tuple(_ranked(often)[:_MOST_PATHS]))


def paths_in(text: str) -> Iterable[str]:
    """Return the file paths in *text*."""
    return {mention.text for mention in mentions(text) if mention.kind == "path"}


def _ranked(counts: Counter[str]) -> list[Seen]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Seen(text=text, support=count) for text, count in ordered]
