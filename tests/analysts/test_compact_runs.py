"""Comparing many runs takes little memory and says the same as comparing them whole."""

from pathlib import Path

import pytest

from t2s_local.analysts._mined.compact_runs import compact, sample
from t2s_local.analysts._mined.contrast import divergences, telling_actions
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._mined.precondition import preconditions
from t2s_local.analysts._mined.sequence import procedures
from t2s_local.analysts._mined.topics import Topics
from t2s_local.analysts.mined import Mined
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.intake.slices import slice_all
from t2s_local.text.events import events_of
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice
from tests.build import step, trajectory
from tests.places import SAMPLES


def compared(runs: list[Run]) -> list[Lesson]:
    topics = Topics({run.piece.trajectory.task_id or run.piece.trajectory.id: run.piece.request for run in runs})
    found = [*telling_actions(runs, topics), *divergences(runs), *preconditions(runs), *procedures(runs, topics)]
    return sorted(found, key=lambda lesson: lesson.id)


def whole(piece: Slice) -> Run:
    return Run(piece=piece, events=events_of(piece))


@pytest.mark.parametrize("folder", ["tau-bench", "agentdojo", "mini-swe-agent"])
def test_compact_runs_teach_the_same_lessons_as_whole_ones(shared_data: Path, folder: str) -> None:
    slices = slice_all(read([shared_data / folder]).trajectories)
    lessons = compared([whole(piece) for piece in slices])
    assert compared([compact(piece) for piece in slices]) == lessons


def test_compact_runs_of_the_samples_teach_the_same_lessons() -> None:
    slices = slice_all(read([SAMPLES], labels=SAMPLES / "labels.csv").trajectories)
    assert compared([compact(piece) for piece in slices]) == compared([whole(piece) for piece in slices])


def many(n: int) -> tuple[Slice, ...]:
    return slice_all(
        trajectory(step("user", "do"), step("tool_call", f"run {k}"), task_id=f"t{k // 3}", source=str(k))
        for k in range(n)
    )


def test_a_sample_takes_whole_tasks_and_does_not_depend_on_the_order() -> None:
    slices = many(90)
    taken = sample(slices, most_steps=60)
    assert {piece.id for piece in taken} == {piece.id for piece in sample(slices[::-1], most_steps=60)}
    sizes = [sum(piece.trajectory.task_id == f"t{k}" for piece in taken) for k in range(30)]
    assert sorted(set(sizes)) == [0, 3]
    assert sum(sizes) == 30


def test_few_runs_are_all_compared_and_what_is_left_out_is_counted() -> None:
    assert len(sample(many(9))) == 9
    (corpus,) = (unit for unit in Mined().plan(many(9)) if unit.kind == "corpus")
    assert corpus.n_left_out == 0
