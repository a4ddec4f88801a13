"""A tenth more input, through the command line: what it does not touch stays, and what it touches is said."""

import json
from pathlib import Path
from typing import Any

from t2s_local.runs.previous import PreviousRun
from t2s_local.skills.library.library import OWN
from t2s_local.values.cluster import ClusterId
from t2s_local.values.lesson import line_of
from tests.build import lesson
from tests.conftest import Command
from tests.jobs import SAMPLES


def files() -> tuple[list[Path], list[Path]]:
    """Nine tenths of the samples, and all."""
    found = sorted(path for path in SAMPLES.rglob("*") if path.suffix in {".json", ".jsonl"})
    return [path for number, path in enumerate(found) if number % 10], found


def distill(t2s: Command, paths: list[Path]) -> tuple[dict[str, Any], str]:
    ran = t2s("distill", *paths, "-o", "skills", "--labels", SAMPLES / "labels.csv", "--model", "none", "--json", "-v")
    assert ran.code == 0, ran.err
    return json.loads(ran.out), ran.err


def tree() -> dict[str, dict[str, bytes]]:
    return {
        folder.name: {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in Path("skills").iterdir()
        if folder.is_dir() and folder.name != OWN
    }


def clusters(t2s: Command) -> dict[str, list[str]]:
    return {item["id"]: item["lesson_ids"] for item in json.loads(t2s("cluster", "--json").out)["clusters"]}


def test_a_tenth_more_input_changes_what_it_touches_and_says_what(here: Path, t2s: Command) -> None:
    most, every = files()
    first, said_first = distill(t2s, most)
    skills, groups = tree(), clusters(t2s)
    second, said = distill(t2s, every)
    changed, kept = second["changes"]["skills"], second["changes"]["clusters"]
    after, regrouped = tree(), clusters(t2s)
    assert {name for name in skills.keys() & after.keys() if skills[name] == after[name]} == set(changed["unchanged"])
    assert len(changed["unchanged"]) >= 0.6 * len(skills)
    assert after.keys() - skills.keys() == set(changed["added"])
    assert skills.keys() - after.keys() == set(changed["deprecated"])
    assert {name for name in kept["unchanged"] if set(groups[name]) == set(regrouped[name])} == set(kept["unchanged"])
    assert set(kept["gone"]) == groups.keys() - regrouped.keys()
    assert len(kept["unchanged"]) >= 0.6 * len(groups)
    assert len(kept["gone"]) <= 0.1 * len(groups)
    told = next(line for line in said.splitlines() if line.startswith("Clusters: "))
    assert f"{len(kept['changed'])} changed" in told
    assert "Clusters: " not in said_first
    assert first["changes"]["skills"]["unchanged"] == []


def test_the_same_input_again_leaves_everything_as_it_was(here: Path, t2s: Command) -> None:
    most, _ = files()
    first, _ = distill(t2s, most)
    groups = clusters(t2s)
    again, said = distill(t2s, most)
    assert {**again["changes"]["clusters"], "unchanged": 0} == {"new": [], "changed": [], "gone": [], "unchanged": 0}
    assert again["changes"]["skills"]["changed"] == []
    assert clusters(t2s) == groups
    assert f"Skills: {len(first['skills'])} as they were." in said


def test_a_lesson_counted_anew_in_the_same_words_keeps_its_cluster() -> None:
    before = lesson("the tests fail", "run them again", runs=("a", "b"))
    now = lesson("the tests fail", "run them again", runs=("a", "b", "c"))
    other = lesson("the build fails", "clean up first", runs=("a", "b"))
    left = PreviousRun(clusters={ClusterId("x"): (before.id, other.id)}, lines={before.id: line_of(before)})
    assert before.id != now.id
    assert left.known_to([now]) == {"x": (now.id, other.id)}
