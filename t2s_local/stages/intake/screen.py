"""Screening: runs in which a tool result speaks to the agent are set aside before any analyst sees them.

A tool result in which somebody speaks to the agent (``ignore previous instructions``, ``do not tell the user``, a fake
system tag …) makes its whole run untrustworthy: everything the agent did afterwards may be the attacker's. Such runs
are set aside whatever their outcome. The lessons of the other runs are judged one by one in the next station.
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
    """A phrase aimed at the agent, and where it came from."""

    trajectory_id: TrajectoryId
    step: int
    """Index of the tool result in the trajectory."""
    sign: str
    severity: str
    source: str
    """The file the trajectory came from."""
    excerpt: str
    """At most 100 characters around it, inert."""


class Screened(Value, frozen=True, kw_only=True):
    """Trajectories analysts may see, and what kept the others back."""

    trajectories: tuple[Trajectory, ...]
    """In the order given."""
    sightings: tuple[Sighting, ...]
    """Every one, grave or not; sorted."""
    losses: tuple[Loss, ...]


def screen(trajectories: Iterable[Trajectory]) -> Screened:
    """Set aside the runs in which a tool result speaks to the agent."""
    kept: list[Trajectory] = []
    sightings: list[Sighting] = []
    known: dict[str, tuple[SignMatch, ...]] = {}
    n_aside = 0
    for run in trajectories:
        in_run = list(_sightings(run, known))
        sightings += in_run
        if any(item.severity == "high" for item in in_run):
            n_aside += 1
        else:
            kept.append(run)
    losses = (Loss(stage="screen", reason=SET_ASIDE, count=n_aside),) if n_aside else ()
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
