"""Slices in, grounded lessons out; a unit of work that was done before is not done again."""

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from t2s_local.code_digest import sources_digest
from t2s_local.ports.analyst import Analyst
from t2s_local.ports.services import Memory, Progress, stop_if_asked
from t2s_local.stages.extract.grounding import ground
from t2s_local.stages.intake.corpus import Corpus
from t2s_local.values.funnel import Loss, tally
from t2s_local.values.lesson import Extraction, Lesson, LessonId, Parked, Quote, Unit
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.value import Value, digest

KIND = "extraction"
"""Item kind in the store. Key: digest of unit id, redaction digest and the source of ``ground``."""


class Extracted(msgspec.Struct, frozen=True, kw_only=True):
    """The lessons of all units, and what became none."""

    lessons: tuple[Lesson, ...]
    """Sorted by id, each once."""
    losses: tuple[Loss, ...]
    parked: tuple[Parked, ...]
    """Questions that got no answer of use, sorted."""
    n_units: int
    n_remembered: int
    """Units whose result was stored already."""
    stored_under: dict[LessonId, str]
    """Lesson to the key that the result of its unit is stored under."""


class Share(Value, frozen=True, kw_only=True):
    """One of several parts of the same work, for one of several machines."""

    number: int
    """From 1."""
    of: int

    def holds(self, unit: Unit) -> bool:
        """Whether *unit* belongs to it: by its id, so that every unit is in exactly one."""
        return int(digest(unit.id), 16) % self.of == self.number - 1


def extract(
    corpus: Corpus,
    analyst: Analyst,
    *,
    memory: Memory,
    progress: Progress,
    redaction: str = "",
    share: Share | None = None,
) -> Extracted:
    """Let *analyst* work through the slices of *corpus*, store every result at once, and check every quote.

    A unit with a question that got no answer of use is worked through once more by the next run.

    Args:
        corpus: The trajectories.
        analyst: Who reads them.
        memory: Where results are stored and looked up.
        progress: Told how far the work is.
        redaction: Digest of the redaction rules and values applied to the texts: other texts, other results.
        share: The part of the units to work through; None for all.

    Raises:
        InterruptedRunError: the user wants the run to stop; what was under way is finished and stored.
        ModelError: the analyst's model cannot be run.
    """
    units = [unit for unit in analyst.plan(corpus.slices()) if share is None or share.holds(unit)]
    progress.stage("extract", len(units))
    gathered = _Gathered()
    todo: list[Unit] = []
    for unit in units:
        stored = memory.item(KIND, _key(unit, redaction))
        result = Extraction() if stored is None else msgspec.json.decode(stored, type=Extraction)
        if stored is None or result.parked:
            todo.append(unit)
        else:
            gathered.add(result, _key(unit, redaction))
            progress.step(n_remembered=1, n_refused=n_refused(result))
    for unit, found in analyst.analyse(_loaded(todo, corpus, progress)):
        result = ground(found, corpus)
        memory.put_item(KIND, _key(unit, redaction), msgspec.json.encode(result))
        gathered.add(result, _key(unit, redaction))
        progress.step(n_refused=n_refused(result))
    stop_if_asked(progress)
    return Extracted(
        lessons=gathered.lessons(),
        losses=gathered.losses(),
        parked=tuple(sorted(gathered.parked)),
        n_units=len(units),
        n_remembered=len(units) - len(todo),
        stored_under=gathered.stored_under,
    )


def _key(unit: Unit, redaction: str) -> str:
    return digest(unit.id, redaction, sources_digest(ground.__module__))


def n_refused(found: Extraction) -> int:
    """How much an analyst did not turn into lessons."""
    return sum(refusal.count for refusal in found.refused)


def _loaded(units: Iterable[Unit], corpus: Corpus, progress: Progress) -> Iterator[Unit]:
    """The units with their steps, up to where the user wants the run to stop."""
    for unit in units:
        if progress.is_stopping:
            return
        progress.begin()
        yield msgspec.structs.replace(unit, slices=corpus.whole(unit.slices))


class _Gathered:
    """What has come out so far, in little memory: many lessons say the same in the same words."""

    def __init__(self) -> None:
        self._lessons: dict[str, Lesson] = {}
        self._refused: Counter[str] = Counter()
        self._texts: dict[str, str] = {}
        self.parked: list[Parked] = []
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
        for refusal in found.refused:
            self._refused[refusal.reason] += refusal.count

    def lessons(self) -> tuple[Lesson, ...]:
        """Every lesson once, by id."""
        return tuple(self._lessons[key] for key in sorted(self._lessons))

    def losses(self) -> tuple[Loss, ...]:
        """What was refused, by reason."""
        return tally(Loss(stage="extract", reason=reason, count=count) for reason, count in self._refused.items())

    def _quote(self, quote: Quote) -> Quote:
        run = self._id(quote.trajectory_id)
        return Quote(trajectory_id=run, step=quote.step, role=quote.role, text=self._one(quote.text))

    def _id(self, run: TrajectoryId) -> TrajectoryId:
        return TrajectoryId(self._one(run))

    def _one(self, text: str) -> str:
        return self._texts.setdefault(text, text)
