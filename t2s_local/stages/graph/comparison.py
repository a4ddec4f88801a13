"""Compare an intermediate form with recordings: coverage, consistency, executability (W2S, arXiv 2606.06893)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from t2s_local.stages.graph.intermediate import paths_in
from t2s_local.stages.graph.walks import actions_alone
from t2s_local.text.text import counted, join_words
from t2s_local.values.value import Value
from t2s_local.values.work_graph import Walk
from t2s_local.values.workflow import Workflow, WorkflowGraph

Part = Literal["ΔW", "ΔS", "ΔA"]
"""Part of the form that has to change: workflow, structure, attachments."""
_MOST_RUNS_NAMED = 3


class Difference(Value, frozen=True, kw_only=True):
    """A disagreement between the form and the recordings, or between two parts of the form."""

    part: Part
    what: str
    runs: tuple[str, ...] = ()
    """Sorted ids of the runs that show the difference."""


class Compared(Value, frozen=True, kw_only=True):
    """Result of comparing the form with recordings."""

    n_transitions: int
    """Number of recorded transitions from an action to the next."""
    n_covered: int
    """Number of recorded transitions that are edges of the form."""
    differences: tuple[Difference, ...]

    @property
    def coverage(self) -> float | None:
        """Share of recorded transitions that are edges, in [0, 1]; None if there are no transitions."""
        return self.n_covered / self.n_transitions if self.n_transitions else None


def compare(form: Workflow, walks: Sequence[Walk]) -> Compared:
    """Compare the workflow *form* with the recorded *walks*, and return the coverage and the differences.

    Args:
        form: The intermediate form.
        walks: Walks of the recordings that the form describes, with the labels before joining.
    """
    nodes = {label: node.id for node in form.workflow.nodes if node.status == "observed" for label in node.labels}
    edges = {(edge.source, edge.target) for edge in form.workflow.edges if edge.status == "observed"}
    missing = defaultdict[tuple[str, str], set[str]](set)
    n_transitions = n_covered = 0
    for walk in map(actions_alone, walks):
        ids = [nodes.get(event.label, f"action:{event.label}") for event in walk.events]
        path = [node for at, node in enumerate(ids) if at == 0 or node != ids[at - 1]]
        for pair in pairwise(path):
            n_transitions += 1
            if pair in edges:
                n_covered += 1
            else:
                missing[pair].add(walk.run)
    differences = [
        Difference(part="ΔW", what=f"{_short(source)} -> {_short(target)}", runs=tuple(sorted(runs)))
        for (source, target), runs in sorted(missing.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    differences += _inconsistent(form)
    differences += _not_recorded(form, walks)
    return Compared(n_transitions=n_transitions, n_covered=n_covered, differences=tuple(differences))


def _inconsistent(form: Workflow) -> Iterator[Difference]:
    """Yield edges without a node, nodes that no start leads to, and actions with different goals in two nodes."""
    known = {node.id for node in form.workflow.nodes}
    for edge in form.workflow.edges:
        for end in (edge.source, edge.target):
            if end not in known:
                yield Difference(part="ΔS", what=f"an edge leads to {_short(end)}, which is no node")
    for lost in sorted(known - _reached(form.workflow)):
        yield Difference(part="ΔS", what=f"no run can come to {_short(lost)}")
    purposes = defaultdict[str, set[str]](set)
    for node in form.workflow.nodes:
        purposes[node.action].add(node.purpose)
    for action, found in sorted(purposes.items()):
        if len(found) > 1:
            yield Difference(part="ΔS", what=f"{action} has {len(found)} goals: {join_words(sorted(found))}")


def _reached(graph: WorkflowGraph) -> set[str]:
    """Return the nodes that can be reached from a start, including the starts."""
    import networkx

    whole = networkx.DiGraph((edge.source, edge.target) for edge in graph.edges)
    whole.add_nodes_from(graph.starts)
    return set(graph.starts).union(*(networkx.descendants(whole, start) for start in graph.starts))


def _not_recorded(form: Workflow, walks: Sequence[Walk]) -> Iterator[Difference]:
    """Yield tools and paths of the form that occur in no recording."""
    tools = {event.family.partition("\t")[0] for walk in walks for event in walk.events if event.kind != "observation"}
    paths = {path for walk in walks for event in walk.events for path in paths_in(event.quote)}
    for tool in form.attachments.tools:
        if tool.text not in tools:
            yield Difference(part="ΔA", what=f"tool {tool.text} is in no recording")
    for path in form.attachments.paths:
        if path.text not in paths:
            yield Difference(part="ΔA", what=f"path {path.text} is in no recording")


def _short(node: str) -> str:
    return node.removeprefix("action:")


def worded(difference: Difference) -> str:
    """Return a difference as one line, with at most three of the runs that show it."""
    if not difference.runs:
        return f"{difference.part} {difference.what}"
    named = join_words(difference.runs[:_MOST_RUNS_NAMED])
    more = len(difference.runs) - _MOST_RUNS_NAMED
    rest = f" and {more} more" if more > 0 else ""
    return f"{difference.part} {difference.what}, {counted(len(difference.runs), 'run')}: {named}{rest}"
