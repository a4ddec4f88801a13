"""A map of a file layout: paths to the runs, steps, roles, calls and results in files, and the words for roles.

A path is written as in JSONPath: ``$`` for the value that is read, keys after points, ``[0]``, ``[-1]``, ``[*]`` and
``.*``. A path names a place in the value and computes nothing.
"""

from typing import Literal, get_args

from t2s_local.values.value import Value

Role = Literal["system", "user", "agent", "thought", "call", "result", "skip"]
ROLES: tuple[Role, ...] = get_args(Role)
KEY_IS_NAME = "@key"
"""Used instead of a path if the name of the tool is the only key of the call."""
Paths = tuple[str, ...]
"""Alternative paths: the first path that finds a value is used."""


class RunPaths(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Paths to the runs in a value, to their steps, and to the facts about a run that are written beside its steps.

    The paths other than ``at`` and ``steps`` are searched in the objects around the steps, the nearest object first; a
    path that begins with ``$`` is searched from the whole value.
    """

    each: Literal["value", "file", "request"] = "value"
    """Meaning of each line of the file, or of each item of the file's list.

    ``value``: an object with one or more runs. ``file``: a step of the one run in the file. ``request``: a request to
    a model, which repeats the conversation before it; of requests that continue each other, the longest is the run.
    """
    at: Paths = ("$",)
    """Paths to the object of each run."""
    steps: Paths = ()
    """Paths from the object of a run to its steps; several lists are concatenated, and a text is a whole run."""
    system: Paths = ()
    """Paths to the system prompt, if it is written beside the steps."""
    opening: Paths = ()
    """Paths to a second list, whose leading system and user messages are put before the steps."""
    columns: Paths = ()
    """Paths from the object of a run to parallel lists: the items with the same index are the fields of one step."""
    by: Paths = ()
    """Paths in a step to a value that names the run: steps with the same value are one run."""
    id: Paths = ()
    task: Paths = ()
    task_id: Paths = ()
    trial: Paths = ()
    model: Paths = ()
    agent: Paths = ()
    folder: Paths = ()
    """Paths to the folder in which the agent worked."""
    repository: Paths = ()
    outcome: Paths = ()
    termination: Paths = ()


class StepPaths(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Paths in a step to its role, its text, its calls and its results."""

    inside: Paths = ()
    """Paths to the object that contains the message, if the step is an envelope around the message."""
    role: Paths = ()
    text: Paths = ()
    system: Paths = ()
    """Paths to the harness's text, if the name of the field implies the role; the same for *user* and *agent*."""
    user: Paths = ()
    agent: Paths = ()
    thought: Paths = ()
    time: Paths = ()
    parts: Paths = ()
    """Paths to objects in a step that are steps themselves; without a role of their own they have the outer role."""
    calls: Paths = ()
    results: Paths = ()
    id: Paths = ()
    """Paths to the step's id. With ``parent``, the id of the step before, the run is the path to the last step."""
    parent: Paths = ()
    answers: Literal["this", "before"] = "this"
    """Step whose calls the results in a step answer: the same step, or the step before."""
    events: Literal["openhands"] | None = None
    """``openhands`` if the steps are events as OpenHands writes them; None for other steps."""


class CallPaths(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Paths in a call to the name of its tool, its arguments, its id and its result."""

    name: Paths = ()
    """Paths to the name; ``@key`` if the call is an object with one field, whose key is the name of the tool."""
    arguments: Paths = ()
    id: Paths = ()
    beside: Paths = ()
    """Paths in the step around the call to the call's id, if the call itself contains no id."""
    result: Paths = ()


class ResultPaths(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Paths in a result to its text, its status, and the id of the call that it answers."""

    text: Paths = ()
    call: Paths = ()
    name: Paths = ()
    error: Paths = ()
    """Paths to a truth value, or to a field that is present only if the call failed."""
    ok: Paths = ()
    """Paths to a truth value that is true if the call succeeded."""
    exit_code: Paths = ()


class RoleWords(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Words that name roles; upper and lower case are not distinguished."""

    system: tuple[str, ...] = ()
    user: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    thought: tuple[str, ...] = ()
    call: tuple[str, ...] = ()
    result: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    """Words for records that belong to no run; these records are counted and left out."""


class Layout(Value, frozen=True, kw_only=True, omit_defaults=True):
    """A map of a file layout: all its paths and words."""

    runs: RunPaths = RunPaths()
    steps: StepPaths = StepPaths()
    calls: CallPaths = CallPaths()
    results: ResultPaths = ResultPaths()
    roles: RoleWords = RoleWords()
