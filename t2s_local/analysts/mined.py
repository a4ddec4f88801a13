"""Analyst that needs no model: it finds lessons by rules on what happened, and quotes the steps verbatim.

Error -> recovery pairs, user corrections and loops are found in one slice; contrasts and recurring sequences in all
labelled runs together. Everything is deterministic.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from t2s_local.analysts._mined.compact_runs import MOST_STEPS, compact, sample
from t2s_local.analysts._mined.contrast import divergences, telling_actions
from t2s_local.analysts._mined.deciding.decide import decisions
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._mined.lookup import lookups
from t2s_local.analysts._mined.loop import loops
from t2s_local.analysts._mined.precondition import preconditions
from t2s_local.analysts._mined.recovery import recoveries
from t2s_local.analysts._mined.sequence import procedures
from t2s_local.analysts._mined.topics import Topics
from t2s_local.analysts._mined.ways.same_thing import needed_calls, same_things
from t2s_local.analysts._mined.ways.way_out import ways_out
from t2s_local.analysts._mined.wishes.corrections import corrections
from t2s_local.analysts._noted.all_kinds import notes_of, tell_all
from t2s_local.code_digest import sources_digest
from t2s_local.ports.analyst import NO_QUESTIONS, Forecast
from t2s_local.text.events import Event, events_of
from t2s_local.values.funnel import NOTHING_TO_LEARN, Loss
from t2s_local.values.lesson import Extraction, Lesson, Refusal, Unit
from t2s_local.values.trajectory import Slice, SliceId
from t2s_local.values.value import digest

MIN_ACTIONS = 2
"""Fewest actions of a run that is not trivial, unless it has a failure."""
UNMADE = "call that was never made"
BEYOND = "run beyond what is compared at once"
MOST_LESSONS = 100
"""Most lessons of one slice; the largest number in a recorded slice is 8."""
TOO_MANY = f"lesson beyond the first {MOST_LESSONS} of a slice"


class Mined:
    """Analyst that finds lessons without a model."""

    name = "mined"
    asks_model = False

    def __init__(self) -> None:
        """Compute the version from the sources: other rules give other lessons."""
        self.version = sources_digest(__name__)

    def plan(self, slices: Sequence[Slice]) -> Sequence[Unit]:
        """Return a unit for each slice, and one for the comparison of all slices."""
        by_run = sorted(slices, key=lambda piece: (piece.trajectory.id, piece.start))
        units = [Unit(id=digest(self.name, self.version, piece.id), kind="slice", slices=(piece,)) for piece in by_run]
        ordered = sorted(slices, key=lambda piece: piece.id)
        compared = sample(ordered)
        labels = [f"{piece.id} {piece.trajectory.outcome} {piece.trajectory.task_id}" for piece in compared]
        n_left_out = len(ordered) - len(compared)
        corpus = digest(self.name, self.version, "corpus", *labels, *([str(n_left_out)] if n_left_out else []))
        return (*units, Unit(id=corpus, kind="corpus", slices=compared, n_left_out=n_left_out))

    def weigh(self, units: Sequence[Unit]) -> Sequence[Unit]:
        """Return *units* as they are: no model is asked."""
        return units

    def forecast(self, sizes: Sequence[int]) -> Forecast:
        """Return the forecast of no questions, since no model is asked."""
        del sizes
        return NO_QUESTIONS

    def advice(self, n_lessons: int, losses: Sequence[Loss]) -> None:
        """Return None: no model can be warned of."""

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        """Yield the lessons of *units* one by one; compact copies of slices before the corpus unit are kept for it."""
        kept: dict[SliceId, Run] = {}
        room = MOST_STEPS
        for unit in units:
            if unit.kind == "corpus":
                yield unit, _corpus(unit, kept)
                continue
            piece = unit.slices[0]
            events = events_of(piece)
            room -= piece.stop - piece.start
            if room >= 0:
                kept[piece.id] = compact(piece, notes_of, events)
            yield unit, _slice(piece, events)


def load() -> Mined:
    """Load the analyst."""
    return Mined()


def _slice(piece: Slice, events: Sequence[Event]) -> Extraction:
    n_calls = sum(step.kind == "tool_call" for step in piece.steps)
    unmade = [Refusal(reason=UNMADE, count=n_calls - len(events))] if n_calls > len(events) else []
    if len(events) < MIN_ACTIONS and not any(event.failed for event in events):
        found: list[Lesson | Refusal] = list(corrections(piece))
        return _extraction([*unmade, *(found or [Refusal(reason=NOTHING_TO_LEARN)])], most=MOST_LESSONS)
    said = [*corrections(piece), *lookups(piece, events)]
    return _extraction([*unmade, *said, *recoveries(piece, events), *loops(piece, events)], most=MOST_LESSONS)


def _corpus(unit: Unit, kept: Mapping[SliceId, Run]) -> Extraction:
    is_whole = not unit.n_left_out and len(kept) == len(unit.slices)
    runs = (
        [kept[piece] for piece in sorted(kept)]  # As the slices are; looking at them would load their steps again.
        if is_whole
        else [kept.get(piece.id) or compact(piece, notes_of) for piece in unit.slices]
    )
    topics = Topics({run.piece.trajectory.task_id or run.piece.trajectory.id: run.piece.request for run in runs})
    needed = tuple(needed_calls(runs))
    return _extraction(
        [
            *(Refusal(reason=BEYOND) for _ in range(unit.n_left_out)),
            *telling_actions(runs, topics),
            *divergences(runs),
            *preconditions(runs),
            *same_things(needed),
            *ways_out(runs),
            *decisions(runs),
            *procedures(runs, topics),
            *tell_all(runs, needed),
        ]
    )


def _extraction(found: Iterable[Lesson | Refusal], *, most: int | None = None) -> Extraction:
    """Return lessons and refusals as an extraction; of more than *most* lessons the rest are counted as refused."""
    lessons: dict[str, Lesson] = {}
    counts: Counter[str] = Counter()
    for item in found:
        if isinstance(item, Refusal):
            counts[item.reason] += item.count
        elif item.id not in lessons and len(lessons) == most:
            counts[TOO_MANY] += 1
        else:
            lessons.setdefault(item.id, item)
    refused = tuple(Refusal(reason=reason, count=count) for reason, count in sorted(counts.items()))
    return Extraction(lessons=tuple(lessons[key] for key in sorted(lessons)), refused=refused)
