"""Throw-away skills for held-out tasks, and the recorded runs that they were made from."""

from collections.abc import Callable
from pathlib import Path

from t2s_local.ports.services import Silent
from t2s_local.runs.inputs import list_inputs
from t2s_local.runs.plugins import Choice, open_tools
from t2s_local.runs.using.tokens import shipped_counter
from t2s_local.safety.redaction.sanitise import Sanitiser
from t2s_local.stages.intake.intake import take_in
from t2s_local.stages.use.synth.nearest import Target
from t2s_local.stages.use.synth.synth import synthesise
from t2s_local.values.trajectory import Trajectory, TrajectoryId
from t2s_local.workspace.memory import MemoryStore

Thrown = Callable[[Trajectory], tuple[str, str] | None]


def thrower(train: Path, *, k: int, most: int) -> Thrown:
    """Return a function that makes a throw-away skill for the task of a run.

    The function returns the page of the skill, and the beginnings of the chosen runs as they are, together as long as
    the page but at most *most* characters; None if nothing was learned.
    """
    inputs, shelf = list_inputs([train], labels=None), MemoryStore()
    intake = take_in(inputs.source(None), sanitiser=Sanitiser(), shelf=shelf, key="bench", progress=Silent())
    _, count = shipped_counter()

    def throw(run: Trajectory) -> tuple[str, str] | None:
        target = Target(text=run.task or "", task_id=run.task_id, runs=(run.id,))
        with open_tools(Choice(model="none", embedder="static", algorithm="auto")) as tools:
            made = synthesise(target, intake, tools, k=k, shelf=shelf, count=count, progress=Silent())
        if made.skill is None:
            return None
        page = made.skill.files[0].text
        each = min(len(page), most) // len(made.cards)
        found = (shelf.trajectory(TrajectoryId(card.run)) for card in made.cards)
        raw = [f"Task: {one.task}\n" + "\n".join(step.text for step in one.steps) for one in found if one is not None]
        return page, "\n\n".join(text[:each] for text in raw)

    return throw
