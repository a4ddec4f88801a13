"""Refusal of lessons that a tool result dictated or instructions contain already; risky lessons wait for a person."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from t2s_local.safety.signs import spot
from t2s_local.stages.extract.instructed import Instructions
from t2s_local.stages.extract.provenance import Provenance, risks
from t2s_local.text.text import squeeze
from t2s_local.values.funnel import Loss, tally
from t2s_local.values.lesson import HeldLesson, Lesson, LessonId, Quote, line_of, supporting_runs, supporting_tasks
from t2s_local.values.trajectory import Trajectory, TrajectoryId
from t2s_local.values.value import Value

SPEAKS = "speaks to the agent"
ORDERED = "a dangerous command that a tool result asked for"
TOUCHES = "quotes an order in a tool result"
INSTRUCTED = "the instructions of its runs say it already"
SAID = "a risky command in a user's words: stays a candidate"
DICTATED = "a risky action that came up in a tool result"
_SHORTEST_ORDER = 12
ASKED_RUNS = 2
"""Fewest runs in which people must have asked for a risky action for it to be their wish."""

_FROM_ELSEWHERE = frozenset({"download", "source"})
"""Kinds of everyday actions that run code from an address: people must have named the address."""


class Judged(Value, frozen=True, kw_only=True):
    """Lessons that are kept, and counts of the lessons that are not kept."""

    lessons: tuple[Lesson, ...]
    losses: tuple[Loss, ...]
    held: tuple[HeldLesson, ...] = ()
    """Lessons with a risky action, on which a person has to decide; sorted."""
    allowed: frozenset[LessonId] = frozenset()
    """Lessons with a risky action that a person accepted."""


def judge(
    lessons: Sequence[Lesson],
    trajectories: Mapping[TrajectoryId, Trajectory],
    *,
    accepted: Container[LessonId] = frozenset(),
) -> Judged:
    """Keep the lessons that no tool result dictated and that the instructions of their runs do not contain.

    Args:
        lessons: Lessons in any order, which is kept.
        trajectories: Trajectories by id, at least those that the lessons quote.
        accepted: Lessons that a person accepted: a risk does not hold them back.
    """
    looked = _looked_up(lessons, trajectories)
    asked: dict[tuple[str, str], set[str]] = {}
    for found in looked.risks.values():
        for risk in found:
            asked.setdefault(risk.key, set()).update(risk.asked)
    kept: list[Lesson] = []
    refused: list[tuple[str, Lesson]] = []
    held: dict[tuple[str, str], list[Lesson]] = {}
    allowed: set[LessonId] = set()
    for lesson in lessons:
        if lesson.id in looked.reasons:
            refused.append((looked.reasons[lesson.id], lesson))
            continue
        danger = _risk(lesson, looked.risks.get(lesson.id, ()), asked)
        if danger is not None and lesson.id not in accepted:
            refused.append((danger, lesson))
            held.setdefault((line_of(lesson), danger), []).append(lesson)
        elif lesson.id in looked.instructed:
            refused.append((INSTRUCTED, lesson))
        else:
            kept.append(lesson)
            allowed.update([lesson.id] if danger is not None else [])
    return Judged(
        lessons=tuple(kept),
        losses=tally(
            Loss(stage="judge", reason=reason, count=1, trajectory_ids=lesson.trajectory_ids)
            for reason, lesson in refused
        ),
        held=tuple(_held(*key, held[key]) for key in sorted(held)),
        allowed=frozenset(allowed),
    )


class _LookedUp(NamedTuple):
    """Facts about lessons that stand in the recordings, by lesson; lessons without such a fact are left out."""

    risks: dict[LessonId, tuple[Provenance, ...]]
    reasons: dict[LessonId, str]
    """Reasons for which lessons are refused, whatever other lessons say."""
    instructed: set[LessonId]
    """Lessons that the instructions of their runs contain."""


def _looked_up(lessons: Iterable[Lesson], trajectories: Mapping[TrajectoryId, Trajectory]) -> _LookedUp:
    """Look up all facts about a lesson at once, and lessons of one run one after another: each run is loaded once."""
    found = _LookedUp({}, {}, set())
    instructions = Instructions(trajectories)
    for lesson in sorted(lessons, key=_first_run):
        if risky := risks(lesson, trajectories):
            found.risks[lesson.id] = risky
        if (reason := _reason_against(lesson, trajectories)) is not None:
            found.reasons[lesson.id] = reason
        elif instructions.say(lesson):
            found.instructed.add(lesson.id)
    return found


def _first_run(lesson: Lesson) -> str:
    return lesson.evidence[0].trajectory_id if lesson.evidence else ""


def _held(text: str, reason: str, lessons: Sequence[Lesson]) -> HeldLesson:
    return HeldLesson(
        text=text,
        reason=reason,
        n_runs=len(supporting_runs(lessons)),
        n_tasks=len(supporting_tasks(lessons)),
        lesson_ids=tuple(sorted(lesson.id for lesson in lessons)),
    )


def _risk(lesson: Lesson, found: Sequence[Provenance], asked: Mapping[tuple[str, str], set[str]]) -> str | None:
    """Return the reason why a lesson waits for a person; None if it does not wait."""
    return _reason_to_wait(found, asked) or _reason_to_look(lesson)


def _reason_to_wait(found: Sequence[Provenance], asked: Mapping[tuple[str, str], set[str]]) -> str | None:
    """Return the reason why a lesson with risky actions waits for a person; None if it need not wait.

    It waits if a tool result suggested an action that few users asked for, if such an action runs code from an address,
    or if an action is no everyday action, even if users asked for it.
    """
    unasked = [risk for risk in found if len(asked[risk.key]) < ASKED_RUNS]
    if any(risk.dictated for risk in unasked):
        return DICTATED
    if own := [risk for risk in unasked if not risk.is_common or risk.key[0] in _FROM_ELSEWHERE]:
        return f"{own[0].summary}, which users asked for in fewer than two runs: stays a candidate"
    wanted = [risk for risk in found if not risk.is_common]
    return f"{wanted[0].summary}, though users asked for it: stays a candidate" if wanted else None


def _reason_to_look(lesson: Lesson) -> str | None:
    """Return the reason why a user's words wait for a person: one user suffices for a rule, not for a risky command."""
    said = [quote.text for quote in lesson.evidence if quote.role == "correction"]
    return SAID if lesson.is_said and any(spot(text, "command") for text in said) else None


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
    """Return whether *quote* overlaps an order in a tool result."""
    run = trajectories.get(quote.trajectory_id)
    if run is None or quote.role in ("request", "correction") or run.steps[quote.step].kind != "tool_result":
        return False
    text = run.steps[quote.step].text
    start = text.find(quote.text)
    end = start + len(quote.text)
    return any(item.start < end and start < item.end for item in spot(text, "phrase"))


def _was_asked_for(quote: Quote, trajectories: Mapping[TrajectoryId, Trajectory]) -> bool:
    """Return whether an earlier tool result contains the quoted command, and no message of user or system before it."""
    run = trajectories.get(quote.trajectory_id)
    if run is None or quote.role not in ("fix", "action"):
        return False
    orders = [order for line in quote.text.splitlines() if len(order := squeeze(line)) >= _SHORTEST_ORDER]
    earlier = run.steps[: quote.step]
    from_tools = squeeze(" ".join(step.text for step in earlier if step.kind == "tool_result"))
    from_people = squeeze(" ".join(step.text for step in earlier if step.kind in ("user", "system")))
    return any(_dangerous_part(order) in from_tools and _dangerous_part(order) not in from_people for order in orders)


def _dangerous_part(order: str) -> str:
    """Return the dangerous part of a command, or the whole command if none is known."""
    found = spot(order, "command")
    return order[found[0].start : found[0].end] if found else order
