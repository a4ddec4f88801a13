"""``t2s export`` as a person uses it, and as trainers read it."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from tests.commands import in_own_process, in_process
from tests.places import ROOT, SAMPLES

LOADER = ROOT / ".venv" / "trainers" / "bin" / "python"
KEY = "ghp_" + "k3Xw9Lq2Zt7Rb5Nv1Hc8Jd4Fs6Gy0MpAeUoT"[:36]
FRONT = '---\nname: listing\ndescription: "Listing files."\n---\n\n'
SKILL = f"{FRONT}# Listing\n\n- List with `ls`.\n- Never parse `ls`.\n"


def recorded(folder: Path, name: str, *, commands: list[str], reward: float) -> None:
    """Write a run of one task with these commands."""
    messages: list[dict[str, object]] = [{"role": "user", "content": "List the files."}]
    for number, command in enumerate(commands):
        function = {"name": "bash", "arguments": json.dumps({"command": command})}
        messages.append(
            {"role": "assistant", "tool_calls": [{"id": str(number), "type": "function", "function": function}]}
        )
        messages.append({"role": "tool", "tool_call_id": str(number), "content": f"exit code: 0\n{KEY} {name}"})
    messages.append({"role": "assistant", "content": f"Done {name}."})
    (folder / f"{name}.json").write_text(json.dumps({"task_id": "t", "messages": messages, "reward": reward}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind of export, of two runs of one task with and without a skill."""
    made = tmp_path_factory.mktemp("export")
    (made / "runs").mkdir()
    (made / "listing").mkdir()
    (made / "listing" / "SKILL.md").write_text(SKILL)
    recorded(made / "runs", "with", commands=["cat skills/listing/SKILL.md", "ls"], reward=1.0)
    recorded(made / "runs", "without", commands=["find ."], reward=0.0)
    for words in (["pairs"], ["steps"], ["prefixes", str(made / "listing")], ["distillation", str(made / "listing")]):
        done = in_process("export", *words, made / "runs", "-o", made / "out")
        assert (done.code, done.out) == (0, f"{made / 'out' / words[0]}.jsonl\n")
        assert "Nothing was trained" in done.err
    return made


@pytest.mark.parametrize(("kind", "rows"), [("pairs", 1), ("steps", 2), ("prefixes", 3), ("distillation", 5)])
def test_a_manifest_says_what_was_written_and_that_nothing_was_trained(folder: Path, kind: str, rows: int) -> None:
    lines = (folder / "out" / f"{kind}.jsonl").read_bytes()
    manifest = json.loads((folder / "out" / f"{kind}.manifest.json").read_text())
    assert (manifest["trained"], manifest["level"], manifest["rows"]) == (False, "L0", rows)
    assert manifest["sha256"] == hashlib.sha256(lines).hexdigest()
    assert len(lines.splitlines()) == rows
    assert KEY.encode() not in lines
    assert sum(manifest["redactions"].values()) > 0


def test_the_same_runs_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for kind in ("pairs", "steps"):
        assert in_own_process("export", kind, folder / "runs", "-o", tmp_path).code == 0
        assert (tmp_path / f"{kind}.jsonl").read_bytes() == (folder / "out" / f"{kind}.jsonl").read_bytes()


def test_a_file_that_is_there_is_kept_unless_asked(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "steps.jsonl").write_text("mine\n")
    kept = in_process("export", "steps", folder / "runs", "-o", tmp_path)
    assert (kept.code, "--replace" in kept.err) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["steps.jsonl"]
    assert in_process("export", "steps", folder / "runs", "-o", tmp_path, "--replace").code == 0
    assert in_process("export", "steps", folder / "runs", "-o", tmp_path).code == 0


def test_what_is_missing_is_named_and_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    lone = in_process("export", "pairs", folder / "runs" / "with.json", "-o", tmp_path / "out")
    assert (lone.code, "both with and without a skill" in lone.err) == (10, True)
    assert in_process("export", "steps", tmp_path / "none", "-o", tmp_path / "out").code == 2
    assert in_process("export", "prefixes", folder / "runs", folder / "runs", "-o", tmp_path / "out").code == 3
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.skipif(not LOADER.exists(), reason="no trainers; scripts/load-exports installs them, from the network")
def test_trainers_read_every_kind_as_it_is(folder: Path, tmp_path: Path) -> None:
    for kind in ("pairs", "steps", "prefixes", "distillation"):
        skill = [folder / "listing"] if kind in ("prefixes", "distillation") else []
        done = in_process("export", kind, *skill, folder / "runs", SAMPLES, "-o", tmp_path)
        assert done.code == 0
    command = [str(LOADER), str(ROOT / "scripts" / "_trainers.py"), str(tmp_path)]
    done_loading = subprocess.run(command, check=True, capture_output=True, text=True)
    loaded = [json.loads(line) for line in done_loading.stdout.splitlines()]
    assert [line["kind"] for line in loaded] == ["distillation", "pairs", "prefixes", "steps"]
    assert not any(line["trained"] for line in loaded)
