"""One wording for lessons that say the same: the situation they share, and what they tell to do about it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from t2s_local.text import join_words, mask, normalise
from t2s_local.types import Lesson, TrajectoryId, Value

_FAILS = re.compile(r"(?P<what>.+?) (?P<verb>fails|keeps failing) with (?P<message>“.+”)\.?")
_MOST_SUBJECTS = 3
_LONG_SUBJECT = 90


class Option(Value, frozen=True, kw_only=True):
    """One thing to do about a situation, and the runs that did it."""

    do: str
    trajectory_ids: tuple[TrajectoryId, ...]
    successes: int
    """Runs among them whose outcome was success."""


def situation(lessons: Sequence[Lesson]) -> str:
    """The situation in the medoid's words; where different commands met the same message, with those commands."""
    medoid = lessons[0]
    parted = [found for lesson in lessons if (found := _FAILS.fullmatch(lesson.when))]
    own = _FAILS.fullmatch(medoid.when)
    if own is None or len(parted) < 2:
        return medoid.when
    counted = Counter(found["what"] for found in parted)
    subjects = [what for what, _ in sorted(counted.items(), key=lambda item: (-item[1], len(item[0]), item[0]))]
    short = [what for what in subjects if len(what) <= _LONG_SUBJECT][:_MOST_SUBJECTS] or [own["what"]]
    verb = "fails" if any(found["verb"] == "fails" for found in parted) else "keeps failing"
    return f"{join_words(short, last='or')} {verb} with {own['message']}"


def options(lessons: Sequence[Lesson], outcomes: Mapping[TrajectoryId, str | None]) -> tuple[Option, ...]:
    """What the lessons tell to do, what most runs did first; of wordings that differ in details the shortest.

    What ends a loop counts only where nothing else does: to stop is no remedy.
    """
    remedies = [lesson for lesson in lessons if lesson.pattern != "loop"] or list(lessons)
    groups: dict[str, list[Lesson]] = {}
    for lesson in remedies:
        groups.setdefault(normalise(mask(lesson.do)), []).append(lesson)
    found = []
    for group in groups.values():
        runs = tuple(sorted({run for lesson in group for run in lesson.trajectory_ids}))
        do = min((lesson.do for lesson in group), key=lambda text: (len(text), text))
        successes = sum(outcomes.get(run) == "success" for run in runs)
        found.append(Option(do=do, trajectory_ids=runs, successes=successes))
    return tuple(sorted(found, key=_rank))


def _rank(option: Option) -> tuple[int, int, int, str]:
    return (-len(option.trajectory_ids), -option.successes, len(option.do), option.do)
