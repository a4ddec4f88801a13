"""The graph of the work: observations, actions and resolutions of many runs, and how often one followed another."""

from typing import Literal

from t2s_local.values.trajectory import Outcome, TrajectoryId
from t2s_local.values.value import Value

NodeKind = Literal["observation", "action", "resolution"]
Relation = Literal["leads to", "causes", "resolves"]


class WalkEvent(Value, frozen=True, kw_only=True):
    """One thing that was observed or done in a run, with what differs from run to run masked."""

    kind: NodeKind
    label: str
    family: str
    """Labels of different families never become one node: the program or tool that an action runs."""
    step: int
    """Index of the step in the trajectory."""
    quote: str
    """Words of that step, verbatim, at most 300 characters."""


class Walk(Value, frozen=True, kw_only=True):
    """One run as a way through the graph."""

    run: TrajectoryId
    task: str
    """Id of its task; its own id where it has none."""
    outcome: Outcome | None
    agent: str | None = None
    project: str | None = None
    """Repository or folder it worked in, where the recording says so."""
    events: tuple[WalkEvent, ...]
    """In their order; an event never follows one with the same kind and label."""


class GraphNode(Value, frozen=True, kw_only=True):
    """An observation or action that one or more runs share."""

    id: str
    """Kind and label, the label up to 100 characters."""
    kind: NodeKind
    label: str
    """The most frequent of its labels."""
    labels: tuple[str, ...]
    """Every label that was joined to it, sorted."""
    frequency: int
    """Times it occurs, in all runs together."""
    n_runs: int
    """Distinct runs that it occurs in."""


class GraphEdge(Value, frozen=True, kw_only=True):
    """One node that directly followed another."""

    source: str
    target: str
    relation: Relation
    weight: float
    """Times the target followed the source; after feedback no longer a whole number."""
    n_runs: int
    """Distinct runs in which it did."""


class WorkGraph(Value, frozen=True, kw_only=True):
    """A graph over runs."""

    n_runs: int
    nodes: tuple[GraphNode, ...]
    """By frequency, the most frequent first, then by id."""
    edges: tuple[GraphEdge, ...]
    """By weight, the heaviest first, then by source and target."""
