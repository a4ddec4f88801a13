"""Score recorded actions after several contexts and after nothing (level L2)."""

from collections.abc import Mapping, Sequence

from t2s_local.errors import ModelError
from t2s_local.ports.engine import Continuation, Engine
from t2s_local.stages.intake.slices import slice_trajectory
from t2s_local.text.commands import only_looks
from t2s_local.text.effect.effect import support_of
from t2s_local.text.events import events_of
from t2s_local.text.text import squeeze
from t2s_local.values.trajectory import Trajectory
from t2s_local.vectors.exact_tests import sign_test

_TASK, _BEFORE, _ACTION = 500, 300, 300
MOST_ACTS = 3


def acts_of(run: Trajectory) -> list[Continuation]:
    """Return up to three actions of a run, those that change something first, each after the step before it."""
    events = [event for piece in slice_trajectory(run) for event in events_of(piece) if not event.failed]
    telling = [event for event in events if not only_looks(event.tool, event.head)] or events
    found = []
    for event in telling[:MOST_ACTS]:
        last = squeeze(run.steps[event.call - 1].text)[:_BEFORE] if event.call else ""
        found.append(Continuation(given=f"{last}\n\n", text=f"{event.tool} {squeeze(event.action)}"[:_ACTION]))
    return found


def support(engine: Engine, run: Trajectory, contexts: Mapping[str, str]) -> dict[str, float] | None:
    """Return how much each context raises the likelihood of a run's actions over no context, in nats a token.

    Args:
        engine: The model that scores.
        run: The run.
        contexts: Texts that may stand before the task, by name.

    Returns:
        The mean gain of each context by its name; None if no action can be scored after each of them.
    """
    acts = acts_of(run)
    task = f"Task: {squeeze(run.task or '')[:_TASK]}\n\n"
    scores: list[tuple[tuple[float, ...], ...]] = []
    for context in ("", *contexts.values()):
        try:
            scores.append(engine.score(f"{context}\n\n{task}".lstrip(), acts) if acts else ())
        except ModelError as error:
            if "cannot score" in error.message or "context" in error.message:
                return None
            raise
    without, *told = scores
    if not any(without):
        return None
    found = {}
    for name, arm in zip(contexts, told, strict=True):
        gains = [support_of(one, bare) for one, bare in zip(arm, without, strict=True) if bare]
        found[name] = sum(gains) / len(gains)
    return found


def placebo(context: str, others: Sequence[str], engine: Engine) -> str:
    """Return lines of unrelated skills with as many tokens as *context*, as nearly as whole words allow."""
    wanted, words = engine.count_tokens(context), " ".join(others).split(" ")
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if engine.count_tokens(" ".join(words[:middle])) <= wanted else (low, middle - 1)
    return " ".join(words[:low])


def differences(found: Sequence[Mapping[str, float]], name: str) -> dict[str, float | int | None]:
    """Return the paired differences of the arm *name* and the other arms and nothing, with exact sign tests."""
    figures: dict[str, float | int | None] = {f"{name}_runs": len(found)}
    for arm in found[0] if found else ():
        figures[f"{name}_support_{arm}"] = round(sum(one[arm] for one in found) / len(found), 4)
    for arm in (*(arm for arm in (found[0] if found else ()) if arm != name), "nothing"):
        up = sum(one[name] > one.get(arm, 0.0) for one in found)
        down = sum(one[name] < one.get(arm, 0.0) for one in found)
        p = sign_test(up, down)
        figures |= {f"{name}_above_{arm}": up, f"{name}_below_{arm}": down}
        figures[f"{name}_p_{arm}"] = None if p is None else round(p, 4)
    return figures
