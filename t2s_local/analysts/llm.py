"""The analyst that asks a local model beside the mined one: where nothing was settled, and for plain words.

Evidence is asked for by step number, words by the difference code computed, and of several wordings the one is taken
that makes what worked more likely. Everything is checked by code, and a mined lesson is never lost to a model's.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal

import msgspec

from t2s_local.analysts._lessons import lesson
from t2s_local.analysts._llm import evidence, wording
from t2s_local.analysts._llm.checks import RunWords, against
from t2s_local.analysts._llm.election import ballot, elect
from t2s_local.analysts._llm.evidence import EvidenceQuestion
from t2s_local.analysts._llm.forecast import forecast
from t2s_local.analysts._llm.merge import NO_ANSWER, PARKED, advice, merged
from t2s_local.analysts._llm.pairs import groups
from t2s_local.analysts._llm.situation import Kind, Situation
from t2s_local.analysts.mined import Mined
from t2s_local.code_digest import sources_digest
from t2s_local.ports.analyst import Forecast
from t2s_local.ports.engine import Completion, Engine, Request
from t2s_local.prompts import prompt_digest
from t2s_local.values.funnel import Loss
from t2s_local.values.lesson import Extraction, Lesson, Parked, Polarity, Refusal, Unit
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import digest

TOGETHER = 12
"""Units that are worked through side by side: they fill the engine's slots, and a stop loses no more."""
_PATTERNS: dict[Kind, tuple[Polarity, str]] = {
    "failure": ("failure", "diagnosis"),
    "success": ("success", "lean_path"),
    "contrast": ("success", "contrast"),
    "wish": ("correction", "correction"),
}


class Llm:
    """Lets the mined analyst work, and asks a model about what is left and for words."""

    name = "llm"
    asks_model = True

    def __init__(self, engine: Engine, *, seed: int, judge: Engine | None, alone: bool) -> None:
        """Ask *engine*; *judge* scores its words."""
        self._engine = engine
        self._judge = judge
        self._seed = seed
        self._alone = alone
        self._mined = Mined()
        prompts = sorted({*evidence.PROMPTS.values(), *wording.PROMPTS.values()})
        judged = "" if judge is None else judge.digest
        self.version = digest(
            sources_digest(__name__),
            engine.digest,
            judged,
            str(engine.context),
            *map(prompt_digest, prompts),
            str(seed),
        )

    def plan(self, slices: Sequence[Slice]) -> Sequence[Unit]:
        """One unit a slice, one for each task that has succeeding and failing runs, one for what many runs show."""
        ordered = sorted(slices, key=lambda piece: piece.id)
        corpus = [unit for unit in self._mined.plan(ordered) if unit.kind == "corpus" and not self._alone]
        units = [self._unit("slice", (piece,)) for piece in ordered]
        return (*corpus, *units, *(self._unit("task", group) for group in groups(ordered).values()))

    def forecast(self, sizes: Sequence[int]) -> Forecast:
        """Estimate the questions about slices of these sizes, in characters."""
        return forecast(sizes)

    def advice(self, n_lessons: int, losses: Sequence[Loss]) -> str | None:
        """Judge whether the model read the runs badly; None where it did not."""
        return advice(n_lessons, losses)

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        """Ask about *units*, some at a time; what the mined analyst finds in each is part of its result.

        What only many runs show is counted by the mined analyst alone: its lessons are never shown to the model, which
        would say them again of every run and so raise their support.

        Raises:
            ModelError: the model cannot be run.
        """
        drawn = iter(units)
        while some := list(islice(drawn, TOGETHER)):
            asked = [_Work(unit, self._by_code(unit)) for unit in some]
            self._find([work for work in asked if work.unit.kind != "corpus"])
            self._word(asked)
            yield from ((work.unit, work.extraction()) for work in asked)

    def _unit(self, kind: Literal["slice", "task"], slices: tuple[Slice, ...]) -> Unit:
        labels = [f"{piece.id} {piece.trajectory.outcome} {piece.trajectory.task_id}" for piece in slices]
        return Unit(id=digest(self.name, self.version, str(self._alone), kind, *labels), kind=kind, slices=slices)

    def _by_code(self, unit: Unit) -> Extraction:
        if unit.kind == "task" or self._alone:
            return Extraction()
        ((_, found),) = self._mined.analyse([unit])
        return found

    def _find(self, asked: Sequence["_Work"]) -> None:
        """Find the situations of all units: code's own, and those that a model names by number."""
        questions: dict[str, tuple[_Work, EvidenceQuestion]] = {}
        for work in asked:
            for item in evidence.questions(work.unit):
                if isinstance(item, Situation):
                    work.situations.append(item)
                else:
                    questions[item.id] = work, item
        requests = [question.request(seed=self._seed) for _, question in questions.values()]
        for completion in self._answers(requests):
            work, question = questions[completion.request_id]
            found = evidence.read(question, completion.text) if completion.finish == "stop" else None
            if isinstance(found, Situation):
                work.situations.append(found)
            elif found is None:
                work.park(question.piece, question.kind, completion)
            else:
                work.refused.append(Refusal(reason=found))

    def _word(self, asked: Sequence["_Work"]) -> None:
        """Have every situation worded, and elect one of its wordings."""
        wanted: dict[str, tuple[_Work, Situation]] = {}
        for work in asked:
            for number, situation in enumerate(sorted(work.situations, key=_place)):
                wanted[f"{work.unit.id}-{number}"] = work, situation
        answers: dict[str, list[Completion]] = {}
        requests = [request for key, (_, situation) in wanted.items() for request in self._wordings(key, situation)]
        for completion in self._answers(requests):
            answers.setdefault(completion.request_id.rpartition("-")[0], []).append(completion)
        for key, (work, situation) in wanted.items():
            work.take(situation, sorted(answers.get(key, ()), key=lambda one: one.request_id), self._judge)

    def _wordings(self, key: str, situation: Situation) -> Sequence[Request]:
        return wording.requests(situation, id=key, seed=self._seed)

    def _answers(self, requests: Sequence[Request]) -> Iterator[Completion]:
        return iter(()) if not requests else self._engine.complete(requests)


class _Work:
    """One unit under way."""

    def __init__(self, unit: Unit, by_code: Extraction) -> None:
        self.unit = unit
        self.situations: list[Situation] = []
        self.refused: list[Refusal] = []
        self._by_code = by_code
        self._lessons: list[Lesson] = []
        self._parked: list[Parked] = []
        self._words = {piece.id: RunWords(piece) for piece in unit.slices} if unit.kind != "corpus" else {}

    def take(self, situation: Situation, answers: Sequence[Completion], judge: Engine | None) -> None:
        """Elect one of the wordings there are of *situation*; what is refused is counted."""
        read = [wording.read(completion.text) for completion in answers if completion.finish == "stop"]
        whole = [said for said in read if said is not None]
        if not whole:
            if answers:
                self.park(situation.piece, situation.kind, answers[0])
            return
        on = None if judge is None else ballot(situation)
        run = self._words[situation.piece.id]
        problems = {said: against(said, situation, run, is_judged=on is not None) for said in whole}
        usable = [said for said, problem in problems.items() if problem is None]
        if not usable:
            self.refused.extend(problem for problem in list(problems.values())[:1] if problem is not None)
            return
        elected = elect(usable, on, judge)
        if isinstance(elected, Refusal):
            self.refused.append(elected)
            return
        self._lessons.append(msgspec.structs.replace(_lesson(situation, elected.words), effect=elected.effect))

    def park(self, piece: Slice, kind: str, completion: Completion) -> None:
        """Count a question that got no answer of use, and name it."""
        reason = completion.reason or completion.finish
        self._parked.append(
            Parked(trajectory_id=piece.trajectory.id, start=piece.start, stop=piece.stop, question=kind, reason=reason)
        )
        self.refused += [Refusal(reason=NO_ANSWER, detail=completion.reason), Refusal(reason=PARKED)]

    def extraction(self) -> Extraction:
        """Everything that came of the unit: what code found first."""
        return merged(self._by_code, self._lessons, self.refused, self._parked)


def _place(situation: Situation) -> tuple[int, str]:
    known = (situation.before, situation.got, *situation.remedy)
    return min(index for index in known if index is not None), situation.kind


def _lesson(situation: Situation, said: wording.LessonWords) -> Lesson:
    polarity, pattern = _PATTERNS[situation.kind]
    steps = situation.piece.trajectory.steps
    tools = {steps[index].tool for index in (situation.before, *situation.remedy) if index is not None}
    return lesson(
        when=said.when,
        do=said.do,
        because=said.cause,
        polarity=polarity,
        pattern=pattern,
        evidence=situation.quotes,
        trajectories=(situation.piece.trajectory,),
        tools=[tool for tool in tools if tool],
        analyst="llm",
    )


def load(engine: Engine, *, seed: int = 0, judge: Engine | None = None, alone: bool = False) -> Llm:
    """Load the analyst.

    Args:
        engine: The model that is asked.
        seed: Of its sampling.
        judge: The model that scores; None lets code's checks alone decide.
        alone: Leave out what the mined analyst finds.
    """
    return Llm(engine, seed=seed, judge=judge, alone=alone)
