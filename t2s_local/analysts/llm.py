"""The analyst that asks a local model: what failed and why, what worked, what the user put right.

The mined analyst picks the steps worth sending and names what it found in them. Every answer is checked by code, so
that a lesson stands on words that are really there.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from t2s_local.analysts._llm.answer import QuoteSource
from t2s_local.analysts._llm.contrast import groups
from t2s_local.analysts._llm.forecast import forecast
from t2s_local.analysts._llm.kinds import KINDS, SLICE_PROMPT
from t2s_local.analysts._llm.merge import TRIVIAL, advice, merged
from t2s_local.analysts._llm.question import Question, Rooms, questions, request_of
from t2s_local.analysts._llm.retries import final, next_rung, read_completion
from t2s_local.analysts.mined import Mined
from t2s_local.code_digest import sources_digest
from t2s_local.ports.analyst import Forecast
from t2s_local.ports.engine import Engine
from t2s_local.prompts import prompt_digest
from t2s_local.question_queue import QuestionQueue
from t2s_local.values.funnel import Loss
from t2s_local.values.lesson import Extraction, Refusal, Unit
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import digest

__all__ = ["Llm", "Question", "Rooms", "load", "questions", "request_of"]


class Llm:
    """Asks a model about every slice, and about the runs of a task that succeeded and failed."""

    name = "llm"
    asks_model = True

    def __init__(self, engine: Engine, *, seed: int) -> None:
        """Ask *engine*."""
        self._engine = engine
        self._seed = seed
        self._mined = Mined()
        prompts = (prompt_digest(SLICE_PROMPT), *(kind.digest for kind in KINDS))
        self.version = digest(sources_digest(__name__), engine.digest, str(engine.context), *prompts, str(seed))

    def plan(self, slices: Sequence[Slice]) -> Sequence[Unit]:
        """One unit a slice, one for each task that has succeeding and failing runs, one for what many runs show."""
        ordered = sorted(slices, key=lambda piece: piece.id)
        corpus = [unit for unit in self._mined.plan(ordered) if unit.kind == "corpus"]
        units = [self._unit("slice", (piece,)) for piece in ordered]
        return (*corpus, *units, *(self._unit("task", group) for group in groups(ordered).values()))

    def forecast(self, sizes: Sequence[int]) -> Forecast:
        """Estimate the questions about slices of these sizes, in characters."""
        return forecast(sizes)

    def advice(self, n_lessons: int, losses: Sequence[Loss]) -> str | None:
        """Judge whether the model read the runs badly; None where it did not."""
        return advice(n_lessons, losses)

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        """Ask about *units*, many at a time; each comes out when its last answer has been read.

        What only many runs show is counted by the mined analyst: its lessons are kept as they are, and never shown to
        the model, which would say them again of every run and so raise their support.

        Raises:
            ModelError: the model cannot be run.
        """
        work = _Work()
        asking = QuestionQueue[Question](self._engine, lambda question: request_of(question, seed=self._seed))
        for question, completion in asking.answers(self._questions(units, work)):
            found = read_completion(completion, QuoteSource(question.slices), kind=question.kind)
            rung = next_rung(question.rung, completion, found)
            if rung is None:
                work.add(question, found)
            else:
                asking.again(msgspec.structs.replace(question, rung=rung))
            yield from work.done()
        yield from work.done()

    def _unit(self, kind: Literal["slice", "task"], slices: tuple[Slice, ...]) -> Unit:
        labels = [f"{piece.id} {piece.trajectory.outcome} {piece.trajectory.task_id}" for piece in slices]
        return Unit(id=digest(self.name, self.version, kind, *labels), kind=kind, slices=slices)

    def _questions(self, units: Iterable[Unit], work: "_Work") -> Iterator[Question]:
        rooms = Rooms(self._engine)
        for unit in units:
            if unit.kind == "corpus":
                work.finish(self._mined.analyse([unit]))
                continue
            made = tuple(questions(unit, rooms))
            work.expect(unit, len(made))
            yield from made


class _Work:
    """The units under way, with the answers there are so far."""

    def __init__(self) -> None:
        self._open: dict[str, dict[str, Extraction]] = {}
        self._expected: dict[str, int] = {}
        self._finished: list[tuple[Unit, Extraction]] = []

    def expect(self, unit: Unit, n_questions: int) -> None:
        """Know how many answers *unit* will have; with none it is finished."""
        self._expected[unit.id] = n_questions
        if not n_questions:
            self.finish([(unit, Extraction(refused=(Refusal(reason=TRIVIAL),)))])

    def add(self, question: Question, found: Extraction) -> None:
        """Take in an answer; the last one of its unit finishes it."""
        unit = question.unit
        answered = self._open.setdefault(unit.id, {})
        answered[question.id] = final(found, next(iter(question.slices.values())), kind=question.kind)
        if len(answered) == self._expected[unit.id]:
            ordered = [answered[key] for key in sorted(self._open.pop(unit.id))]
            self.finish([(unit, merged(ordered, (piece.trajectory for piece in unit.slices)))])

    def finish(self, found: Iterable[tuple[Unit, Extraction]]) -> None:
        """Take in results that need no answer any more."""
        self._finished.extend(found)

    def done(self) -> Iterator[tuple[Unit, Extraction]]:
        """What has been finished since this was asked last."""
        while self._finished:
            yield self._finished.pop(0)


def load(engine: Engine, *, seed: int = 0) -> Llm:
    """Load the analyst.

    Args:
        engine: The model that is asked.
        seed: Of its sampling.
    """
    return Llm(engine, seed=seed)
