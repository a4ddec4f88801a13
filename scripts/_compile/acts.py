"""Score recorded actions after a compiled context, whole skills, a placebo, and nothing (level L2)."""

from collections.abc import Sequence
from itertools import cycle
from typing import NamedTuple

from t2s_local.errors import ModelError
from t2s_local.ports.engine import Continuation, Engine
from t2s_local.stages.intake.slices import slice_trajectory
from t2s_local.text.commands import only_looks
from t2s_local.text.effect.effect import support_of
from t2s_local.text.events import events_of
from t2s_local.text.text import squeeze
from t2s_local.values.trajectory import Trajectory

_TASK, _BEFORE, _ACTION = 500, 400, 300
MOST_ACTS = 2
_OTHER = (
    "when a long table is printed for readers who look at a report put the result into the first sentence keep the"
    " words short name the source that was changed last leave wide margins and choose one kind of line for each figure"
)


class Support(NamedTuple):
    """Gain in the likelihood of a run's actions over no context, in nats a token."""

    compiled: float
    whole: float
    placebo: float


def acts_of(run: Trajectory) -> list[tuple[str, str]]:
    """Return up to two actions of a run, each with the text before it: those that change something first."""
    events = [event for piece in slice_trajectory(run) for event in events_of(piece) if not event.failed]
    telling = [event for event in events if not only_looks(event.tool, event.head)] or events
    found = []
    for event in telling[:MOST_ACTS]:
        last = squeeze(run.steps[event.call - 1].text)[:_BEFORE] if event.call else ""
        text = f"{event.tool} {squeeze(event.action)}"[:_ACTION]
        found.append((f"Task: {squeeze(run.task or '')[:_TASK]}\n\n{last}\n\n", text))
    return found


def support(engine: Engine, run: Trajectory, compiled: str, whole: str) -> Support | None:
    """Return how much each context raises the likelihood of a run's actions; None if nothing can be scored."""
    contexts = ["", compiled, whole, placebo(compiled, engine)]
    gains: list[list[float]] = []
    for before, text in acts_of(run):
        asked = [Continuation(given=f"{one}\n\n" if one else "", text=text) for one in contexts]
        try:
            without, *others = engine.score(before, asked)
        except ModelError as error:
            if "cannot score" in error.message or "context" in error.message:
                continue
            raise
        if without:
            gains.append([support_of(scores, without) for scores in others])
    if not gains:
        return None
    return Support(*(sum(column) / len(column) for column in zip(*gains, strict=True)))


def placebo(context: str, engine: Engine) -> str:
    """Return words about other work with about as many tokens as *context*."""
    wanted, words = engine.count_tokens(context), cycle(_OTHER.split())
    a_word = engine.count_tokens(_OTHER) / len(_OTHER.split())
    return " ".join(next(words) for _ in range(round(wanted / a_word)))


def differences(found: Sequence[Support]) -> dict[str, float | int | None]:
    """Return the paired differences of compiled contexts and the other arms, with exact sign tests."""
    from t2s_local.vectors.exact_tests import sign_test

    figures: dict[str, float | int | None] = {"scored_runs": len(found)}
    for name in Support._fields:
        figures[f"support_{name}"] = round(sum(getattr(one, name) for one in found) / len(found), 4) if found else None
    for name in ("whole", "placebo"):
        up = sum(one.compiled > getattr(one, name) for one in found)
        down = sum(one.compiled < getattr(one, name) for one in found)
        figures |= {f"above_{name}": up, f"below_{name}": down}
        p = sign_test(up, down)
        figures[f"p_{name}"] = None if p is None else round(p, 4)
    return figures
