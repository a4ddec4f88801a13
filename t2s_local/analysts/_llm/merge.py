"""Joins what several answers say about one unit, and says when too much of it was refused."""

from collections.abc import Iterable, Sequence

from t2s_local.analysts._lessons import lesson
from t2s_local.analysts._llm import answer
from t2s_local.analysts.mined import BEYOND
from t2s_local.text.text import normalise
from t2s_local.values.funnel import Loss
from t2s_local.values.lesson import Extraction, Lesson, Refusal
from t2s_local.values.trajectory import Trajectory

PARKED = "question parked after every try"
TRIVIAL = "trivial run"
HIGHEST_RATE = 0.5
"""Share of refused answers above which a run says so: more is thrown away than kept, and what is kept is suspect."""
_NO_FAULT = frozenset({answer.NO_LESSON, TRIVIAL, PARKED, BEYOND})
"""Reasons that say nothing about the model, or come on top of one that does."""


def merged(extractions: Sequence[Extraction], trajectories: Iterable[Trajectory]) -> Extraction:
    """One extraction of several: lessons in the same words become one with all their quotes, refusals are counted."""
    runs = tuple(trajectories)
    groups: dict[tuple[str, str, str], list[Lesson]] = {}
    for found in extractions:
        for item in found.lessons:
            groups.setdefault((item.polarity, normalise(item.when), normalise(item.do)), []).append(item)
    lessons = {item.id: item for same in groups.values() for item in [_joined(same, runs)]}
    refused = [refusal for found in extractions for refusal in found.refused]
    return Extraction(
        lessons=tuple(lessons[key] for key in sorted(lessons)),
        refused=counted(refused),
        parked=tuple(sorted(item for found in extractions for item in found.parked)),
    )


def counted(refused: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """Refusals by reason, each with the first detail."""
    sums: dict[str, Refusal] = {}
    for item in refused:
        known = sums.get(item.reason)
        detail = item.detail if known is None else known.detail
        count = item.count + (0 if known is None else known.count)
        sums[item.reason] = Refusal(reason=item.reason, detail=detail, count=count)
    return tuple(sums[reason] for reason in sorted(sums))


def is_bad(found: Extraction) -> bool:
    """Whether an answer gave nothing, and not because there was nothing to give."""
    return not found.lessons and any(refusal.reason not in _NO_FAULT for refusal in found.refused)


def advice(n_lessons: int, losses: Iterable[Loss]) -> str | None:
    """What to tell the user of a model that reads badly: refused above :data:`HIGHEST_RATE`, or blind to everything.

    Args:
        n_lessons: Lessons that were kept.
        losses: Losses of the run; only those of the extraction are looked at.

    Returns:
        None where there is nothing to tell.
    """
    counts = {loss.reason: loss.count for loss in losses if loss.stage == "extract"}
    faults = {reason: count for reason, count in counts.items() if reason not in _NO_FAULT}
    refused = sum(faults.values())
    total = n_lessons + refused
    if refused and refused / total > HIGHEST_RATE:
        most = max(sorted(faults), key=lambda reason: faults[reason])
        told = f"{refused} of {total} things the model stated were refused, most often for: {most} ({faults[most]})."
    elif not total and counts.get(answer.NO_LESSON):
        told = f"The model found no lesson at all, in {counts[answer.NO_LESSON]} answers."
    else:
        return None
    return f"{told} This model reads these runs badly. `--model none` reads them without one."


def _joined(same: Sequence[Lesson], runs: Sequence[Trajectory]) -> Lesson:
    first = same[0]
    if len(same) == 1:
        return first
    quoted = {run for item in same for run in item.trajectory_ids}
    return lesson(
        when=first.when,
        do=first.do,
        because=first.because,
        polarity=first.polarity,
        pattern=first.pattern,
        evidence=[quote for item in same for quote in item.evidence],
        trajectories=[run for run in runs if run.id in quoted],
        tools=[tool for item in same for tool in item.tools],
        analyst=first.analyst,
    )
