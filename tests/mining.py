"""The mined analyst at work on runs built by hand."""

from collections.abc import Sequence

from t2s_local.analysts.mined import load
from t2s_local.stages.intake.slices import slice_all
from t2s_local.values.lesson import Extraction, Lesson
from t2s_local.values.trajectory import Trajectory

MISSING = "Traceback (most recent call last):\n  File \"a.py\", line 1\nModuleNotFoundError: No module named 'yaml'"


def extractions(*runs: Trajectory) -> Sequence[Extraction]:
    """What it makes of each unit."""
    analyst = load()
    return [found for _, found in analyst.analyse(analyst.plan(slice_all(runs)))]


def lessons(*runs: Trajectory, pattern: str | None = None) -> list[Lesson]:
    """The lessons of all units, or those of one *pattern*."""
    found = [lesson for extraction in extractions(*runs) for lesson in extraction.lessons]
    return [lesson for lesson in found if pattern is None or lesson.pattern == pattern]


def refusals(*runs: Trajectory) -> dict[str, int]:
    """What gave no lesson, by reason."""
    return {item.reason: item.count for extraction in extractions(*runs) for item in extraction.refused}
