"""Work that was done is not done again, and every result is stored at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
import pytest

from t2s_local.errors import InterruptedRunError, ModelError
from t2s_local.packing import packed, unpacked
from t2s_local.ports.analyst import NO_QUESTIONS, Forecast
from t2s_local.ports.services import Silent
from t2s_local.stages.extract.extract import BATCH, extract
from t2s_local.stages.intake.corpus import Corpus, outline_of
from t2s_local.stages.intake.slices import slice_all
from t2s_local.values.funnel import Loss
from t2s_local.values.lesson import Extraction, Lesson, LessonId, Quote, Refusal, Unit
from t2s_local.values.trajectory import Slice, Trajectory, TrajectoryId
from t2s_local.values.value import digest
from t2s_local.workspace.memory import MemoryStore
from tests.build import step, trajectory


class Memory(MemoryStore):
    """Counts what is loaded."""

    n_loaded = 0

    def trajectory(self, trajectory_id: TrajectoryId) -> Trajectory | None:
        self.n_loaded += 1
        return super().trajectory(trajectory_id)


class Echo:
    """Quotes the first step of every slice, and stops the process after a number of units."""

    name = "echo"
    version = "1"
    asks_model = False

    def forecast(self, sizes: Sequence[int]) -> Forecast:
        return NO_QUESTIONS

    def weigh(self, units: Sequence[Unit]) -> Sequence[Unit]:
        return units

    def advice(self, n_lessons: int, losses: Sequence[Loss]) -> None:
        return None

    def __init__(self, *, stop_after: int = 10_000) -> None:
        self.seen: list[str] = []
        self._left = stop_after

    def plan(self, slices: Sequence[Slice]) -> Sequence[Unit]:
        return [Unit(id=digest(self.name, piece.id), kind="slice", slices=(piece,)) for piece in slices]

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        for unit in units:
            if self._left == 0:
                raise KeyboardInterrupt
            self._left -= 1
            self.seen.append(unit.id)
            yield unit, Extraction(lessons=(quoted(unit.slices[0]),))


def quoted(piece: Slice) -> Lesson:
    run = piece.trajectory
    quote = Quote(trajectory_id=run.id, step=0, role="request", text=run.steps[0].text)
    return Lesson(
        id=LessonId(digest(piece.id)),
        when="w",
        do="d",
        because=None,
        polarity="success",
        pattern="echo",
        signature="w d",
        evidence=(quote,),
        trajectory_ids=(run.id,),
        task_ids=(run.id,),
        analyst="echo",
    )


def runs(n: int) -> list[Trajectory]:
    return [trajectory(step("user", f"task {k}"), step("assistant", "done"), source=str(k)) for k in range(n)]


def corpus_of(n: int, memory: Memory, *, held: int = 1 << 20) -> Corpus:
    memory.put_trajectories([(run.id, packed(run)) for run in runs(n)])
    outlines = sorted((outline_of(run) for run in runs(n)), key=lambda outline: outline.id)
    return Corpus(outlines, memory, held=held)


def test_a_second_extraction_asks_the_analyst_nothing() -> None:
    memory = Memory()
    first = extract(corpus_of(5, memory), Echo(), memory=memory, progress=Silent())
    again = Echo()
    second = extract(corpus_of(5, memory), again, memory=memory, progress=Silent())
    assert again.seen == []
    assert second.lessons == first.lessons
    assert (first.n_remembered, second.n_remembered) == (0, 5)


def test_what_was_done_before_a_stop_is_kept() -> None:
    memory = Memory()
    with pytest.raises(KeyboardInterrupt):
        extract(corpus_of(5, memory), Echo(stop_after=3), memory=memory, progress=Silent())
    rest = Echo()
    extracted = extract(corpus_of(5, memory), rest, memory=memory, progress=Silent())
    assert len(rest.seen) == 2
    assert len(extracted.lessons) == 5


def test_a_stop_lets_the_units_under_way_finish_and_begins_no_other() -> None:
    class Stopping(Silent):
        @property
        def is_stopping(self) -> bool:  # type: ignore[override]  # a property where the parent has a constant
            return len(analyst.seen) >= 3

    memory, analyst = Memory(), Echo()
    with pytest.raises(InterruptedRunError):
        extract(corpus_of(5, memory), analyst, memory=memory, progress=Stopping())
    assert len(analyst.seen) == len(memory.items) == 3


def test_a_small_corpus_is_loaded_once_and_a_large_one_as_it_is_looked_at() -> None:
    for held, n_loaded in ((1 << 20, 5), (1, 15)):
        memory = Memory()
        corpus = corpus_of(5, memory, held=held)
        for _ in range(3):
            assert [run.steps[0].text for run in corpus.values()] == [
                unpacked(memory.rows[key]).steps[0].text for key in corpus
            ]
        assert memory.n_loaded == n_loaded


def test_slices_have_ids_and_labels_before_their_steps_are_loaded_and_the_same_ids_after() -> None:
    memory = Memory()
    corpus = corpus_of(4, memory)
    light = corpus.slices()
    assert memory.n_loaded == 0
    assert all(not piece.steps and piece.request is None for piece in light)
    assert tuple(corpus.whole(light)) == slice_all(corpus.values())
    assert [piece.id for piece in light] == [piece.id for piece in corpus.whole(light)]


class Asking(Echo):
    """Would ask one question about every unit."""

    def weigh(self, units: Sequence[Unit]) -> Sequence[Unit]:
        return [msgspec.structs.replace(unit, questions=("failure",)) for unit in units]


def test_questions_there_is_no_time_for_are_counted_and_asked_by_the_next_run() -> None:
    memory, time_left = Memory(), iter([True, True])
    first = extract(
        corpus_of(5, memory), Asking(), memory=memory, progress=Silent(), may_ask=lambda: next(time_left, False)
    )
    assert first.n_unasked == 3
    assert ("question not asked: the time for questions was over", 3) in [
        (loss.reason, loss.count) for loss in first.losses
    ]
    rest = Asking()
    second = extract(corpus_of(5, memory), rest, memory=memory, progress=Silent())
    assert (len(rest.seen), second.n_unasked) == (3, 0)
    assert second.lessons == first.lessons


class Refusing(Echo):
    """Learns nothing from any run."""

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        for unit, _ in super().analyse(units):
            yield unit, Extraction(refused=(Refusal(reason="no fix"), Refusal(reason="no fix")))


def test_a_refusal_names_the_run_it_comes_from_whether_it_is_new_or_remembered() -> None:
    memory = Memory()
    corpus = corpus_of(5, memory)
    (first,) = extract(corpus, Refusing(), memory=memory, progress=Silent()).losses
    assert (first.reason, first.count, first.n_unnamed) == ("no fix", 10, 0)
    assert list(first.trajectory_ids) == sorted(corpus.outlines)
    remembered = extract(corpus, Refusing(), memory=memory, progress=Silent())
    assert (remembered.n_remembered, remembered.losses) == (5, (first,))


class AskingModel(Asking):
    """Asks a model, by its own word, and notes about which units."""

    asks_model = True

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        for unit, found in super().analyse(units):
            self.asked = [*getattr(self, "asked", []), *([unit.id] if unit.questions else [])]
            yield unit, found


def test_nothing_is_asked_about_runs_out_of_focus_and_a_run_without_focus_asks_it() -> None:
    memory = Memory()
    corpus = corpus_of(5, memory)
    unasked = frozenset(sorted(corpus.outlines)[:3])
    first = AskingModel()
    found = extract(corpus, first, memory=memory, progress=Silent(), unasked=unasked)
    assert (len(first.seen), len(first.asked), found.n_unasked) == (5, 2, 0)
    assert ("question not asked: task not in focus", 3) in [(loss.reason, loss.count) for loss in found.losses]
    again = AskingModel()
    assert extract(corpus, again, memory=memory, progress=Silent(), unasked=unasked).lessons == found.lessons
    assert again.seen == []
    whole = AskingModel()
    extract(corpus, whole, memory=memory, progress=Silent())
    assert len(whole.asked) == 3
    once_more = AskingModel()
    assert extract(corpus, once_more, memory=memory, progress=Silent(), unasked=unasked).n_remembered == 5


class Batches(Memory):
    """Counts the results that are stored together."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.sizes: list[int] = []

    def put_items(self, kind: str, values: Mapping[str, bytes]) -> None:
        self.sizes.append(len(values))
        super().put_items(kind, values)


def test_results_without_a_model_are_stored_in_batches_and_those_of_a_model_at_once() -> None:
    memory = Batches()
    extract(corpus_of(BATCH + 3, memory), Echo(), memory=memory, progress=Silent())
    assert sum(memory.sizes) == BATCH + 3
    assert len(memory.sizes) < 20
    assert max(memory.sizes) <= BATCH
    memory = Batches()
    extract(corpus_of(3, memory), AskingModel(), memory=memory, progress=Silent())
    assert memory.sizes == [1, 1, 1]


def test_an_error_loses_no_result_that_waits_to_be_stored() -> None:
    class Failing(Echo):
        def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
            yield from list(super().analyse(units))[:3]
            message = "broken"
            raise ModelError(message)

    memory = Batches()
    with pytest.raises(ModelError):
        extract(corpus_of(5, memory), Failing(), memory=memory, progress=Silent())
    assert memory.sizes == [3]
