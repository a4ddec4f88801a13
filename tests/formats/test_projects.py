"""The project of a run, from wherever its format notes the folder or the repository."""

import json
from pathlib import Path

import pytest

from tests.readings import copied, read_as, runs, sample

NOTING = ("claude_code", "claude_stream", "codex", "goose", "openclaw", "opencode", "qwen")
"""Formats whose samples note the folder ``/p``, where any project could be."""


@pytest.mark.parametrize("name", NOTING)
def test_the_folder_that_a_recording_notes_is_its_project(name: str, tmp_path: Path) -> None:
    assert {run.project for run in runs(sample(name))} == {None}
    data = sample(name).read_bytes().replace(b'"/p"', b'"/srv/shop/.worktrees/a"')
    assert {run.project for run in runs(copied(name, tmp_path, data=data))} == {"/srv/shop"}


def test_codex_names_the_repository(tmp_path: Path) -> None:
    git = b'"cwd": "/srv/x/y", "git": {"repository_url": "git@github.com:acme/shop.git"}'
    data = sample("codex").read_bytes().replace(b'"cwd": "/p"', git, 1)
    assert [run.project for run in runs(copied("codex", tmp_path, data=data))] == ["acme/shop"]


def test_copilot_names_the_repository_in_the_context_of_its_session(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in sample("copilot_cli").read_text().splitlines()]
    lines[0]["data"]["context"] = {"cwd": "/srv/shop/src", "gitRoot": "/srv/shop"}
    assert read_as(tmp_path, lines, name="a.jsonl").project == "/srv/shop"
    lines[0]["data"]["context"]["repository"] = "acme/shop"
    assert read_as(tmp_path, lines, name="b.jsonl").project == "acme/shop"


def test_benchmarks_tell_it_by_the_task_the_instance_or_the_folder_of_a_command(tmp_path: Path) -> None:
    record = json.loads(sample("mini_swe_agent").read_text())
    assert read_as(tmp_path, {**record, "instance_id": "acme__shop-12"}, name="a.json").project == "acme/shop"
    (line,) = sample("openhands").read_text().splitlines()[:1]
    record = json.loads(line)
    assert read_as(tmp_path, {**record, "instance": {"repo": "acme/shop"}}, name="b.json").project == "acme/shop"
    result = {"observation": "run", "content": "", "extras": {"metadata": {"working_dir": "/workspace/acme__shop__1"}}}
    history = [*record["history"], {"source": "agent", **result}]
    assert read_as(tmp_path, {**record, "history": history}, name="c.json").project == "acme/shop"


def test_any_conversation_may_name_it_beside_its_messages(tmp_path: Path) -> None:
    (first, *_) = json.loads(sample("openai_chat").read_text())
    assert read_as(tmp_path, [{**first, "repo": "acme/shop"}], name="a.json").project == "acme/shop"
    assert read_as(tmp_path, [{**first, "metadata": {"cwd": "/srv/shop"}}], name="b.json").project == "/srv/shop"
    record = json.loads(sample("generic").read_text())
    record["run"]["working_directory"] = "/srv/shop"
    assert read_as(tmp_path, record, name="c.json").project == "/srv/shop"
