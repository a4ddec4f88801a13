"""Labels that lie in other files: which shapes are read, and which run each of them finds."""

import json
from collections import Counter
from pathlib import Path

import pytest

from t2s_local.errors import InputError
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.reading.label_files import load_labels
from t2s_local.stages.reading.labels import JoinedLabels, RunNames, join, labels_among
from t2s_local.stages.reading.unread import Unrecognised


def named(
    source: str,
    *,
    task_id: str | None = None,
    session_id: str | None = None,
    id_: str = "x",
    parent_id: str | None = None,
) -> RunNames:
    return RunNames(id=id_, session_id=session_id, task_id=task_id, source=source, parent_id=parent_id)


def joined(path: Path, *runs: RunNames) -> JoinedLabels:
    return join(load_labels(path), runs)


def written(path: Path, value: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


@pytest.mark.parametrize(
    "content",
    [
        "id,outcome\na,success\nb,failure\n",
        "id;outcome\na;success\nb;failure\n",
        "Instance_ID\tResolved\na\tTrue\nb\tfalse\n",
        '{"task_id": "a", "outcome": "success"}\n{"task_id": "b", "success": false}\n',
        [{"id": "a", "passed": True}, {"id": "b", "correct": 0}],
        {"a": {"resolved": True, "patch_exists": True}, "b": {"resolved": False}},
        {"a": 1, "b": 0.0},
        {"a": "resolved", "b": "unresolved"},
        {"resolved_ids": ["a"], "unresolved_ids": ["b"], "total_instances": 2},
        {"resolved": 1, "unresolved": 1, "ids_resolved": ["a"], "ids_unresolved": ["b"]},
        {"no_generation": ["b"], "resolved": ["a"]},
        {"resolved": ["a"]},
    ],
)
def test_every_shape_of_a_label_file_says_who_succeeded(content: object, tmp_path: Path) -> None:
    found = joined(written(tmp_path / "labels", content), named("r/1", task_id="a"), named("r/2", task_id="b"))
    assert {place: label.outcome for place, label in found.labels.items()} == {0: "success", 1: "failure"}
    assert {label.source for label in found.labels.values()} == {"labels:labels"}


def test_a_score_between_makes_a_run_partial_and_is_kept(tmp_path: Path) -> None:
    path = written(tmp_path / "labels.csv", "path,reward\nruns/a.json,0.25\n")
    (label,) = joined(path, named("/data/runs/a.json")).labels.values()
    assert (label.outcome, label.score) == ("partial", 0.25)


def test_a_score_on_an_unknown_scale_makes_no_outcome(tmp_path: Path) -> None:
    path = written(tmp_path / "labels.csv", "id,score\na,17.5\n")
    (label,) = joined(path, named("r", task_id="a")).labels.values()
    assert (label.outcome, label.score) == (None, 17.5)


@pytest.mark.parametrize(
    ("key", "run"),
    [
        ("0123456789abcdef", named("runs/a.json", id_="0123456789abcdef")),
        ("s-1", named("runs/a.json", session_id="s-1")),
        ("task", named("runs/a.json", task_id="task")),
        ("runs/a.traj.json", named("/data/runs/a.traj.json")),
        ("./runs/a.traj.json", named("/data/runs/a.traj.json")),
        ("a.traj.json", named("/data/runs/a.traj.json")),
        ("a", named("/data/runs/a.traj.json")),
        ("trial-7", named("/data/trial-7/trajectory.json")),
    ],
)
def test_a_run_is_found_by_id_session_task_path_file_or_folder(key: str, run: RunNames, tmp_path: Path) -> None:
    found = joined(written(tmp_path / "labels.json", {key: True}), run, named("other/b.json"))
    assert list(found.labels) == [0]
    assert found.n_unmatched == 0


def test_labels_that_match_nothing_are_counted(tmp_path: Path) -> None:
    found = joined(written(tmp_path / "labels.json", {"a": True, "b": True}), named("r", task_id="a"))
    assert (len(found.labels), found.n_unmatched) == (1, 1)


def test_the_label_file_nearest_to_a_run_decides(tmp_path: Path) -> None:
    for run, solved in (("one", True), ("two", False)):
        written(tmp_path / run / "reports" / "t.report.json", {"t": {"resolved": solved}})
    runs = [named(str(tmp_path / run / "t.json"), task_id="t") for run in ("one", "two")]
    found = joined(tmp_path, *runs)
    assert [found.labels[place].outcome for place in (0, 1)] == ["success", "failure"]


def test_label_files_that_disagree_leave_a_run_as_it_was(tmp_path: Path) -> None:
    written(tmp_path / "a.json", {"t": True})
    written(tmp_path / "b.json", {"t": False})
    found = joined(tmp_path, named(str(tmp_path / "t.json"), task_id="t"))
    assert (found.labels, found.n_conflicts) == ({}, 1)


def test_a_report_without_an_id_is_about_its_folder(tmp_path: Path) -> None:
    written(tmp_path / "evaluation" / "task-1" / "report.json", {"resolved": True, "patch_exists": True})
    found = joined(tmp_path, named(str(tmp_path / "runs" / "task-1.traj"), task_id="task-1"))
    assert found.labels[0].outcome == "success"


def test_a_list_of_solved_tasks_says_nothing_of_runs_far_from_it(tmp_path: Path) -> None:
    path = written(tmp_path / "one" / "results" / "results.json", {"resolved": ["a"]})
    runs = [
        named(str(tmp_path / "one" / "trajs" / "a.traj"), task_id="a"),
        named(str(tmp_path / "one" / "trajs" / "b.traj"), task_id="b"),
        named(str(tmp_path / "two" / "c.traj"), task_id="c"),
        named(str(tmp_path / "one" / "talk.json")),
    ]
    found = joined(path, *runs)
    assert {place: label.outcome for place, label in found.labels.items()} == {0: "success", 1: "failure"}


def test_a_list_of_solved_tasks_that_names_none_of_the_runs_says_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "results.json", {"resolved": ["z"]})
    assert joined(path, named(str(tmp_path / "a.traj"), task_id="a")).labels == {}


def attempts(count: int) -> list[RunNames]:
    return [named("t.md", task_id="t", session_id=f"2026-01-01 10:00:0{n} #{n}") for n in range(1, count + 1)]


@pytest.mark.parametrize("key", ["t", "t.md"])
def test_a_label_of_a_file_of_numbered_attempts_is_about_the_last(key: str, tmp_path: Path) -> None:
    found = joined(written(tmp_path / "labels.json", {key: True}), *attempts(3))
    assert {place: label.outcome for place, label in found.labels.items()} == {2: "success"}
    assert (found.n_unmatched, found.n_conflicts) == (0, 0)


@pytest.mark.parametrize(("cost", "place"), [(1, 0), (2, 1), (3, 2)])
def test_a_label_is_about_the_attempt_whose_patch_was_judged(cost: int, place: int, tmp_path: Path) -> None:
    tried = [{"model_patch": f"patch {n % 2}", "cost": n} for n in (1, 2, 3)]
    record = {"instance_id": "t", "resolved": False, **tried[cost - 1], "all_results": tried}
    found = joined(written(tmp_path / "t.json", record), *attempts(3))
    assert {place: label.outcome for place, label in found.labels.items()} == {place: "failure"}


def test_a_label_for_another_number_of_attempts_is_about_none_that_can_be_told(tmp_path: Path) -> None:
    tried = [{"model_patch": "one"}, {"model_patch": "two"}]
    record = {"instance_id": "t", "resolved": True, "model_patch": "two", "all_results": tried}
    found = joined(written(tmp_path / "t.json", record), *attempts(3))
    assert (found.labels, found.n_conflicts) == ({}, 3)


def test_a_label_that_names_several_runs_of_a_file_is_about_none_of_them(tmp_path: Path) -> None:
    runs = [named("runs.jsonl", task_id="t", session_id=f"t:{trial}") for trial in range(4)]
    for key in ("t", "runs.jsonl", "runs"):
        found = joined(written(tmp_path / "labels.json", {key: True}), *runs)
        assert (found.labels, found.n_conflicts) == ({}, 4)
    assert list(joined(written(tmp_path / "labels.json", {"t:2": True}), *runs).labels) == [2]


def test_a_label_of_a_run_is_not_about_its_sub_agents(tmp_path: Path) -> None:
    runs = [named("r/a.jsonl", session_id="s"), named("r/a.jsonl", session_id="s/1", parent_id="s")]
    for key in ("r/a.jsonl", "a", "r", "s"):
        assert list(joined(written(tmp_path / "labels.json", {key: True}), *runs).labels) == [0]
    assert list(joined(written(tmp_path / "labels.json", {"s/1": True}), *runs).labels) == [1]


def test_a_list_of_solved_tasks_says_nothing_of_the_other_attempts_at_them(tmp_path: Path) -> None:
    path = written(tmp_path / "results.json", {"resolved": ["t"]})
    runs = [run._replace(source=str(tmp_path / "t.md")) for run in attempts(2)]
    other = named(str(tmp_path / "u.md"), task_id="u")
    found = joined(path, *runs, other)
    assert {place: label.outcome for place, label in found.labels.items()} == {1: "success", 2: "failure"}


def test_aiders_benchmark_labels_one_attempt_a_task(shared_data: Path) -> None:
    """48 tasks with 48 records; in 4 of them the histories hold more sessions than attempts were recorded."""
    folder = shared_data / "aider-swe-bench"
    readings = read([folder], labels=folder)
    labelled = [run for run in readings.trajectories if run.outcome is not None]
    assert len({run.task_id for run in labelled}) == len(labelled) == 48 - 4
    assert Counter(run.outcome for run in labelled) == {"success": 17, "failure": 27}


def test_of_files_that_nobody_named_a_label_is_joined_where_it_is_of_one_run_alone(tmp_path: Path) -> None:
    one, two = (named(str(tmp_path / place / "x.jsonl"), task_id="x", id_=place) for place in ("a", "b"))
    report = written(tmp_path / "report.json", {"x": {"resolved": True}})
    assert len(joined(report, one, two).labels) == 2
    assert join(load_labels(report), [one, two], only_sure=True).labels == {}
    assert list(join(load_labels(report), [one], only_sure=True).labels) == [0]
    own = [written(tmp_path / place / "report.json", {"x": {"resolved": place == "a"}}) for place in ("a", "b")]
    labels = join(labels_among([seen(path) for path in own]), [one, two], only_sure=True).labels
    assert {place: label.outcome for place, label in labels.items()} == {0: "success", 1: "failure"}


def test_of_files_that_nobody_named_a_list_of_solved_tasks_says_nothing_of_several_runs_of_a_task(
    tmp_path: Path,
) -> None:
    roster = written(tmp_path / "results.json", {"resolved": ["y"]})
    runs = [named(str(tmp_path / f"{place}.jsonl"), task_id=task) for place, task in (("y", "y"), ("a", "x"))]
    assert len(join(labels_among([seen(roster)]), runs, only_sure=True).labels) == 2
    again = named(str(tmp_path / "b.jsonl"), task_id="x")
    assert list(join(labels_among([seen(roster)]), [*runs, again], only_sure=True).labels) == [0]


def seen(path: Path) -> Unrecognised:
    return Unrecognised(path=str(path), seen="outcomes")


def test_a_row_without_a_label_is_named(tmp_path: Path) -> None:
    labels = load_labels(written(tmp_path / "labels.csv", "id,outcome\na,success\nb,perhaps\n"))
    assert [(item.line, item.reason) for item in labels.quarantined] == [(3, "no id or no label in this row")]


def test_a_file_without_labels_is_an_error_that_says_what_a_label_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no labels found") as raised:
        load_labels(written(tmp_path / "labels.json", {"name": "a", "version": "1"}))
    assert "reward" in (raised.value.hint or "")


def test_a_label_file_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_labels(tmp_path / "nowhere.csv")
