"""The intermediate form of a skill: routing, workflow, semantics and attachments, each with its evidence status.

The four parts and the three statuses are those of W2S (arXiv 2606.06893).
"""

from typing import Literal

from t2s_local.values.value import Value

Status = Literal["observed", "inferred", "unobserved"]
"""Seen at a step that is named; concluded by code from such steps; stated without a step."""
Purpose = Literal["look", "change", "check", "other"]


class Pointer(Value, frozen=True, kw_only=True, order=True):
    """A step of a recording."""

    run: str
    step: int
    """Index of the step in the trajectory."""
    text: str
    """Words of that step, verbatim."""


class Seen(Value, frozen=True, kw_only=True):
    """Something that recordings show, and in how many runs."""

    text: str
    support: int
    """Distinct runs."""
    status: Status = "observed"


class WorkflowNode(Value, frozen=True, kw_only=True):
    """One action of the work."""

    id: str
    action: str
    """Label of the action, with masks."""
    labels: tuple[str, ...]
    """Labels of recorded actions that are this one."""
    purpose: Purpose
    """Goal, as far as code can tell it from the action."""
    purpose_status: Status = "inferred"
    when: tuple[Seen, ...] = ()
    """Observations directly before it: the decision criteria, most frequent first."""
    verification: str | None = None
    """Fact that its output is read for; None where it is no check."""
    status: Status = "observed"
    support: int
    """Distinct runs."""
    tasks: int
    """Distinct tasks of these runs."""
    outcomes: dict[str, int]
    """How these runs ended: success, partial, failure, unknown."""
    runs: tuple[str, ...]
    """Their ids, sorted."""
    place: float
    """Mean place in a run, from 0 for the first action to 1 for the last."""
    steps: tuple[Pointer, ...] = ()
    """The first steps that show it."""


class WorkflowEdge(Value, frozen=True, kw_only=True):
    """One action that directly followed another."""

    source: str
    target: str
    weight: int
    """Times it did."""
    support: int
    """Distinct runs in which it did."""
    status: Status = "observed"


class WorkflowGraph(Value, frozen=True, kw_only=True):
    """Nodes and edges."""

    nodes: tuple[WorkflowNode, ...]
    """In the order of their place."""
    edges: tuple[WorkflowEdge, ...]
    starts: tuple[str, ...]
    """Ids of nodes that a run began with, sorted."""


class Routing(Value, frozen=True, kw_only=True):
    """When the workflow is the right one."""

    tasks: tuple[Seen, ...]
    """Requests, most frequent first."""
    agents: tuple[str, ...] = ()


class Meaning(Value, frozen=True, kw_only=True):
    """An observation and the action that mostly followed it."""

    observation: str
    then: str
    """Id of a node."""
    support: int
    """Distinct runs in which it followed."""
    of: int
    """Distinct runs with the observation."""
    status: Status = "observed"


class Attachments(Value, frozen=True, kw_only=True):
    """Tools and paths that the work needs."""

    tools: tuple[Seen, ...]
    paths: tuple[Seen, ...] = ()
    """Files and folders that two runs or more name."""


class Unverified(Value, frozen=True, kw_only=True):
    """A step that somebody states and no recording shows."""

    after: str | None
    """Id of the node it would follow."""
    action: str
    goal: str
    status: Status = "unobserved"


class Workflow(Value, frozen=True, kw_only=True):
    """The intermediate form over some runs."""

    version: Literal[1] = 1
    n_runs: int
    routing: Routing
    workflow: WorkflowGraph
    semantics: tuple[Meaning, ...]
    attachments: Attachments
    unverified: tuple[Unverified, ...] = ()
