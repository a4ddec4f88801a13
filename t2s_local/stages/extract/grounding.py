"""Check of quotes by code: text that is not in the named step of its trajectory is no evidence."""

from collections.abc import Mapping

import msgspec

from t2s_local.values.lesson import Extraction, Lesson, Quote, Refusal
from t2s_local.values.trajectory import Trajectory, TrajectoryId

NOT_FOUND = "quote not found"
NO_QUOTE = "no quote"


def ground(extraction: Extraction, trajectories: Mapping[TrajectoryId, Trajectory]) -> Extraction:
    """Keep the lessons whose every quote occurs verbatim in the named step of a supporting run; refuse the rest."""
    kept: list[Lesson] = []
    refused = list(extraction.refused)
    for lesson in extraction.lessons:
        own = frozenset(lesson.trajectory_ids)
        missing = next(
            (one for one in lesson.evidence if one.trajectory_id not in own or not is_grounded(one, trajectories)), None
        )
        if missing is not None:
            refused.append(_refused(NOT_FOUND, missing.text, lesson))
        elif not lesson.evidence:
            refused.append(_refused(NO_QUOTE, lesson.when, lesson))
        else:
            kept.append(lesson)
    return msgspec.structs.replace(extraction, lessons=tuple(kept), refused=tuple(refused))


def _refused(reason: str, detail: str, lesson: Lesson) -> Refusal:
    return Refusal(reason=reason, detail=detail[:80], trajectory_ids=lesson.trajectory_ids)


def is_grounded(quote: Quote, trajectories: Mapping[TrajectoryId, Trajectory]) -> bool:
    """Return whether the step of the trajectory that *quote* names contains its text."""
    run = trajectories.get(quote.trajectory_id)
    if run is None or not 0 <= quote.step < len(run.steps) or not quote.text.strip():
        return False
    return quote.text in run.steps[quote.step].text
