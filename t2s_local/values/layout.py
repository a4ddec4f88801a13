"""A map: where files of one layout keep their runs, steps, roles, calls and results, as paths and words.

A path is written as in JSONPath: ``$`` for the value that is read, keys after points, ``[0]``, ``[-1]``, ``[*]`` and
``.*``. It describes where something is and computes nothing.
"""

from typing import Literal, get_args

from t2s_local.values.value import Value

Role = Literal["system", "user", "agent", "thought", "call", "result", "skip"]
ROLES: tuple[Role, ...] = get_args(Role)
KEY_IS_NAME = "@key"
"""Instead of the path of a name: the name is the only key of the call."""
Paths = tuple[str, ...]
"""Paths of which the first that holds something counts."""


class RunPaths(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Where the runs of a value are, and what is written beside their steps.

    All but ``at`` and ``steps`` are looked for in the objects around the steps, in the nearest first; ``$`` begins at
    the value.
    """

    each: Literal["value", "file", "request"] = "value"
    """Whether each line, or item of a list, holds runs; is a step, the file being the run; or is a request to a model.

    A request repeats all that was said before it: of those of which one goes on the other, the longest is the run.
    """
    at: Paths = ("$",)
    """Where the object of each run is."""
    steps: Paths = ()
    """Where its steps are, from there; lists are taken one after another, and a text is a whole run."""
    system: Paths = ()
    """The system prompt, where it is written beside the steps."""
    opening: Paths = ()
    """A second list, of which the first messages of system and user come before the steps."""
    columns: Paths = ()
    """Lists side by side, from the object of the run: what stands at the same place in them is one step."""
    by: Paths = ()
    """In a step: steps that hold the same value there are one run."""
    id: Paths = ()
    task: Paths = ()
    task_id: Paths = ()
    trial: Paths = ()
    model: Paths = ()
    agent: Paths = ()
    folder: Paths = ()
    """The folder that it works in."""
    repository: Paths = ()
    outcome: Paths = ()
    termination: Paths = ()


class StepPaths(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Where a step keeps who speaks, what was said, and what was done."""

    inside: Paths = ()
    """An object in which the message is, with an envelope around it."""
    role: Paths = ()
    text: Paths = ()
    system: Paths = ()
    """What the harness said, where the name of the field is the role; so with the next two."""
    user: Paths = ()
    agent: Paths = ()
    thought: Paths = ()
    time: Paths = ()
    parts: Paths = ()
    """Objects inside that are steps themselves; one without a role has that of the step around it."""
    calls: Paths = ()
    results: Paths = ()
    id: Paths = ()
    """With ``parent``: the step this one follows; the run is the way from the first step to the last."""
    parent: Paths = ()
    answers: Literal["this", "before"] = "this"
    """Whether the results in a step answer the calls in it, or those of the step before."""
    events: Literal["openhands"] | None = None
    """Steps are events as OpenHands writes them."""


class CallPaths(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Where a call keeps the name of its tool, its arguments, its id, and what came of it."""

    name: Paths = ()
    """Or ``@key``: the call is an object of one field, its name, with the arguments under it."""
    arguments: Paths = ()
    id: Paths = ()
    beside: Paths = ()
    """In the step around it: its id, where the call itself has none."""
    result: Paths = ()


class ResultPaths(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Where a result keeps its text and the id of the call it answers."""

    text: Paths = ()
    call: Paths = ()
    name: Paths = ()
    error: Paths = ()
    """A truth value, or something that is there only where the call failed."""
    ok: Paths = ()
    """A truth value that is true where it did not fail."""
    exit_code: Paths = ()


class RoleWords(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Words that name roles, whatever their case."""

    system: tuple[str, ...] = ()
    user: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    thought: tuple[str, ...] = ()
    call: tuple[str, ...] = ()
    result: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    """Records that are none of a run; they are counted."""


class Layout(Value, frozen=True, kw_only=True, omit_defaults=True):
    """The whole of a map."""

    runs: RunPaths = RunPaths()
    steps: StepPaths = StepPaths()
    calls: CallPaths = CallPaths()
    results: ResultPaths = ResultPaths()
    roles: RoleWords = RoleWords()
