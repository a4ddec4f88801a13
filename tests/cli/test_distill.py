"""The main job, through the command line, on the trajectories that ship with the package."""

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from t2s_local.runs.result import RunResult
from t2s_local.skills.library.library import OWN
from t2s_local.workspace import read_workspace
from tests.commands import in_own_process
from tests.conftest import Command
from tests.jobs import SAMPLES
from tests.libraries import tree
from tests.places import ROOT


def distill(t2s: Command, paths: list[Path], out: Path, *more: str) -> dict[str, object]:
    ran = t2s("distill", *paths, "-o", out, "--labels", SAMPLES / "labels.csv", "--model", "none", "--json", *more)
    assert ran.code == 0, ran.err
    result: dict[str, object] = json.loads(ran.out)
    return result


def test_the_samples_become_skills_and_the_result_names_every_loss(here: Path, t2s: Command) -> None:
    result = distill(t2s, [SAMPLES], here / "skills")
    skills = result["skills"]
    assert isinstance(skills, list)
    assert len(skills) >= 5
    assert all(Path(skill["path"], "SKILL.md").is_file() for skill in skills)
    assert all(skill["support"] >= 3 for skill in skills)
    funnel = result["funnel"]
    assert isinstance(funnel, dict)
    counts = funnel["counts"]
    lost = {loss["stage"]: 0 for loss in funnel["losses"]}
    for loss in funnel["losses"]:
        lost[loss["stage"]] += loss["count"]
    assert counts["lessons"] - lost["dedupe"] == counts["unique"]
    assert counts["unique"] - lost["cluster"] == counts["clustered"]
    assert counts["clustered"] - lost["compose"] == counts["in_skills"]


def test_a_second_run_does_no_work_and_writes_the_same_bytes(here: Path, t2s: Command) -> None:
    first = distill(t2s, [SAMPLES], here / "skills")
    before = tree(here / "skills")
    times = {path: path.stat().st_mtime_ns for path in (here / "skills").rglob("*")}
    second = distill(t2s, [SAMPLES], here / "skills")
    assert tree(here / "skills") == before
    assert {path: path.stat().st_mtime_ns for path in (here / "skills").rglob("*")} == times
    assert {**first, "seconds": None, "changes": None} == {**second, "seconds": None, "changes": None}


def test_a_fresh_workspace_gives_the_same_bytes(here: Path, t2s: Command) -> None:
    distill(t2s, [SAMPLES], here / "one", "--workspace", "w1")
    distill(t2s, [SAMPLES], here / "two", "--workspace", "w2")
    assert tree(here / "one") == tree(here / "two")


def test_the_order_of_the_files_does_not_show(here: Path, t2s: Command) -> None:
    distill(t2s, [SAMPLES], here / "one", "--workspace", "w1")
    files = sorted(path for path in SAMPLES.rglob("*") if path.suffix in {".json", ".jsonl"})
    shuffled = [*files[1::2], *reversed(files[::2])]
    distill(t2s, shuffled, here / "two", "--workspace", "w2")
    assert tree(here / "one") == tree(here / "two")


def lessons_by_name(workspace: Path) -> dict[str, set[str]]:
    with read_workspace(workspace) as store:
        last = max(store.ledger, key=lambda run: run.finished or 0.0)
    assert last.result is not None
    return {name: set(lessons) for name, lessons in msgspec.json.decode(last.result, type=RunResult).names.items()}


def test_more_input_keeps_the_names_of_subjects_that_persist(here: Path, t2s: Command) -> None:
    files = sorted(path for path in SAMPLES.rglob("*") if path.suffix in {".json", ".jsonl"})
    most = [path for number, path in enumerate(files) if number % 10]
    distill(t2s, most, here / "skills")
    before = lessons_by_name(here / ".t2s")
    distill(t2s, files, here / "skills")
    after = lessons_by_name(here / ".t2s")
    kept = 0
    for name, lessons in before.items():
        heir = max(after, key=lambda other: len(after[other] & lessons))
        rival = max(before, key=lambda other: len(before[other] & after[heir]))
        if rival == name and len(after[heir] & lessons) > len(lessons) / 2:
            assert heir == name
            kept += 1
    assert kept >= 3


def test_every_skill_passes_lint_and_every_quote_is_verified(here: Path, t2s: Command) -> None:
    distill(t2s, [SAMPLES], here / "skills")
    folders = sorted(path.parent for path in (here / "skills").glob("*/SKILL.md"))
    assert t2s("lint", *folders).code == 0
    assert t2s("verify", *folders).code == 0


def test_a_dry_run_counts_and_writes_nothing(here: Path, t2s: Command) -> None:
    ran = t2s("distill", SAMPLES, "-o", here / "skills", "--dry-run", "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["trajectories"] >= 40
    assert not (here / "skills").exists()
    assert not (here / ".t2s").exists()


def test_an_empty_folder_ends_with_10(here: Path, t2s: Command) -> None:
    (here / "empty").mkdir()
    ran = t2s("distill", here / "empty", "-o", here / "skills")
    assert ran.code == 10
    assert "no trajectory in an empty folder" in ran.err


def test_a_folder_without_trajectories_ends_with_10_and_says_what_was_seen(here: Path, t2s: Command) -> None:
    (here / "in").mkdir()
    (here / "in" / "notes.txt").write_text("nothing here")
    (here / "in" / "photo.png").write_bytes(b"\x89PNG\0\0")
    ran = t2s("distill", here / "in", "-o", here / "skills")
    assert ran.code == 10
    assert ".txt" in ran.err
    assert ".png" in ran.err


def test_a_missing_path_is_one_line_of_error(here: Path, t2s: Command) -> None:
    ran = t2s("distill", here / "nowhere", "-o", here / "skills", "--model", "none")
    assert ran.code == 2
    assert ran.err.count("Error: ") == 1
    assert "no such file or folder" in ran.err


def test_an_unreadable_line_is_named_and_nothing_else_is_lost(here: Path, t2s: Command) -> None:
    whole = distill(t2s, [SAMPLES], here / "one", "--workspace", "w1")
    (here / "broken.jsonl").write_text('{"messages": [{"role": "user", "content": "hi"}]}\n{"messages": [{"role"\n')
    ran = t2s(
        "distill", SAMPLES, here / "broken.jsonl", "-o", here / "two", "--workspace", "w2", "--json", "--model", "none",
        "--labels", SAMPLES / "labels.csv",
    )  # fmt: skip
    assert ran.code == 3
    assert f"{here / 'broken.jsonl'}:2" in ran.err
    skills = json.loads(ran.out)["skills"]
    assert isinstance(whole["skills"], list)
    assert [skill["name"] for skill in skills] == [skill["name"] for skill in whole["skills"]]


def test_what_the_user_keeps_and_edits_in_the_output_folder_stays_through_runs(here: Path, t2s: Command) -> None:
    (here / "skills" / "mine").mkdir(parents=True)
    (here / "skills" / "mine" / "SKILL.md").write_text("mine")
    words = ("distill", SAMPLES, "-o", "skills", "--model", "none")
    assert t2s(*words).code == 0
    name = next(path.parents[1].name for path in sorted((here / "skills").glob("*/references/evidence.md")))
    page = here / "skills" / name / "SKILL.md"
    page.write_text(page.read_text() + "\nAsk before a release.\n")
    ran = t2s(*words)
    assert f"1 yours, left as they are ({name})" in ran.err
    assert page.read_text().endswith("\nAsk before a release.\n")
    assert (here / "skills" / "mine" / "SKILL.md").read_text() == "mine"
    assert "+Ask before a release." in t2s("library", "diff", f"skills/{name}").out


def test_a_library_from_elsewhere_is_refused_before_any_work(here: Path, t2s: Command) -> None:
    (here / "skills" / OWN).mkdir(parents=True)
    (here / "skills" / OWN / "manifest.json").write_text('{"version": 2, "skills": {}}')
    ran = t2s("distill", SAMPLES, "-o", here / "skills", "--model", "none")
    assert ran.code == 3
    assert "t2s adopt" in ran.err
    assert not (here / ".t2s").exists()


def test_a_setting_in_the_project_file_counts_and_a_flag_outranks_it(here: Path, t2s: Command) -> None:
    (here / "t2s.toml").write_text("min_support = 99\n")
    said = distill(t2s, [SAMPLES], here / "said")["skills"]
    some = distill(t2s, [SAMPLES], here / "some", "--min-support", "3")["skills"]
    assert isinstance(said, list)
    assert isinstance(some, list)
    assert [skill["name"] for skill in said] == ["following-conventions"]
    assert len(some) > 1


def test_a_setting_that_does_not_exist_is_named(here: Path, t2s: Command) -> None:
    (here / "t2s.toml").write_text("min_suport = 2\n")
    ran = t2s("distill", SAMPLES, "-o", here / "skills")
    assert ran.code == 2
    assert "min_suport" in ran.err


@pytest.mark.parametrize("option", ["--model", "--embedder", "--algorithm"])
def test_a_name_nobody_knows_is_one_line_of_error(here: Path, t2s: Command, option: str) -> None:
    ran = t2s("distill", SAMPLES, "-o", here / "skills", option, "nonesuch")
    assert ran.code in {2, 5}
    assert "nonesuch" in ran.err
    assert "Traceback" not in ran.err


def test_a_workspace_in_use_names_its_holder(here: Path) -> None:
    hold = (
        "import sys; from pathlib import Path; from t2s_local.workspace import open_workspace\n"
        "with open_workspace(Path('.t2s'), command='t2s distill'):\n    print('held', flush=True); sys.stdin.read()"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        second = in_own_process("distill", SAMPLES, "-o", "skills", "--model", "none")
        holder.communicate("")
    assert second.code == 11
    assert f"process {holder.pid}" in second.err


def test_the_help_loads_no_heavy_library() -> None:
    code = (
        "import sys\nfrom t2s_local.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'sentence_transformers', 'llama_cpp', 'faiss', 'hdbscan', 'sklearn', 'scipy', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "[]"


def test_every_command_has_help_and_stands_in_the_readme(t2s: Command) -> None:
    from t2s_local.cli import COMMANDS

    readme = (ROOT / "README.md").read_text()
    for name in COMMANDS:
        ran = t2s(name, "--help")
        assert ran.code == 0
        assert len(ran.out.splitlines()) > 4, name
        assert f"t2s {name}" in readme, name


def test_a_path_that_is_not_there_is_said_before_any_model_is_looked_for(here: Path, t2s: Command) -> None:
    for words in (("nosuch",), (".", "--labels", "nosuch")):
        ran = t2s("distill", *words, "-o", "out", "--model", "no-model-of-this-name")
        assert (ran.code, ran.err) == (2, "Error: nosuch: no such file or folder\n")
    assert not (here / "out").exists()
