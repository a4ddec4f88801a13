"""State of asking about one unit: its open questions, and the lessons and refusals so far."""

from collections.abc import Mapping, Sequence

import msgspec

from t2s_local.analysts._lessons import lesson
from t2s_local.analysts._llm import evidence, wording
from t2s_local.analysts._llm.checks import RunWords, against, repeats_instructions
from t2s_local.analysts._llm.election import ballot, elect
from t2s_local.analysts._llm.evidence import EvidenceQuestion
from t2s_local.analysts._llm.faults import NO_FAULTS
from t2s_local.analysts._llm.merge import NO_ANSWER, PARKED, merged
from t2s_local.analysts._llm.situation import Kind, Situation
from t2s_local.analysts._llm.skills import lines
from t2s_local.analysts._llm.skills.lines import LineQuestion
from t2s_local.analysts._llm.skills.reader import SkillReader
from t2s_local.analysts._llm.weighing import UNNEEDED
from t2s_local.ports.engine import Completion, Engine, Request
from t2s_local.values.lesson import KEPT, Extraction, Lesson, Parked, Polarity, Refusal, Unit
from t2s_local.values.trajectory import Slice, StepFaults

_PATTERNS: Mapping[Kind, tuple[Polarity, str]] = {
    "failure": ("failure", "diagnosis"),
    "success": ("success", "lean_path"),
    "contrast": ("success", "contrast"),
    "wish": ("correction", "correction"),
    "skill": ("success", "otherwise"),
}


class Question(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """An open question: for step numbers, for a line of a skill, or for the wording of a situation."""

    work: "Work"
    about: EvidenceQuestion | LineQuestion | Situation
    request: Request


class Work:
    """State of asking about one unit."""

    def __init__(
        self,
        unit: Unit,
        by_code: Extraction,
        *,
        seed: int,
        judge: Engine | None,
        alone: bool,
        faults: StepFaults = NO_FAULTS,
        reader: SkillReader,
    ) -> None:
        """Start from the lessons that code found in *unit*; no question is open yet.

        Args:
            unit: The unit, with its steps.
            by_code: Lessons and refusals of the mined analyst.
            seed: Seed of the sampling.
            judge: The model that scores wordings; None if no model does.
            alone: Whether the model also words situations for which code found the remedy.
            faults: Calls that a judge called wrong.
            reader: The existing skills that the runs are compared with.
        """
        self.unit = unit
        self._reader = reader
        self._by_code = by_code
        self._seed = seed
        self._judge = judge
        self._alone = alone
        self._faults = faults
        self._n_open = 0
        self._answers: dict[str, list[Completion]] = {}
        self._lessons: list[Lesson] = []
        self._refused: list[Refusal] = []
        self._parked: list[Parked] = []
        self._n_readings = 0
        self._readings: list[Situation | str] = []
        self._words = {piece.id: RunWords(piece) for piece in unit.slices} if unit.kind != "corpus" else {}

    @property
    def is_over(self) -> bool:
        """Return whether no question is open."""
        return self._n_open == 0

    def begin(self) -> tuple[Question, ...]:
        """Open the first questions: for step numbers, and for the wording of situations whose remedy code found."""
        found: list[Question] = []
        for item in evidence.questions(self.unit, alone=self._alone, faults=self._faults):
            found += self._wordings(item) if isinstance(item, Situation) else [self._numbers(item)]
        about = list(lines.questions(self.unit, self._reader, self._faults))
        self._n_readings = len(about)
        found += [Question(work=self, about=one, request=one.request(seed=self._seed)) for one in about]
        self._n_open += len(found)
        return tuple(found)

    def answered(self, question: Question, completion: Completion) -> tuple[Question, ...]:
        """Close *question* with its answer, and open the questions that follow from it."""
        self._n_open -= 1
        about = question.about
        if isinstance(about, Situation):
            key = completion.request_id.rpartition("-")[0]
            answers = self._answers.setdefault(key, [])
            answers.append(completion)
            if len(answers) == wording.CANDIDATES:
                self._take(about, sorted(answers, key=lambda one: one.request_id))
            return ()
        found = _read(about, completion.text) if completion.finish == "stop" else None
        if isinstance(about, LineQuestion) and found is not None:
            self._readings.append(found)
            if len(self._readings) < self._n_readings:
                return ()
            found = lines.agreed(self._readings)
        if isinstance(found, Situation) and found.is_kept:
            self._keep(found)
            return ()
        if isinstance(found, Situation):
            later = self._wordings(found)
            self._n_open += len(later)
            return later
        if found is None:
            self._park(about.piece, about.kind, completion)
        else:
            self._refused.append(Refusal(reason=found))
        return ()

    def extraction(self) -> Extraction:
        """Return all lessons, refusals and parked questions of the unit, those of code included."""
        unneeded = [Refusal(reason=UNNEEDED)] * self.unit.n_unneeded
        return merged(self._by_code, self._lessons, [*self._refused, *unneeded], self._parked)

    def _numbers(self, asked: EvidenceQuestion) -> Question:
        request = asked.request(seed=self._seed, beside=self._reader.beside(asked.piece))
        return Question(work=self, about=asked, request=request)

    def _wordings(self, situation: Situation) -> tuple[Question, ...]:
        places = sorted(index for index in (situation.before, situation.got, *situation.remedy) if index is not None)
        key = f"{self.unit.id}-{situation.kind}-{'-'.join(map(str, places))}"
        beside = self._reader.beside(situation.piece)
        asked = wording.requests(situation, id=key, seed=self._seed, beside=beside)
        return tuple(Question(work=self, about=situation, request=request) for request in asked)

    def _take(self, situation: Situation, answers: Sequence[Completion]) -> None:
        """Keep the best wording of *situation* as a lesson; count a refusal if no answer can be used."""
        read = [wording.read(completion.text) for completion in answers if completion.finish == "stop"]
        whole = [said for said in read if said is not None]
        if not whole:
            self._park(situation.piece, situation.kind, answers[0])
            return
        on = None if self._judge is None else ballot(situation)
        run = self._words[situation.piece.id]
        problems = {said: against(said, situation, run) or self._reader.against(said.do) for said in whole}
        usable = [said for said, problem in problems.items() if problem is None]
        if not usable:
            self._refused.extend(problem for problem in list(problems.values())[:1] if problem is not None)
            return
        elected = elect(usable, on, self._judge)
        if isinstance(elected, Refusal):
            self._refused.append(elected)
            return
        self._lessons.append(msgspec.structs.replace(_lesson(situation, elected.words), effect=elected.effect))

    def _keep(self, situation: Situation) -> None:
        """Keep the line of a skill that a step followed as a lesson, if it makes that step likelier than a placebo."""
        said = wording.LessonWords(cause="", when=situation.title, do=situation.line or "")
        on = None if self._judge is None else ballot(situation)
        elected = elect([said], on, self._judge)
        if isinstance(elected, Refusal):
            self._refused.append(elected)
        else:
            made = _lesson(situation, elected.words, pattern=KEPT)
            self._lessons.append(msgspec.structs.replace(made, effect=elected.effect))

    def _park(self, piece: Slice, kind: str, completion: Completion) -> None:
        """Record a question without a usable answer, so that the next run asks it again, and count it."""
        reason = completion.reason or completion.finish
        self._parked.append(
            Parked(trajectory_id=piece.trajectory.id, start=piece.start, stop=piece.stop, question=kind, reason=reason)
        )
        self._refused += [Refusal(reason=NO_ANSWER, detail=completion.reason), Refusal(reason=PARKED)]


def _read(about: EvidenceQuestion | LineQuestion, text: str) -> Situation | str:
    return lines.read(about, text) if isinstance(about, LineQuestion) else evidence.read(about, text)


def _lesson(situation: Situation, said: wording.LessonWords, *, pattern: str | None = None) -> Lesson:
    polarity, usual = _PATTERNS[situation.kind]
    steps = situation.piece.trajectory.steps
    tools = {steps[index].tool for index in (situation.before, *situation.remedy) if index is not None}
    return lesson(
        when=said.when,
        do=said.do,
        because=None if not said.cause or repeats_instructions(said.cause, situation.kind) else said.cause,
        polarity=polarity,
        pattern=pattern or usual,
        evidence=situation.quotes,
        trajectories=(situation.piece.trajectory,),
        tools=[tool for tool in tools if tool],
        analyst="llm",
    )
