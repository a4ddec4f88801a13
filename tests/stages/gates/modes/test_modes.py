"""The modes of level L3 with the figures of the descriptions they come from."""

import pytest

from t2s_local.stages.gates.modes import loo, marginal, replay, strict
from t2s_local.stages.gates.modes.arms import Scores, compared
from t2s_local.stages.gates.modes.marginal import Candidate
from t2s_local.values.gates.scores import TaskScores


@pytest.mark.parametrize(
    ("candidate", "verdict"), [(0.60, "reject"), (0.61, "accept"), (0.70, "accept"), (0.71, "accept_new_best")]
)
def test_strict_accepts_only_what_is_above_the_current_score(candidate: float, verdict: str) -> None:
    assert strict.gate(candidate, 0.60, 0.70).verdict == verdict


def test_the_mixed_metric_weighs_hard_and_soft() -> None:
    assert strict.mixed(0.5, 0.7, w=0.5) == pytest.approx(0.60)
    assert strict.metric_of([1.0, 0.0, 0.5, 1.0], "hard", w=0.5) == 0.5


def scores(without: dict[str, list[float | None]], with_skill: dict[str, list[float | None]], **more: object) -> Scores:
    arms = {"without": without, "with": with_skill, **more}
    return Scores(by_arm={arm: {task: tuple(one) for task, one in tasks.items()} for arm, tasks in arms.items()})  # type: ignore[attr-defined]  # dicts as above


def twenty(value: float) -> list[float | None]:
    return [value] * 20


def test_a_higher_mean_with_one_task_down_is_a_reject_with_that_task_first() -> None:
    found = scores({"a": twenty(0.2), "b": twenty(0.9)}, {"a": twenty(1.0), "b": twenty(0.8)})
    assert strict.judge(found).verdict == "reject"
    assert strict.judge(found).reason == "task_worse"
    assert found.paired("without", "with")[0].task == "b"
    assert strict.judge(found, allows_regression=True).verdict == "accept_new_best"


def test_a_missing_task_is_a_reject() -> None:
    assert strict.judge(scores({"a": twenty(0.2)}, {"a": [*twenty(1.0)[1:], None]})).reason == "missing_task"
    assert strict.judge(scores({"a": twenty(0.2)}, {})).reason == "missing_task"


def test_a_command_that_never_gives_a_score_decides_nothing() -> None:
    found = strict.judge(scores({"a": [None, None]}, {"a": [None, None]}, placebo={"a": [None, None]}))
    assert (found.verdict, found.reason) == ("insufficient", "nothing_measured")


def test_fewer_than_twenty_trials_an_arm_accept_nothing() -> None:
    assert strict.judge(scores({"a": [0.0]}, {"a": [1.0]})).verdict == "insufficient"
    assert strict.judge(scores({"a": twenty(0.5)}, {"a": twenty(0.5)})).verdict == "reject"


def test_what_its_placebo_does_too_is_inert() -> None:
    found = scores({"a": twenty(0.2)}, {"a": twenty(0.6)}, placebo={"a": twenty(0.6)})
    assert strict.judge(found).verdict == "inert"
    assert (
        strict.judge(scores({"a": twenty(0.2)}, {"a": twenty(0.6)}, placebo={"a": twenty(0.3)})).reason == "above_best"
    )


def test_a_gain_that_chance_may_bring_is_not_accepted() -> None:
    tasks: dict[str, list[float | None]] = {f"task {number}": [0.0, 0.0, 0.0] for number in range(9)}
    lucky = scores({**tasks, "a": [0.0, 0.0, 0.0]}, {**tasks, "a": [0.0, 1.0, 1.0]}, placebo={**tasks, "a": [0.0] * 3})
    assert (strict.judge(lucky).verdict, strict.judge(lucky).reason) == ("insufficient", "gain_within_chance")
    sure = scores({**tasks, "a": [0.0] * 6, "b": [0.0] * 6}, {**tasks, "a": [1.0] * 6, "b": [1.0] * 6})
    assert strict.judge(sure).verdict == "accept_new_best"
    assert strict.judge(scores({"a": twenty(0.5)}, {"a": twenty(0.504)})).reason == "gain_within_chance"


UTILITIES = (0.5, 0.4, 0.3, 0.1, 0.0, -0.1, -0.2, -0.3, -0.4, -0.5)


def candidates(cosine: float) -> list[Candidate]:
    return [
        Candidate(
            name=str(number),
            base=(0.5,) * 4,
            with_skill=(0.5 + utility,) * 4,
            nearest=cosine if number == 2 else 0.1,
        )
        for number, utility in enumerate(UTILITIES, 1)
    ]


def test_of_ten_candidates_one_is_promoted_and_each_other_has_its_reason() -> None:
    found = marginal.judge(candidates(0.85))
    assert [one.verdict for one in found] == ["promoted", *["reject"] * 9]
    assert [one.reason for one in found[1:]] == ["near_duplicate", *["not_top_20pct"] * 2, *["no_gain"] * 6]
    assert [one.name for one in marginal.judge(candidates(0.79)) if one.verdict == "promoted"] == ["1", "2"]


def test_a_candidate_that_lacks_a_score_has_no_utility() -> None:
    (found,) = marginal.judge([Candidate(name="a", base=(0.5, None), with_skill=(1.0, 1.0), nearest=None)])
    assert (found.verdict, found.utility) == ("insufficient", None)


def task(before: float, after: float) -> TaskScores:
    return TaskScores(task="a", without=before, with_skill=after)


def test_a_replayed_change_has_three_two_one_or_no_points() -> None:
    changes = [task(0, 1), task(1, 1), task(0, 0), task(1, 0)]
    found = [replay.judge([one]) for one in changes]
    assert [one.points for one in found] == [3, 2, 1, 0]
    assert [one.verdict for one in found] == ["keep", "keep", "reject", "reject"]
    assert replay.merge_order([3, 2]) == [1, 0]
    assert [replay.judge([one], rejects_ties=True).verdict for one in changes] == ["keep", *["reject"] * 3]


def test_without_a_command_a_change_is_unassessed_and_has_no_number() -> None:
    assert (replay.judge(None).verdict, replay.judge(None).points) == ("unassessed", None)


@pytest.mark.parametrize(("change", "verdict"), [(-0.2, "keep"), (0.0, "rewrite"), (0.1, "remove")])
def test_a_skill_whose_removal_changes_nothing_is_to_be_rewritten(change: float, verdict: str) -> None:
    assert loo.judge(0.5, 0.5 + change).verdict == verdict


def test_differences_within_the_tolerance_are_none() -> None:
    mean = sum((0.05, 0.05, 0.05)) / 3
    assert compared([task(0.05, mean)]).better == 0
    assert loo.judge(0.05, mean).verdict == "rewrite"
