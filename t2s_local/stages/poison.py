"""What a tool returned is data: orders hidden in it become no lessons, whoever carried them out.

A tool result in which somebody speaks to the agent (``ignore previous instructions``, ``do not tell the user``, a fake
system tag …) makes its whole run untrustworthy: what the agent did afterwards may be the attacker's. Such runs are set
aside before any analyst sees them, whatever their outcome. What is left is judged lesson by lesson.
"""

from collections.abc import Iterable, Mapping, Sequence

from t2s_local.safety.characters import safe
from t2s_local.safety.signs import Spotted, spot
from t2s_local.text.text import clip, squeeze
from t2s_local.values.funnel import Loss, tally
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.trajectory import Trajectory, TrajectoryId
from t2s_local.values.value import Value

SET_ASIDE = "a tool result speaks to the agent"
SPEAKS = "speaks to the agent"
ORDERED = "a dangerous command that a tool result asked for"
TOUCHES = "quotes an order in a tool result"
_EXCERPT = 100
_SHORTEST_ORDER = 12


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


class Judged(Value, frozen=True, kw_only=True):
    """Lessons that may go on, and how many may not."""

    lessons: tuple[Lesson, ...]
    losses: tuple[Loss, ...]


def screen(trajectories: Iterable[Trajectory]) -> Screened:
    """Set aside the runs in which a tool result speaks to the agent."""
    kept: list[Trajectory] = []
    sightings: list[Sighting] = []
    looked: dict[str, tuple[Spotted, ...]] = {}
    n_aside = 0
    for run in trajectories:
        found = list(_sightings(run, looked))
        sightings += found
        if any(item.severity == "high" for item in found):
            n_aside += 1
        else:
            kept.append(run)
    losses = (Loss(stage="screen", reason=SET_ASIDE, count=n_aside),) if n_aside else ()
    return Screened(trajectories=tuple(kept), sightings=tuple(sorted(sightings)), losses=losses)


def judge(lessons: Sequence[Lesson], trajectories: Mapping[TrajectoryId, Trajectory]) -> Judged:
    """Keep the lessons that no tool result dictated.

    Args:
        lessons: In any order, which is kept.
        trajectories: By id, at least those the lessons quote.
    """
    kept: list[Lesson] = []
    refused: list[str] = []
    for lesson in lessons:
        reason = _reason_against(lesson, trajectories)
        if reason is None:
            kept.append(lesson)
        else:
            refused.append(reason)
    losses = tally(Loss(stage="judge", reason=reason, count=1) for reason in refused)
    return Judged(lessons=tuple(kept), losses=losses)


def _sightings(run: Trajectory, looked: dict[str, tuple[Spotted, ...]]) -> Iterable[Sighting]:
    for index, step in enumerate(run.steps):
        if step.kind != "tool_result":
            continue
        found = looked.get(step.text)
        if found is None:
            found = looked[step.text] = spot(step.text, "phrase")
        for item in found:
            around = step.text[max(0, item.start - 20) : item.end + 40]
            yield Sighting(
                trajectory_id=run.id,
                step=index,
                sign=item.sign,
                severity=item.severity,
                source=run.source,
                excerpt=clip(safe(squeeze(around)), _EXCERPT),
            )


def _reason_against(lesson: Lesson, trajectories: Mapping[TrajectoryId, Trajectory]) -> str | None:
    words = "\n".join((lesson.when, lesson.do, lesson.because or ""))
    if any(item.severity == "high" for item in spot(words, "phrase")):
        return SPEAKS
    if any(_is_order(quote, trajectories) for quote in lesson.evidence):
        return TOUCHES
    is_dangerous = bool(spot(words, "command"))
    if is_dangerous and any(_was_asked_for(quote, trajectories) for quote in lesson.evidence):
        return ORDERED
    return None


def _is_order(quote: Quote, trajectories: Mapping[TrajectoryId, Trajectory]) -> bool:
    """Whether *quote* takes its words out of an order in a tool result."""
    run = trajectories.get(quote.trajectory_id)
    if run is None or quote.role in ("request", "correction") or run.steps[quote.step].kind != "tool_result":
        return False
    text = run.steps[quote.step].text
    start = text.find(quote.text)
    end = start + len(quote.text)
    return any(item.start < end and start < item.end for item in spot(text, "phrase"))


def _was_asked_for(quote: Quote, trajectories: Mapping[TrajectoryId, Trajectory]) -> bool:
    """Whether the command *quote* shows stood in an earlier tool result and in nobody's words before."""
    run = trajectories.get(quote.trajectory_id)
    if run is None or quote.role not in ("fix", "action"):
        return False
    orders = [order for line in quote.text.splitlines() if len(order := squeeze(line)) >= _SHORTEST_ORDER]
    earlier = run.steps[: quote.step]
    from_tools = squeeze(" ".join(step.text for step in earlier if step.kind == "tool_result"))
    from_people = squeeze(" ".join(step.text for step in earlier if step.kind in ("user", "system")))
    return any(_dangerous_part(order) in from_tools and _dangerous_part(order) not in from_people for order in orders)


def _dangerous_part(order: str) -> str:
    """The part of a command that is dangerous, or all of it."""
    found = spot(order, "command")
    return order[found[0].start : found[0].end] if found else order
