"""The intermediate form of a skill: routing, workflow, semantics and attachments, each with its evidence status.

The four parts and the three statuses are from W2S (arXiv 2606.06893).
"""

from typing import Literal

from t2s_local.values.value import Value

Status = Literal["observed", "inferred", "unobserved"]
"""``observed``: seen in a recorded step; ``inferred``: concluded by code from steps; ``unobserved``: only stated."""
Purpose = Literal["look", "change", "check", "other"]


class Pointer(Value, frozen=True, kw_only=True, order=True):
    """A step of a recording."""

    run: str
    step: int
    """Index of the step in the trajectory."""
    text: str
    """Words of the step, verbatim."""


class Seen(Value, frozen=True, kw_only=True):
    """A fact that recordings show, with the number of runs that show it."""

    text: str
    support: int
    """Number of distinct runs."""
    status: Status = "observed"


class WorkflowNode(Value, frozen=True, kw_only=True):
    """One action of the work."""

    id: str
    action: str
    """Label of the action, in which details that differ from run to run are masked."""
    labels: tuple[str, ...]
    """Labels of the recorded actions that were joined into this node."""
    purpose: Purpose
    """Goal of the action, inferred by code from the action's text."""
    purpose_status: Status = "inferred"
    when: tuple[Seen, ...] = ()
    """Observations directly before the action, which are the decision criteria; most frequent first."""
    verification: str | None = None
    """Fact that the action checks; None if the action is not a check."""
    status: Status = "observed"
    support: int
    """Number of distinct runs that show the action."""
    tasks: int
    """Number of distinct tasks of the runs that show the action."""
    outcomes: dict[str, int]
    """Number of runs that show the action, by outcome: success, partial, failure, unknown."""
    runs: tuple[str, ...]
    """Ids of the runs that show the action, sorted."""
    place: float
    """Mean place in a run, from 0 for the first action to 1 for the last."""
    steps: tuple[Pointer, ...] = ()
    """The first recorded steps that show the action."""


class WorkflowEdge(Value, frozen=True, kw_only=True):
    """Two actions of which the target directly followed the source."""

    source: str
    target: str
    weight: int
    """Number of times the target followed the source."""
    support: int
    """Number of distinct runs in which the target followed the source."""
    status: Status = "observed"


class WorkflowGraph(Value, frozen=True, kw_only=True):
    """The actions of the work as nodes, and the transitions between them as edges."""

    nodes: tuple[WorkflowNode, ...]
    """Nodes sorted by their mean place in a run."""
    edges: tuple[WorkflowEdge, ...]
    starts: tuple[str, ...]
    """Ids of nodes that a run began with, sorted."""


class Routing(Value, frozen=True, kw_only=True):
    """Tasks and agents for which the workflow is suitable."""

    tasks: tuple[Seen, ...]
    """Requests, most frequent first."""
    agents: tuple[str, ...] = ()


class Meaning(Value, frozen=True, kw_only=True):
    """An observation and the action that mostly followed it."""

    observation: str
    then: str
    """Id of a node."""
    support: int
    """Number of distinct runs in which the action followed the observation."""
    of: int
    """Number of distinct runs with the observation."""
    status: Status = "observed"


class Attachments(Value, frozen=True, kw_only=True):
    """Tools and paths that the work needs."""

    tools: tuple[Seen, ...]
    paths: tuple[Seen, ...] = ()
    """Files and folders that at least two runs name."""


class Unverified(Value, frozen=True, kw_only=True):
    """A step that a person or model states, but no recording shows."""

    after: str | None
    """Id of the node that the step would follow; None if unknown."""
    action: str
    goal: str
    status: Status = "unobserved"


class Workflow(Value, frozen=True, kw_only=True):
    """The intermediate form of a skill, derived from several runs."""

    version: Literal[1] = 1
    n_runs: int
    routing: Routing
    workflow: WorkflowGraph
    semantics: tuple[Meaning, ...]
    attachments: Attachments
    unverified: tuple[Unverified, ...] = ()
