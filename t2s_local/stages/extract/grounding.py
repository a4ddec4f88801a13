"""Check of quotes by code: text that is not in the named step of its trajectory is no evidence."""

from collections.abc import Mapping

import msgspec

from t2s_local.values.lesson import Extraction, Lesson, Quote, Refusal
from t2s_local.values.trajectory import Trajectory, TrajectoryId

NOT_FOUND = "quote not found"
NO_QUOTE = "no quote"


def ground(extraction: Extraction, trajectories: Mapping[TrajectoryId, Trajectory]) -> Extraction:
    """Keep the lessons whose every quote occurs verbatim in the named step; the rest become refusals."""
    kept: list[Lesson] = []
    refused = list(extraction.refused)
    for lesson in extraction.lessons:
        missing = next((quote for quote in lesson.evidence if not is_grounded(quote, trajectories)), None)
        if missing is not None:
            refused.append(Refusal(reason=NOT_FOUND, detail=missing.text[:80]))
        elif not lesson.evidence:
            refused.append(Refusal(reason=NO_QUOTE, detail=lesson.when[:80]))
        else:
            kept.append(lesson)
    return msgspec.structs.replace(extraction, lessons=tuple(kept), refused=tuple(refused))


def is_grounded(quote: Quote, trajectories: Mapping[TrajectoryId, Trajectory]) -> bool:
    """Return whether the step of the trajectory that *quote* names contains its text."""
    run = trajectories.get(quote.trajectory_id)
    if run is None or not 0 <= quote.step < len(run.steps) or not quote.text.strip():
        return False
    return quote.text in run.steps[quote.step].text
