"""What a run will take is said before it begins, and compared with what it took."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from t2s_local.runs.prediction.predict import LOG, Amounts, Rates, at_most, fixed_parts, is_alike, predict, warnings
from tests.conftest import Command
from tests.many import write_runs
from tests.places import SAMPLES


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own-cache"))
    return tmp_path


def amounts(n: int) -> Amounts:
    return Amounts(n_bytes=n * 100, n_trajectories=n, n_slices=n, n_units=n + 1, n_characters=n * 80)


RATES = Rates(
    amounts=amounts(10),
    seconds={"start": 1.0, "read": 2.0, "extract": 10.0, "embed": 0.5, "cluster": 0.25, "write": 0.25},
    n_lessons=8,
    stored=1000,
    peak=1_000_000,
)


def test_the_same_work_takes_the_same_and_twice_the_work_twice_as_long_but_for_the_start() -> None:
    same = predict(amounts(10), RATES, asks_model=True, basis="")
    twice = predict(amounts(20), RATES, asks_model=True, basis="")
    assert same.seconds == 14.0
    assert 14.0 + 12.0 < twice.seconds < 14.0 + 13.0
    assert (same.disk, twice.disk) == (1000 + LOG, 2000 + LOG)
    assert same.memory == 1_000_000 < twice.memory
    assert same.tokens == 200


def test_what_will_not_fit_is_said() -> None:
    prediction = predict(amounts(10), RATES, asks_model=False, basis="")
    assert warnings(prediction, free_disk=10**9, free_memory=10**9) == ()
    tight = warnings(prediction, free_disk=1000, free_memory=1000)
    assert len(tight) == 2
    assert "disk" in tight[0]
    assert "memory" in tight[1]


def dry(t2s: Command, *words: str) -> dict[str, Any]:
    ran = t2s("distill", *words, "-o", "out", "--model", "none", "--dry-run", "--json")
    assert ran.code == 0, ran.err
    said: dict[str, Any] = json.loads(ran.out)
    return said


def test_without_a_measured_run_the_analyst_is_tried_and_nothing_is_written(here: Path, t2s: Command) -> None:
    write_runs(here / "in", 100)
    said = dry(t2s, "in")
    assert "a try of" in str(said["basis"])
    assert "predicted here" not in str(said["basis"])
    assert (said["trajectories"], said["slices"], said["units"], said["model_calls"]) == (100, 100, 101, 0)
    assert 0 < said["seconds"] < 60
    assert sorted(path.name for path in here.iterdir()) == ["in", "own-cache"]
    assert [path.name for path in (here / "own-cache").rglob("*") if path.is_file()] == ["rates.json"]


def shown(t2s: Command, *words: str) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(t2s("runs", "show", "--json", *words).out)
    return facts


def test_a_run_is_compared_with_its_dry_run_and_the_next_dry_run_is_corrected_by_that(here: Path, t2s: Command) -> None:
    write_runs(here / "in", 300)
    said = dry(t2s, "in")
    ran = t2s("distill", "in", "-o", "out", "--model", "none", "-v")
    assert f"{said['seconds']:.1f} s were predicted, going by the dry run" in ran.err
    facts = shown(t2s)
    assert (facts["predicted"], facts["predicted_by"]) == (said["seconds"], "the dry run")
    corrected = dry(t2s, "in")
    assert "by what the last 1 predicted here took" in corrected["basis"]
    factor = corrected["seconds"] / sum(corrected["stages"].values())
    assert factor == pytest.approx(facts["took"] / said["seconds"], rel=0.05)
    size = (here / ".t2s" / "store.db").stat().st_size
    assert said["disk"] - LOG == pytest.approx(size, rel=0.5)


def test_a_run_without_a_dry_run_goes_by_the_last_one(here: Path, t2s: Command) -> None:
    write_runs(here / "one", 300)
    write_runs(here / "two", 600)
    assert t2s("distill", "one", "-o", "out-one", "--model", "none", "-q").code == 0
    assert shown(t2s)["predicted"] is None
    assert t2s("distill", "two", "-o", "out-two", "--model", "none", "-q", "--workspace", "w2").code == 0
    facts = shown(t2s, "--workspace", "w2")
    assert facts["predicted_by"] == "the last run on this machine, once the input was read"
    assert 0 < facts["predicted"] < 60


def test_a_run_of_another_kind_or_size_gives_a_bound_and_no_figure(here: Path, t2s: Command) -> None:
    write_runs(here / "few", 3)
    write_runs(here / "many", 300)
    assert t2s("distill", "few", "-o", "out-few", "--model", "none").code == 0
    ran = t2s("distill", "many", "-o", "out-many", "--model", "none", "--workspace", "w2", "-v")
    facts = shown(t2s, "--workspace", "w2")
    assert facts["predicted_by"] == "at most, from other kinds of runs on this machine"
    assert facts["took"] < facts["predicted"] == int(facts["predicted"])
    said = f"less than {facts['predicted']:.0f} s were predicted, from other kinds of runs on this machine."
    assert said in ran.err


def test_a_run_without_lessons_leaves_out_no_fixed_cost() -> None:
    idle = msgspec.structs.replace(
        RATES, seconds={"extract": 0.1, "embed": 0.0, "cluster": 0.0, "write": 0.0}, n_lessons=0
    )
    assert not is_alike(amounts(10), idle)
    assert at_most(amounts(10), [idle]) > 2 * 0.1 + 0.3
    telling = msgspec.structs.replace(RATES, n_lessons=50)
    assert at_most(amounts(10), [idle, telling]) == at_most(amounts(10), [telling]) > 10.0


def test_what_is_many_times_larger_is_not_scaled_to() -> None:
    telling = msgspec.structs.replace(RATES, n_lessons=50)
    assert is_alike(amounts(20), telling)
    assert not is_alike(amounts(100), telling)
    assert not is_alike(amounts(1), telling)


def test_runs_that_were_recorded_twice_can_be_tried(here: Path, t2s: Command) -> None:
    write_runs(here / "in", 20)
    (here / "in" / "again.jsonl").write_bytes((here / "in" / "000000.jsonl").read_bytes() * 2)
    assert dry(t2s, "in")["trajectories"] == 20


def test_what_does_not_grow_is_told_from_two_tries() -> None:
    small = msgspec.structs.replace(RATES, amounts=amounts(1), seconds={"extract": 3.0, "cluster": 0.5})
    large = msgspec.structs.replace(RATES, amounts=amounts(10), seconds={"extract": 10.0, "cluster": 0.0})
    assert fixed_parts(small, large, asks_model=False) == {"extract": 2.0, "cluster": 0.5}


def test_a_run_that_took_work_from_the_store_is_no_measure(here: Path, t2s: Command) -> None:
    write_runs(here / "in", 100)
    assert t2s("distill", "in", "-o", "out", "--model", "none", "-q").code == 0
    before = (here / "own-cache" / "t2s" / "rates.json").read_bytes()
    write_runs(here / "in", 200)
    assert t2s("distill", "in", "-o", "out", "--model", "none", "-q").code == 0
    assert (here / "own-cache" / "t2s" / "rates.json").read_bytes() == before


def test_a_dry_run_counts_slices_as_a_run_with_labels_does(here: Path, t2s: Command) -> None:
    labels = str(SAMPLES / "labels.csv")
    said = dry(t2s, str(SAMPLES), "--labels", labels)
    ran = t2s("distill", SAMPLES, "-o", "out", "--model", "none", "--json", "--labels", labels)
    counts = json.loads(ran.out)["funnel"]["counts"]
    assert (said["trajectories"], said["slices"]) == (counts["trajectories"], counts["slices"])
