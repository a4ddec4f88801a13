"""Planted corpora: what they teach is known, is varied, and is the same for the same seed."""

import json
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from t2s_local.stages.intake.read_all import read
from tests.places import ROOT

SCRIPTS = ROOT / "scripts"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Imports a module of scripts/_planted by name."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return lambda name: import_module(f"_planted.{name}")


def planted(folder: Path, *arguments: str) -> str:
    command = [sys.executable, str(SCRIPTS / "planted"), "-o", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_catalogue_is_as_large_as_it_says(module: Callable[[str], ModuleType]) -> None:
    entries = module("catalogue").entries()
    ids = {entry.id for entry in entries}
    assert len(entries) >= 60
    assert len({entry.subject for entry in entries}) >= 12
    assert len([entry for entry in entries if entry.against in ids]) >= 4
    for entry in entries:
        assert len(set(entry.when)) >= 4
        assert len(set(entry.do)) >= 4
        assert len(set(entry.because)) >= 2
        assert entry.fail != entry.fix
        assert entry.error


def test_the_same_seed_plants_the_same_lessons(module: Callable[[str], ModuleType]) -> None:
    lessons = module("lessons")
    assert lessons.plant(100, seed=1) == lessons.plant(100, seed=1)
    assert lessons.plant(100, seed=1) != lessons.plant(100, seed=2)


@pytest.mark.parametrize("n", [8, 30, 200])
def test_as_many_lessons_are_planted_as_asked_for(module: Callable[[str], ModuleType], n: int) -> None:
    found = module("lessons").plant(n, seed=0)
    assert len(found.lessons) == len(found.truth) == len(found.runs) == n
    assert len({lesson.id for lesson in found.lessons}) == n
    alone = [name for name in found.truth if name.startswith("one-off/")]
    assert len(alone) == len(set(alone))


@pytest.mark.parametrize("form", ["native", "openai_chat", "claude_code"])
def test_planted_runs_are_read_back_in_every_format(tmp_path: Path, form: str) -> None:
    planted(tmp_path, "--runs", "8", "--format", form)
    found = read([tmp_path / "runs"], labels=tmp_path / "labels.csv")
    truth = {line["path"]: line for line in map(json.loads, (tmp_path / "truth.jsonl").read_text().splitlines())}
    assert len(found.trajectories) == len(truth) == 8
    for run in found.trajectories:
        assert run.format == form
        known = truth[str(Path(run.source).relative_to(tmp_path))]
        assert run.outcome == known["outcome"]
        steps = "\n".join(step.text for step in run.steps)
        for taught in known["taught"]:
            assert all(text in steps for text in taught["texts"])


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        planted(tmp_path / name, "--runs", "5", "--seed", "7")
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert len(files) == 7
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes()


def test_quality_of_the_truth_itself_is_perfect(module: Callable[[str], ModuleType]) -> None:
    truth = ("a", "a", "a", "b", "b", "b", "c")
    found = module("measure").quality(truth, [0, 0, 0, 1, 1, 1, None])
    assert (found.f1, found.ari, found.duplicates, found.found) == (1.0, 1.0, 0.0, 1.0)
    assert found.loose == pytest.approx(1 / 7)


def test_quality_counts_what_is_glued_and_what_is_split(module: Callable[[str], ModuleType]) -> None:
    quality = module("measure").quality
    truth = ("a",) * 6 + ("b",) * 6
    glued = quality(truth, [0] * 12)
    split = quality(truth, [0] * 3 + [1] * 3 + [2] * 6)
    assert (glued.precision, glued.recall) == (0.5, 1.0)
    assert (split.precision, split.recall) == (1.0, 0.75)
    assert split.duplicates == split.repeated == pytest.approx(1 / 3)
    assert glued.ari == 0.0


def test_lessons_that_are_left_loose_are_duplicates_of_each_other(module: Callable[[str], ModuleType]) -> None:
    quality = module("measure").quality
    truth = ("a",) * 4 + ("b",) * 4
    nothing = quality(truth, [None] * 8)
    assert (nothing.duplicates, nothing.repeated) == (0.75, 0.0)
    half = quality(truth, [0] * 4 + [None] * 4)
    assert half.duplicates == pytest.approx(3 / 5)
    one_stays_out = quality(truth, [0] * 3 + [None] + [1] * 4)
    assert one_stays_out.duplicates == 0.0


def test_what_fewer_than_three_runs_support_is_no_duplicate(module: Callable[[str], ModuleType]) -> None:
    found = module("measure").quality(("a",) * 4, [0, 0, 1, 1], ["one", "one", "two", "two"])
    assert (found.duplicates, found.repeated) == (0.0, 0.0)


def test_our_grouping_beats_a_fixed_threshold_on_planted_lessons(module: Callable[[str], ModuleType]) -> None:
    from t2s_local import registry
    from t2s_local.stages.group.embed import embed_lessons

    embedder = registry.load("t2s_local.embedders", "static").load(None)
    clusterer = registry.load("t2s_local.clusterers", "auto").load()
    found = module("lessons").plant(60, seed=3)
    vectors = embed_lessons(found.lessons, embedder)
    labels, _, _ = module("ours").group(found, vectors, clusterer)
    quality = module("measure").quality
    greedy = module("baselines").greedy_centroid(found, vectors, embedder)
    assert quality(found.truth, labels).f1 >= 0.85
    assert quality(found.truth, labels).f1 > quality(found.truth, greedy).f1 + 0.1


def test_ways_out_come_from_many_tools_in_two_halves_by_name(module: Callable[[str], ModuleType]) -> None:
    ways = [way for way in module("ways").ways() if way.is_told]
    tools = {kind: {way.id.split("/")[0] for way in ways if way.kind == kind} for kind in ("seen", "held_out")}
    assert len(tools["seen"] | tools["held_out"]) >= 16
    assert tools["seen"].isdisjoint(tools["held_out"])
    assert abs(len(tools["seen"]) - len(tools["held_out"])) <= 1
    for way in ways:
        assert way.knows in way.error
        assert all(all(word in out for word in way.tells) for out in way.out)
        assert not all(word in way.error for word in way.tells)


def test_runs_with_ways_out_are_the_same_for_the_same_seed_and_hold_distractors(
    module: Callable[[str], ModuleType],
) -> None:
    make = module("ways").make_ways
    runs = make(seed=1)
    assert runs == make(seed=1) != make(seed=2)
    met = {occurrence.lesson.split("/")[0] for run in runs for occurrence in run.occurrences}
    assert {"scattered", "looked", "own", "doomed", "by_heart", "flaky"} <= met
    for run in runs:
        if any(occurrence.lesson.startswith("doomed") for occurrence in run.occurrences):
            assert run.outcome == "failure"
    assert len({run.task for run in runs for item in run.occurrences if item.lesson == "by_heart/schema"}) == 1


def test_kinds_of_work_are_written_each_by_itself_and_the_same_each_time(
    module: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    pool = module("pool")
    assert pool.write_kinds(tmp_path / "one", ["git", "csv"]) == ["csv", "git"]
    pool.write_kinds(tmp_path / "other", ["csv"])
    texts = {path.name: path.read_bytes() for path in (tmp_path / "one" / "csv").iterdir()}
    assert texts == {path.name: path.read_bytes() for path in (tmp_path / "other" / "csv").iterdir()}
    assert not any(b"git push" in text for text in texts.values())


def test_a_set_is_ranked_beside_thirty_skills_planted_ones_where_others_are_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    triggers = import_module("_triggers")
    one, other, planted = (
        triggers.Skills(name, tuple(f"{name} {at}" for at in range(n)), (), ())
        for name, n in (("ours", 3), ("theirs", 4), ("planted", 40))
    )
    beside = triggers.pool_beside(one, [one, other], [planted])
    assert len(beside) == triggers.OTHERS
    assert sorted(beside[:4]) == sorted(other.described)
    assert set(beside[4:]) < set(planted.described)
