"""The trajectories that ship with the package: enough of them, varied, labelled, and truly recorded."""

import csv
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.places import ROOT

SAMPLES = ROOT / "t2s_local" / "samples"
FORMATS = ("claude_code", "mini_swe_agent", "openai_chat")


def outcomes() -> dict[str, list[tuple[str, bool]]]:
    """Format and success of every run, by task."""
    found: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    with (SAMPLES / "labels.csv").open(newline="") as stream:
        for row in csv.DictReader(stream):
            form, _, name = row["path"].partition("/")
            found[name.partition(".")[0].rpartition("-")[0]].append((form, row["outcome"] == "success"))
    for path in sorted((SAMPLES / "openai_chat").iterdir()):
        for line in path.read_text("utf-8").splitlines():
            run = json.loads(line)
            found[run["task_id"]].append(("openai_chat", run["reward"] == 1.0))
    return found


def sample_files() -> list[Path]:
    return sorted(path for path in SAMPLES.rglob("*") if path.is_file())


def test_there_are_at_least_forty_runs_of_six_subjects_in_three_formats() -> None:
    runs = [(task, form) for task, found in outcomes().items() for form, _ in found]
    assert len(runs) >= 40
    assert len({task.partition("-")[0] for task, _ in runs}) >= 6
    assert {form for _, form in runs} == set(FORMATS)


def test_every_subject_has_a_task_with_succeeding_and_failing_runs() -> None:
    mixed = {
        task.partition("-")[0] for task, found in outcomes().items() if {good for _, good in found} == {True, False}
    }
    assert mixed == {path.stem for path in (SAMPLES / "openai_chat").iterdir()}


def test_every_file_without_a_reward_of_its_own_has_a_label() -> None:
    with (SAMPLES / "labels.csv").open(newline="") as stream:
        labelled = [row["path"] for row in csv.DictReader(stream)]
    unlabelled = {str(path.relative_to(SAMPLES)) for path in sample_files() if path.parent.name in FORMATS[:2]}
    assert sorted(labelled) == sorted(unlabelled)


def test_some_runs_repeat_a_failing_command_three_times() -> None:
    stuck = 0
    for path in (SAMPLES / "mini_swe_agent").iterdir():
        messages = json.loads(path.read_text("utf-8"))["messages"]
        commands = Counter(
            call["function"]["arguments"] for message in messages for call in message.get("tool_calls") or []
        )
        stuck += max(commands.values()) >= 3
    assert stuck >= 1


def test_the_samples_are_small() -> None:
    assert sum(path.stat().st_size for path in sample_files()) < 400_000


@pytest.mark.parametrize("path", sample_files(), ids=lambda path: path.name)
def test_no_sample_names_a_home_folder_or_a_machine(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"/root\b|/home/|/Users/|/tmp/t2s|localdomain|\.pyenv", text)
    assert not [mail for mail in re.findall(r"[\w.+-]+@[\w-]+\.\w+", text) if not mail.endswith("@example.com")]


@pytest.mark.skipif(sys.platform != "linux", reason="the samples record what Linux's tools say")
def test_recording_a_subject_again_gives_the_same_bytes() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "record-samples"), "--check", "shell"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith(" files are as recorded\n")
