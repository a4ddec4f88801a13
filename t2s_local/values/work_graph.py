"""The graph of the work in many runs: observations, actions and resolutions, and how often one follows another."""

from typing import Literal

from t2s_local.values.trajectory import Outcome, TrajectoryId
from t2s_local.values.value import Value

NodeKind = Literal["observation", "action", "resolution"]
Relation = Literal["leads to", "causes", "resolves"]


class WalkEvent(Value, frozen=True, kw_only=True):
    """One observation or action in a run; details that differ from run to run are masked."""

    kind: NodeKind
    label: str
    family: str
    """Program or tool that an action runs; events of different families are never joined into one node."""
    step: int
    """Index of the step in the trajectory."""
    quote: str
    """Words of the step, verbatim, at most 300 characters."""


class Walk(Value, frozen=True, kw_only=True):
    """One run as a path through the graph."""

    run: TrajectoryId
    task: str
    """Id of the run's task; the id of the run if it has no task id."""
    outcome: Outcome | None
    agent: str | None = None
    project: str | None = None
    """Repository or folder in which the agent worked; None if the recording does not state it."""
    events: tuple[WalkEvent, ...]
    """Events in recorded order; two consecutive events always differ in kind or label."""


class GraphNode(Value, frozen=True, kw_only=True):
    """An observation, action or resolution that occurs in one or more runs."""

    id: str
    """Kind and label, the label up to 100 characters."""
    kind: NodeKind
    label: str
    """The most frequent label of the node."""
    labels: tuple[str, ...]
    """Every label that was joined into this node, sorted."""
    frequency: int
    """Number of occurrences in all runs together."""
    n_runs: int
    """Number of distinct runs with an occurrence."""


class GraphEdge(Value, frozen=True, kw_only=True):
    """Two nodes of which the target directly followed the source."""

    source: str
    target: str
    relation: Relation
    weight: float
    """Number of times the target followed the source; feedback can make the weight fractional."""
    n_runs: int
    """Number of distinct runs in which the target followed the source."""


class WorkGraph(Value, frozen=True, kw_only=True):
    """A graph of the observations, actions and resolutions in several runs."""

    n_runs: int
    nodes: tuple[GraphNode, ...]
    """By frequency, the most frequent first, then by id."""
    edges: tuple[GraphEdge, ...]
    """By weight, the heaviest first, then by source and target."""
