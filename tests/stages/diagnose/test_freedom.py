"""Whether outputs that differ are scored differently."""

from collections.abc import Sequence

import pytest

from t2s_local.embedders.hashing import load
from t2s_local.stages.diagnose.freedom import Freedom, ScoredRun, freedom_of, lacking, scored_run
from tests.build import step, trajectory

OUTPUTS = (0, 1, 3, 7, 15, 31)
EMBEDDER = load(None)


def runs(scores: Sequence[float], outputs: Sequence[object] = OUTPUTS, problem: str = "p") -> list[ScoredRun]:
    pairs = zip(outputs, scores, strict=True)
    return [ScoredRun(problem=problem, output=str(output), score=score) for output, score in pairs]


def told(scores: Sequence[float], outputs: Sequence[object] = OUTPUTS) -> Freedom:
    return freedom_of(runs(scores, outputs), EMBEDDER)


def test_scores_that_follow_the_outputs_are_rigid() -> None:
    found = told([2 * output for output in OUTPUTS]).problems[0]
    assert found.distance == "number"
    assert found.freedom == pytest.approx(0.0)
    assert found.p_value == pytest.approx(1 / 720)


def test_scores_that_have_nothing_to_do_with_the_outputs_are_free() -> None:
    found = told(OUTPUTS[::-1]).problems[0]
    assert found.freedom == pytest.approx(1.0)
    assert found.p_value == pytest.approx(269 / 720)


def test_what_is_not_defined_has_a_reason_and_is_in_no_mean() -> None:
    flat = runs([1.0] * 6, problem="flat")
    same = runs([float(score) for score in range(6)], ["done"] * 6, problem="same")
    rigid = runs([2 * output for output in OUTPUTS], problem="rigid")
    found = freedom_of([*flat, *same, *rigid], EMBEDDER)
    assert {one.problem: one.reason for one in found.problems} == {
        "rigid": None,
        "flat": "constant_scores",
        "same": "constant_outputs",
    }
    assert (found.n_problems, found.n_defined) == (3, 1)
    assert found.freedom == pytest.approx(0.0)


def test_texts_are_apart_by_their_vectors() -> None:
    texts = ["cancel the order", "cancel the order now", "book a flight to Rome", "book a flight to Oslo"]
    found = told([0, 0, 1, 1], texts).problems[0]
    assert found.distance == "cosine"
    assert found.freedom is not None
    assert found.freedom < 0.5
    assert found.p_value == pytest.approx(8 / 24)


def test_the_order_of_the_runs_does_not_show_and_the_same_seed_gives_the_same_numbers() -> None:
    many = [ScoredRun(problem="p", output=str(number), score=float(number % 3)) for number in range(9)]
    assert freedom_of(many, EMBEDDER) == freedom_of(many[::-1], EMBEDDER)


def test_what_is_missing_is_named() -> None:
    assert lacking(runs([1, 0, 1], [1, 2, 3])) == (
        "0 of 1 problems have 4 scored runs, 2 problems are needed; the most runs that one has are 3"
    )
    assert lacking([*runs(OUTPUTS), *runs(OUTPUTS, problem="q")]) is None


def test_an_outcome_is_a_score_where_there_is_none_and_a_run_without_either_has_none() -> None:
    said = (step("user", "Sum."), step("assistant", "7"))
    assert scored_run(trajectory(*said, task_id="t", outcome="success")) == ScoredRun(
        problem="t", output="7", score=1.0
    )
    assert scored_run(trajectory(*said, task_id="t")) is None
    assert scored_run(trajectory(*said, outcome="success")) is None
