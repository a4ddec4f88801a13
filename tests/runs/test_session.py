"""A run from the lock to the library: what a caller hears, and what is looked at how often."""

import collections
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import t2s_local
from t2s_local import files
from t2s_local.errors import InterruptedRunError
from t2s_local.runs import inputs
from t2s_local.runs.job import Job
from t2s_local.runs.plugins import Choice, open_tools
from t2s_local.runs.progress import SilentListener
from t2s_local.runs.session import NoTrajectoryError, RunOutcome, run
from t2s_local.stages.reading import find
from tests.jobs import job
from tests.many import write_runs


def ran(order: Job, listener: SilentListener | None = None) -> RunOutcome:
    with open_tools(Choice(model="none", embedder="static", algorithm="auto")) as tools:
        return run(order, tools, listener or SilentListener())


def test_a_second_run_does_no_work_and_comes_to_the_same(tmp_path: Path) -> None:
    first = ran(job(tmp_path))
    again = ran(job(tmp_path))
    assert again.result == first.result
    assert again.id == first.id
    assert first.libraries[0].written.added
    assert not again.libraries[0].written.added
    assert again.libraries[0].written.unchanged == first.libraries[0].written.added


def test_the_disk_is_walked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walked: collections.Counter[str] = collections.Counter()

    def counted(path: Path) -> Iterator[object]:
        walked[str(path)] += 1
        yield from files.files_under(path)

    for module in (find, inputs):
        monkeypatch.setattr(module, "files_under", counted)
    order = job(tmp_path)
    ran(order)
    assert walked[str(order.paths[0])] == 1


def test_a_listener_that_wants_to_stop_is_told_how_to_go_on(tmp_path: Path) -> None:
    class Impatient(SilentListener):
        def step(self, n: int, note: str, *, n_remembered: int = 0) -> None:
            type(self).is_stopping = True

    with pytest.raises(InterruptedRunError, match="what was done is kept") as stopped:
        ran(job(tmp_path), Impatient())
    assert stopped.value.hint == "To go on: t2s distill"
    assert ran(job(tmp_path)).result.skills


def test_files_without_a_trajectory_come_with_a_report(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Nothing that anybody recorded.\n" * 9)
    with pytest.raises(NoTrajectoryError) as nothing:
        ran(job(tmp_path, tmp_path / "notes.txt"))
    assert [item.path for item in nothing.value.report.unrecognised] == [str(tmp_path / "notes.txt")]


def test_a_cluster_keeps_its_id_when_the_input_grows(tmp_path: Path) -> None:
    write_runs(tmp_path / "in", 6)
    order = msgspec.structs.replace(job(tmp_path, tmp_path / "in"), labels=None)
    first = ran(order)
    write_runs(tmp_path / "in", 9)
    grown = ran(order)
    before, after = ({item.id for item in outcome.result.clusters} for outcome in (first, grown))
    assert before
    assert before <= after
    for outcome in (first, grown):
        named = {one for skill in outcome.result.skills for one in skill.cluster_ids}
        assert named <= {item.id for item in outcome.result.clusters}


def test_every_cluster_of_a_skill_from_real_runs_is_in_the_result(here: Path, shared_data: Path) -> None:
    result = t2s_local.distill(shared_data, "out", model="none")
    named = {one for skill in result.skills for one in skill.cluster_ids}
    assert len(named) > 10
    assert named <= {item.id for item in result.clusters}
