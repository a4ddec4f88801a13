"""Missing folders and files that runs created themselves, and the scores with which these runs ended."""

import re
from collections.abc import Callable, Sequence
from statistics import fmean

from t2s_local.analysts._exact import tail
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.text.text import counted
from t2s_local.values.value import Value

LEAST_MADE = 5
"""Fewest runs with a known outcome in each group: those that created the missing path, and those that did not."""
MOST_CHANCE = 0.05
"""Largest probability of so few creating runs above the overall mean score if creating made no difference."""
LEAST_NAMED = 0.8
"""Share of the better runs that must name the missing path in later calls for the lesson to advise such calls."""
_MAKES = r"\bmkdir\b[^;&|\n]*\s['\"]?{thing}(?![\w.-])|\btouch\b[^;&|\n]*\s['\"]?{thing}(?![\w./-])"


class Created(Value, frozen=True, kw_only=True):
    """Finding that runs which created a missing path did worse than runs which did not."""

    counts: str
    """Numbers of runs of both groups that succeeded, or if all have scores, that scored above the mean, as a clause."""
    is_named_on: bool
    """Whether most of the better runs that did not create the path still name it in later calls."""


def created(thing: str, runs: Sequence[Run], first: Callable[[Run], int]) -> Created | None:
    """Compare the outcomes of runs that created *thing* after they missed it and of runs that did not create it.

    Args:
        thing: A missing folder or file.
        runs: Runs that missed it.
        first: Returns the step of a run at which it missed *thing*.

    Returns:
        None if too few runs created *thing* or too few did not, or if the creating runs did no worse.
    """
    known = [run for run in runs if run.piece.trajectory.label is not None]
    makes = re.compile(_MAKES.format(thing=re.escape(thing)))
    made = [run for run in known if _calls(run, first(run), makes, passed=True)]
    ids = {run.piece.trajectory.id for run in made}
    others = [run for run in known if run.piece.trajectory.id not in ids]
    if min(len(made), len(others)) < LEAST_MADE:
        return None
    value = _score if all(_has_score(run) for run in known) else _won
    middle = fmean(map(value, known))
    low = sum(value(run) <= middle for run in made)
    better = [run for run in others if value(run) > middle]
    if tail(low, len(made), len(known) - sum(value(run) > middle for run in known), len(known)) > MOST_CHANCE:
        return None
    names = re.compile(rf"(?<![\w.-]){re.escape(thing)}(?![\w-])")
    is_better = f"scored more than {middle:.2f}, the mean" if value is _score else "succeeded"
    n_made = len(made) - low
    counts = (
        f"{n_made} of {counted(len(made), 'run')} that created it {is_better}, {len(better)} of {len(others)} others"
    )
    on = [run for run in better if _calls(run, first(run), names, passed=False)]
    return Created(counts=counts, is_named_on=bool(better) and len(on) >= LEAST_NAMED * len(better))


def _calls(run: Run, after: int, pattern: re.Pattern[str], *, passed: bool) -> bool:
    """Return whether a call after step *after* contains *pattern*; if *passed*, failed calls do not count."""
    return any(
        event.call > after and not (passed and event.failed) and pattern.search(event.action) for event in run.events
    )


def _has_score(run: Run) -> bool:
    return run.piece.trajectory.label is not None and run.piece.trajectory.label.score is not None


def _score(run: Run) -> float:
    label = run.piece.trajectory.label
    return 0.0 if label is None or label.score is None else label.score


def _won(run: Run) -> float:
    return float(run.succeeded)
