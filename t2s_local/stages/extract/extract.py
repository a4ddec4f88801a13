"""Stage that extracts grounded lessons from slices; results of earlier runs are read from the store."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Self

import msgspec

from t2s_local.code_digest import sources_digest
from t2s_local.ports.analyst import Analyst
from t2s_local.ports.services import Memory, Progress, stop_if_asked
from t2s_local.stages.extract.grounding import ground
from t2s_local.stages.intake.corpus import Corpus
from t2s_local.values.funnel import Loss, tally
from t2s_local.values.lesson import Extraction, Lesson, LessonId, Parked, Quote, Refusal, Unit
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.value import Value, digest

OUT_OF_FOCUS = "question not asked: task not in focus"
OUT_OF_TIME = "question not asked: the time for questions was over"
STAGE = "extract"
"""Name of the stage in losses."""
KIND = "extraction"
"""Item kind in the store. Key: digest of unit id, redaction digest and the source of ``ground``."""
BATCH = 64
"""Most results without a model that are stored together."""
WAIT = 0.1
"""Seconds after which waiting results are stored together with the next result, so that a killed run loses little."""


class Extracted(msgspec.Struct, frozen=True, kw_only=True):
    """Lessons of all units, and counts of the items that were refused."""

    lessons: tuple[Lesson, ...]
    """Lessons sorted by id, each once."""
    losses: tuple[Loss, ...]
    parked: tuple[Parked, ...]
    """Questions without a usable answer, sorted."""
    n_unasked: int
    """Number of questions left to a later run because the time for questions was over."""
    n_units: int
    n_remembered: int
    """Number of units whose result was stored already."""
    stored_under: dict[LessonId, str]
    """Store key of the unit that each lesson comes from."""


class Share(Value, frozen=True, kw_only=True):
    """One of several parts of the same work, for one of several machines."""

    number: int
    """Number of the part, from 1."""
    of: int

    def holds(self, unit: Unit) -> bool:
        """Return whether *unit* belongs to this part; its id decides, so that every unit is in exactly one part."""
        return int(digest(unit.id), 16) % self.of == self.number - 1


def extract(
    corpus: Corpus,
    analyst: Analyst,
    *,
    memory: Memory,
    progress: Progress,
    redaction: str = "",
    share: Share | None = None,
    unasked: frozenset[TrajectoryId] = frozenset(),
    may_ask: Callable[[], bool] = lambda: True,
) -> Extracted:
    """Let *analyst* read the slices of *corpus*, store the results, and check every quote.

    Each result of a model is stored at once, other results ten times a second; a stop loses no result. The next run
    reads a unit again if a question about it has no answer or was not asked for lack of time.

    Args:
        corpus: The trajectories.
        analyst: The analyst that reads them.
        memory: Store of the results.
        progress: Receiver of the progress.
        redaction: Digest of the redaction rules and values applied to the texts: results are stored for exactly these
            texts.
        share: The part of the units to read; None for all.
        unasked: Runs about which no model is asked; units of these runs have only lessons that code finds.
        may_ask: Function that returns whether there is time for another question; without time, units have only
            lessons that code finds.

    Raises:
        InterruptedRunError: the user wants the run to stop; units under way are finished and stored.
        ModelError: the analyst's model cannot be run.
    """
    planned = analyst.plan(corpus.slices())
    units = [unit for unit in planned if share is None or share.holds(unit)]
    progress.stage("extract", len(units))
    gathered = _Gathered()
    todo: list[Unit] = []
    silent = _silent(units, unasked) if analyst.asks_model else frozenset()
    keys = dict[str, str]()
    for unit in units:
        key = _key(unit, redaction)
        stored = memory.item(KIND, key)
        if stored is None and unit.id in silent:
            key = digest(key, OUT_OF_FOCUS)
            stored = memory.item(KIND, key)
        keys[unit.id] = key
        result = Extraction() if stored is None else msgspec.json.decode(stored, type=Extraction)
        if stored is None or result.parked or result.n_unasked:
            todo.append(unit)
        else:
            gathered.add(_located(result, unit), key)
            progress.step(n_remembered=1, n_refused=n_refused(result))
    work = _Work(_ordered(todo, planned, analyst, corpus), progress, may_ask, silent)
    with _Stored(memory, at_once=1 if analyst.asks_model else BATCH) as stored_results:
        for unit, found in analyst.analyse(work.units()):
            result = _located(ground(work.with_left(unit, found), corpus), unit)
            stored_results.add(keys[unit.id], result)
            gathered.add(result, keys[unit.id])
            progress.step(n_refused=n_refused(result))
    stop_if_asked(progress)
    return Extracted(
        lessons=gathered.lessons(),
        losses=gathered.losses(),
        parked=tuple(sorted(gathered.parked)),
        n_unasked=gathered.n_unasked,
        n_units=len(units),
        n_remembered=len(units) - len(todo),
        stored_under=gathered.stored_under,
    )


def _key(unit: Unit, redaction: str) -> str:
    return digest(unit.id, redaction, sources_digest(ground.__module__))


def _silent(units: Iterable[Unit], unasked: frozenset[TrajectoryId]) -> frozenset[str]:
    """Return the ids of units with only slices of runs about which no model is asked."""
    return frozenset(unit.id for unit in units if unasked.issuperset(piece.trajectory.id for piece in unit.slices))


def _located(found: Extraction, unit: Unit) -> Extraction:
    """Return *found* with the runs that its refusals come from; refusals about a whole corpus name no runs."""
    if unit.kind == "corpus" or all(item.trajectory_ids for item in found.refused):
        return found
    runs = tuple(sorted({piece.trajectory.id for piece in unit.slices}))
    refused = tuple(
        item if item.trajectory_ids else msgspec.structs.replace(item, trajectory_ids=runs) for item in found.refused
    )
    return msgspec.structs.replace(found, refused=refused)


def n_refused(found: Extraction) -> int:
    """Return the number of refusals in an extraction."""
    return sum(refusal.count for refusal in found.refused)


def _ordered(todo: Sequence[Unit], planned: Sequence[Unit], analyst: Analyst, corpus: Corpus) -> Iterable[Unit]:
    """Return *todo* sorted by the worth of questions about each unit, judged among all planned units."""
    wanted = {unit.id for unit in todo}
    every = [_whole(unit, corpus) for unit in planned] if todo else []
    return [unit for unit in analyst.weigh(every) if unit.id in wanted]


def _whole(unit: Unit, corpus: Corpus) -> Unit:
    return msgspec.structs.replace(unit, slices=corpus.whole(unit.slices))


class _Stored:
    """Results on their way to the store; waiting results are stored when the block ends, also after an error."""

    def __init__(self, memory: Memory, *, at_once: int) -> None:
        self._memory = memory
        self._at_once = at_once
        self._waiting: dict[str, bytes] = {}
        self._since = time.monotonic()

    def add(self, key: str, result: Extraction) -> None:
        """Add *result* under *key*; store the waiting results if they are enough or have waited long enough."""
        self._waiting[key] = msgspec.json.encode(result)
        if len(self._waiting) >= self._at_once or time.monotonic() - self._since >= WAIT:
            self._store()

    def _store(self) -> None:
        waiting, self._waiting, self._since = self._waiting, {}, time.monotonic()
        if waiting:
            self._memory.put_items(KIND, waiting)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._store()


class _Work:
    """Units on their way to the analyst, and the counts of their questions that were not asked."""

    def __init__(
        self, units: Iterable[Unit], progress: Progress, may_ask: Callable[[], bool], silent: frozenset[str]
    ) -> None:
        self._units = units
        self._progress = progress
        self._may_ask = may_ask
        self._silent = silent
        self._n_left: dict[str, int] = {}

    def units(self) -> Iterator[Unit]:
        """Yield the units until the user wants the run to stop; once the time is over, yield them without questions."""
        for unit in self._units:
            if self._progress.is_stopping:
                return
            self._progress.begin()
            if unit.id in self._silent:
                yield msgspec.structs.replace(unit, questions=())
            elif unit.questions and not self._may_ask():
                self._n_left[unit.id] = len(unit.questions)
                yield msgspec.structs.replace(unit, questions=())
            else:
                yield unit

    def with_left(self, unit: Unit, found: Extraction) -> Extraction:
        """Return *found* with refusals for the questions about *unit* that were not asked."""
        n_left = self._n_left.get(unit.id, 0)
        refused = (Refusal(reason=OUT_OF_TIME, count=n_left),) if n_left else ()
        if unit.id in self._silent:
            refused = (Refusal(reason=OUT_OF_FOCUS),)
        return msgspec.structs.replace(found, refused=(*found.refused, *refused), n_unasked=n_left)


class _Gathered:
    """Results so far, in little memory: equal texts of different lessons are stored once."""

    def __init__(self) -> None:
        self._lessons: dict[str, Lesson] = {}
        self._refused: Counter[str] = Counter()
        self._refused_runs: defaultdict[str, set[TrajectoryId]] = defaultdict(set)
        self._texts: dict[str, str] = {}
        self.parked: list[Parked] = []
        self.n_unasked = 0
        self.stored_under: dict[LessonId, str] = {}

    def add(self, found: Extraction, key: str) -> None:
        """Add the result of one unit, stored under *key*."""
        for lesson in found.lessons:
            self.stored_under[lesson.id] = key
            self._lessons[lesson.id] = msgspec.structs.replace(
                lesson,
                when=self._one(lesson.when),
                do=self._one(lesson.do),
                because=None if lesson.because is None else self._one(lesson.because),
                signature=self._one(lesson.signature),
                evidence=tuple(map(self._quote, lesson.evidence)),
                trajectory_ids=tuple(map(self._id, lesson.trajectory_ids)),
                task_ids=tuple(map(self._one, lesson.task_ids)),
            )
        self.parked += found.parked
        self.n_unasked += found.n_unasked
        for refusal in found.refused:
            self._refused[refusal.reason] += refusal.count
            self._refused_runs[refusal.reason].update(map(self._id, refusal.trajectory_ids))

    def lessons(self) -> tuple[Lesson, ...]:
        """Return every lesson once, by id."""
        return tuple(self._lessons[key] for key in sorted(self._lessons))

    def losses(self) -> tuple[Loss, ...]:
        """Return the counts of refusals, by reason, with the runs that they come from."""
        return tally(
            Loss(stage=STAGE, reason=reason, count=count, trajectory_ids=tuple(self._refused_runs[reason]))
            for reason, count in self._refused.items()
        )

    def _quote(self, quote: Quote) -> Quote:
        run = self._id(quote.trajectory_id)
        return Quote(trajectory_id=run, step=quote.step, role=quote.role, text=self._one(quote.text))

    def _id(self, run: TrajectoryId) -> TrajectoryId:
        return TrajectoryId(self._one(run))

    def _one(self, text: str) -> str:
        return self._texts.setdefault(text, text)
