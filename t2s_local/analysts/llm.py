"""Analyst that asks a local model beside the mined analyst: about unsettled failures, and for plain wording.

The model names evidence by step number and words the difference that code computed; of several wordings the one that
makes the successful action likeliest is chosen. Code checks every answer, and no mined lesson is replaced by a
model's.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from t2s_local.analysts._llm import evidence, wording
from t2s_local.analysts._llm.faults import NO_FAULTS, faults_digest
from t2s_local.analysts._llm.forecast import forecast
from t2s_local.analysts._llm.merge import advice
from t2s_local.analysts._llm.pairs import groups
from t2s_local.analysts._llm.skills import lines
from t2s_local.analysts._llm.skills.reader import BESIDE, SkillReader
from t2s_local.analysts._llm.trial import TrialQuestion, expected, trial_questions
from t2s_local.analysts._llm.weighing import weighed
from t2s_local.analysts._llm.work import Question, Work
from t2s_local.analysts.mined import Mined
from t2s_local.code_digest import sources_digest
from t2s_local.ports.analyst import Forecast
from t2s_local.ports.engine import Engine
from t2s_local.prompts import prompt_digest
from t2s_local.question_queue import QuestionQueue
from t2s_local.values.funnel import Loss
from t2s_local.values.lesson import Extraction, Unit
from t2s_local.values.skill import NO_SKILLS, FrozenSkills
from t2s_local.values.trajectory import Slice, StepFaults
from t2s_local.values.value import digest

__all__ = ["Llm", "TrialQuestion", "expected", "forecast", "load", "trial_questions"]


class Llm:
    """Analyst that runs the mined analyst first, then asks a model about the rest and for wordings."""

    name = "llm"
    asks_model = True

    def __init__(
        self,
        engine: Engine,
        *,
        seed: int,
        judge: Engine | None,
        alone: bool,
        faults: StepFaults = NO_FAULTS,
        skills: FrozenSkills = NO_SKILLS,
    ) -> None:
        """Ask *engine*; *judge* scores its wordings, and *faults* are calls that a judge of steps called wrong.

        Questions about runs that concern a section of *skills* show the section. The judge is never shown it.
        """
        self._engine = engine
        self._judge = judge
        self._seed = seed
        self._alone = alone
        self._mined = Mined()
        prompts = sorted({*evidence.PROMPTS.values(), *wording.PROMPTS.values()})
        prompts += [lines.PROMPT, BESIDE] if skills.parts else []
        judged = "" if judge is None else judge.digest
        self._faults = faults
        self._reader = SkillReader(skills)
        self._key = digest(
            sources_digest(__name__),
            engine.digest,
            judged,
            str(engine.context),
            *map(prompt_digest, prompts),
            str(seed),
            *([skills.digest] if skills.parts else []),
        )
        told = faults_digest(faults)
        self.version = digest(self._key, told) if told else self._key

    def plan(self, slices: Sequence[Slice]) -> Sequence[Unit]:
        """Return a unit for each slice, for each task with succeeding and failing runs, and for the corpus."""
        ordered = sorted(slices, key=lambda piece: piece.id)
        corpus = [unit for unit in self._mined.plan(ordered) if unit.kind == "corpus" and not self._alone]
        units = [self._unit("slice", (piece,)) for piece in ordered]
        return (*corpus, *units, *(self._unit("task", group) for group in groups(ordered).values()))

    def forecast(self, sizes: Sequence[int]) -> Forecast:
        """Estimate the questions about slices of these sizes, in characters."""
        return forecast(sizes, has_skills=bool(self._reader.skills.parts))

    def advice(self, n_lessons: int, losses: Sequence[Loss]) -> str | None:
        """Return a warning if most answers of the model were refused; None otherwise."""
        return advice(n_lessons, losses)

    def weigh(self, units: Sequence[Unit]) -> Sequence[Unit]:
        """Order *units* by the number of runs that share their questions; with ``alone`` every question is asked."""
        return units if self._alone else weighed(units, self._faults, self._reader)

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        """Ask about *units*, reading the next unit when the engine has room; yield each unit after its last answer.

        The result of a unit includes the lessons of the mined analyst. Lessons from many runs come from the mined
        analyst only: they are never shown to the model, which would repeat them for every run and so raise their
        support.

        Raises:
            ModelError: the model cannot be run.
        """
        over = deque[Work]()
        queue = QuestionQueue[Question](self._engine, lambda question: question.request)
        for question, completion in queue.answers(self._first(units, over)):
            for later in question.work.answered(question, completion):
                queue.again(later)
            if question.work.is_over:
                over.append(question.work)
            while over:
                yield over[0].unit, over.popleft().extraction()
        yield from ((work.unit, work.extraction()) for work in over)

    def _first(self, units: Iterable[Unit], over: deque[Work]) -> Iterator[Question]:
        """Yield the first questions about each of *units*; a unit without any is added to *over*."""
        for unit in units:
            work = Work(
                unit,
                self._by_code(unit),
                seed=self._seed,
                judge=self._judge,
                alone=self._alone,
                faults=self._faults,
                reader=self._reader,
            )
            first = () if unit.kind == "corpus" else work.begin()
            if work.is_over:
                over.append(work)
            yield from first

    def _unit(self, kind: Literal["slice", "task"], slices: tuple[Slice, ...]) -> Unit:
        labels = [f"{piece.id} {piece.trajectory.outcome} {piece.trajectory.task_id}" for piece in slices]
        told = [one for one in (faults_digest(self._faults, slices),) if one]
        return Unit(id=digest(self.name, self._key, str(self._alone), kind, *labels, *told), kind=kind, slices=slices)

    def _by_code(self, unit: Unit) -> Extraction:
        if unit.kind == "task" or self._alone:
            return Extraction()
        ((_, found),) = self._mined.analyse([unit])
        return found


def load(
    engine: Engine,
    *,
    seed: int = 0,
    judge: Engine | None = None,
    alone: bool = False,
    faults: StepFaults = NO_FAULTS,
    skills: FrozenSkills = NO_SKILLS,
) -> Llm:
    """Load the analyst.

    Args:
        engine: The model that is asked.
        seed: Seed of the sampling.
        judge: The model that scores wordings; None leaves the choice to code's checks.
        alone: Leave out the lessons of the mined analyst.
        faults: Calls that a judge of steps called wrong; they are asked about as failures are.
        skills: Existing skills; every run is also asked about with the section of them that it concerns.
    """
    return Llm(engine, seed=seed, judge=judge, alone=alone, faults=faults, skills=skills)
