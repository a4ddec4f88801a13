"""The analyst that asks a local model: what failed and why, what worked, what the user put right.

The mined analyst picks the steps worth sending and names what it found in them. Every answer is checked by code, so
that a lesson stands on words that are really there.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from t2s_local.analysts._llm_answer import Source
from t2s_local.analysts._llm_choice import LEAST, MOST, SHARE
from t2s_local.analysts._llm_contrast import groups
from t2s_local.analysts._llm_kinds import KINDS, SLICE_PROMPT
from t2s_local.analysts._llm_ladder import LADDER, final, next_rung, read_completion
from t2s_local.analysts._llm_merge import TRIVIAL, advice, merged
from t2s_local.analysts._llm_question import ANSWER_TOKENS, Question, Rooms, questions, request_of
from t2s_local.analysts.mined import Mined
from t2s_local.asking import Asking
from t2s_local.ports import Engine
from t2s_local.prompts import prompt_digest
from t2s_local.types import Extraction, Refusal, Slice, Unit, digest

__all__ = ["Llm", "advice", "load"]
_REVISION = "1"
"""Raised when answers to the same questions are read differently."""


class Llm:
    """Asks a model about every slice, and about the runs of a task that succeeded and failed."""

    name = "llm"

    def __init__(self, engine: Engine, *, seed: int) -> None:
        """Ask *engine*."""
        self._engine = engine
        self._seed = seed
        self.version = digest(
            _REVISION,
            Mined.version,
            engine.digest,
            prompt_digest(SLICE_PROMPT),
            *(kind.digest for kind in KINDS),
            f"{SHARE} {LEAST} {MOST} {ANSWER_TOKENS} {seed}",
            *(f"{rung.temperature} {rung.seed_offset} {rung.halved}" for rung in LADDER),
        )

    def plan(self, slices: Sequence[Slice]) -> Sequence[Unit]:
        """One unit a slice, and one for each task that has succeeding and failing runs."""
        ordered = sorted(slices, key=lambda piece: piece.id)
        units = [self._unit("slice", (piece,)) for piece in ordered]
        return (*units, *(self._unit("task", group) for group in groups(ordered).values()))

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        """Ask about *units*, many at a time; each comes out when its last answer has been read.

        Raises:
            ModelError: the model cannot be run.
        """
        work = _Work()
        asking = Asking[Question](self._engine, lambda question: request_of(question, seed=self._seed))
        for question, completion in asking.answers(self._questions(units, work)):
            found = read_completion(completion, Source(question.slices), kind=question.kind)
            rung = next_rung(question.rung, completion, found)
            if rung is None:
                yield from work.add(question, found)
            else:
                asking.again(msgspec.structs.replace(question, rung=rung))
        yield from work.trivial()

    def _unit(self, kind: Literal["slice", "task"], slices: tuple[Slice, ...]) -> Unit:
        labels = [f"{piece.id} {piece.trajectory.outcome} {piece.trajectory.task_id}" for piece in slices]
        return Unit(id=digest(self.name, self.version, kind, *labels), kind=kind, slices=slices)

    def _questions(self, units: Iterable[Unit], work: "_Work") -> Iterator[Question]:
        rooms = Rooms(self._engine)
        for unit in units:
            made = tuple(questions(unit, rooms))
            work.expect(unit, len(made))
            yield from made


class _Work:
    """The units under way, with the answers there are so far."""

    def __init__(self) -> None:
        self._open: dict[str, dict[str, Extraction]] = {}
        self._expected: dict[str, int] = {}
        self._trivial: list[Unit] = []

    def expect(self, unit: Unit, n_questions: int) -> None:
        self._expected[unit.id] = n_questions
        if not n_questions:
            self._trivial.append(unit)

    def add(self, question: Question, found: Extraction) -> Iterator[tuple[Unit, Extraction]]:
        unit = question.unit
        answered = self._open.setdefault(unit.id, {})
        answered[question.id] = final(found)
        if len(answered) == self._expected[unit.id]:
            ordered = [answered[key] for key in sorted(self._open.pop(unit.id))]
            yield unit, merged(ordered, (piece.trajectory for piece in unit.slices))

    def trivial(self) -> Iterator[tuple[Unit, Extraction]]:
        for unit in self._trivial:
            yield unit, Extraction(refused=(Refusal(reason=TRIVIAL),))


def load(engine: Engine, *, seed: int = 0) -> Llm:
    """Load the analyst.

    Args:
        engine: The model that is asked.
        seed: Of its sampling.
    """
    return Llm(engine, seed=seed)
