"""Screen runs: set aside runs in which a tool result addresses the agent, before any analyst sees them.

A tool result that addresses the agent (``ignore previous instructions``, ``do not tell the user``, a fake system tag …)
makes its whole run untrustworthy, since an attacker may have directed everything the agent did afterwards. Such runs
are set aside whatever their outcome. The lessons of all other runs are judged one by one after extraction.
"""

from collections.abc import Iterable

from t2s_local.safety.characters import safe
from t2s_local.safety.signs import SignMatch, spot
from t2s_local.text.text import clip, squeeze
from t2s_local.values.funnel import Loss
from t2s_local.values.trajectory import Trajectory, TrajectoryId
from t2s_local.values.value import Value

SET_ASIDE = "a tool result speaks to the agent"
_EXCERPT = 100


class Sighting(Value, frozen=True, kw_only=True, order=True):
    """A phrase in a tool result that addresses the agent, with its place."""

    trajectory_id: TrajectoryId
    step: int
    """Index of the tool result in the trajectory."""
    sign: str
    severity: str
    source: str
    """The file of the trajectory."""
    excerpt: str
    """The phrase with its surroundings, at most 100 characters, made safe to print."""


class Screened(Value, frozen=True, kw_only=True):
    """Trajectories that analysts may see, with the phrases that were found and the number of runs set aside."""

    trajectories: tuple[Trajectory, ...]
    """Trajectories in the order given."""
    sightings: tuple[Sighting, ...]
    """All phrases that were found, whatever their severity; sorted."""
    losses: tuple[Loss, ...]


def screen(trajectories: Iterable[Trajectory]) -> Screened:
    """Set aside the runs in which a tool result addresses the agent with a phrase of high severity."""
    kept: list[Trajectory] = []
    sightings: list[Sighting] = []
    known: dict[str, tuple[SignMatch, ...]] = {}
    aside: list[TrajectoryId] = []
    for run in trajectories:
        in_run = list(_sightings(run, known))
        sightings += in_run
        if any(item.severity == "high" for item in in_run):
            aside.append(run.id)
        else:
            kept.append(run)
    losses = (
        (Loss(stage="screen", reason=SET_ASIDE, count=len(aside), trajectory_ids=tuple(sorted(aside))),)
        if aside
        else ()
    )
    return Screened(trajectories=tuple(kept), sightings=tuple(sorted(sightings)), losses=losses)


def _sightings(run: Trajectory, known: dict[str, tuple[SignMatch, ...]]) -> Iterable[Sighting]:
    for index, step in enumerate(run.steps):
        if step.kind != "tool_result":
            continue
        spotted = known.get(step.text)
        if spotted is None:
            spotted = known[step.text] = spot(step.text, "phrase")
        for item in spotted:
            around = step.text[max(0, item.start - 20) : item.end + 40]
            yield Sighting(
                trajectory_id=run.id,
                step=index,
                sign=item.sign,
                severity=item.severity,
                source=run.source,
                excerpt=clip(safe(squeeze(around)), _EXCERPT),
            )
