"""Ask a local model for steps that a workflow lacks; they are marked unverified, since no recording shows them."""

import msgspec

from t2s_local.ports.engine import Engine, Request
from t2s_local.prompts import template
from t2s_local.safety.actions.effects import effects_of_shell
from t2s_local.safety.characters import one_line
from t2s_local.stages.graph.rendering import parted
from t2s_local.text.text import clip, normalise, squeeze
from t2s_local.values.value import Value, digest
from t2s_local.values.workflow import Unverified, Workflow

_PROMPT = "workflow_gaps.v1.md"
_MOST_TOKENS = 320
_LONGEST_ACTION, _LONGEST_GOAL = 80, 160


class Gaps(Value, frozen=True, kw_only=True):
    """A workflow with the steps that a model added, and the number of proposed steps that were refused."""

    form: Workflow
    n_refused: int
    """Number of proposed steps that repeat an action, are empty, have no valid place, or have a risky effect."""


class _Step(Value, frozen=True, kw_only=True):
    after: int
    action: str
    goal: str


class _Answer(Value, frozen=True, kw_only=True):
    steps: tuple[_Step, ...]


def with_gaps(form: Workflow, engine: Engine, *, seed: int = 0) -> Gaps:
    """Ask a model once for missing steps; an answer that cannot be parsed adds no step and counts as one refusal.

    Args:
        form: The workflow.
        engine: The model.
        seed: Seed of the model's sampling.

    Raises:
        ModelError: the model cannot be run.
    """
    steps = parted(form)[0]
    asked = form.routing.tasks[0].text if form.routing.tasks else "not known"
    listed = "\n".join(f"{number}. `{node.action}`" for number, node in enumerate(steps, 1))
    prompt = f"Task: {asked}\nActions\n{listed}\nAnswer\n"
    request = Request(
        id=digest(prompt),
        prefix=template(_PROMPT),
        prompt=prompt,
        schema=_schema(len(steps)),
        max_tokens=_MOST_TOKENS,
        seed=seed,
    )
    text = next(iter(engine.complete([request]))).text
    try:
        answer = msgspec.json.decode(text, type=_Answer)
    except msgspec.MsgspecError:
        return Gaps(form=form, n_refused=1)
    known = {normalise(node.action) for node in form.workflow.nodes}
    places = {number: node.id for number, node in enumerate(steps, 1)}
    kept = dict[str, Unverified]()
    for step in answer.steps:
        action, goal = (clip(one_line(squeeze(part)), limit) for part, limit in _parts(step))
        is_placed = 0 <= step.after <= len(steps)
        if action and goal and is_placed and normalise(action) not in known and not effects_of_shell(action):
            kept.setdefault(action, Unverified(after=places.get(step.after), action=action, goal=goal))
    added = msgspec.structs.replace(form, unverified=(*form.unverified, *kept.values()))
    return Gaps(form=added, n_refused=len(answer.steps) - len(kept))


def _parts(step: _Step) -> tuple[tuple[str, int], ...]:
    return (step.action, _LONGEST_ACTION), (step.goal, _LONGEST_GOAL)


def _schema(n_steps: int) -> dict[str, object]:
    step = {
        "type": "object",
        "properties": {
            "after": {"type": "integer", "minimum": 0, "maximum": n_steps},
            "action": {"type": "string", "minLength": 2, "maxLength": _LONGEST_ACTION},
            "goal": {"type": "string", "minLength": 8, "maxLength": _LONGEST_GOAL},
        },
        "required": ["after", "action", "goal"],
        "additionalProperties": False,
    }
    steps = {"type": "array", "maxItems": 3, "items": step}
    return {"type": "object", "properties": {"steps": steps}, "required": ["steps"], "additionalProperties": False}
