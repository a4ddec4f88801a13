"""What a shell completes, the manual page, and the help that a newcomer sees first."""

import shutil
import subprocess
from pathlib import Path

import pytest

from t2s_local.cli import COMMANDS, GROUPS
from tests.commands import in_own_process, in_process
from tests.places import SAMPLES


def completed(line: str, cwd: Path | None = None) -> list[str]:
    words = line.split(" ")
    asked = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1), "_T2S_COMPLETE": "bash_complete"}
    done = in_own_process(environment=asked, cwd=cwd)
    assert (done.code, done.err) == (0, "")
    return [item.partition(",")[2] for item in done.out.splitlines() if item]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_of_its_own(shell: str) -> None:
    done = in_own_process("completion", shell)
    assert done.code == 0
    assert f"_T2S_COMPLETE={shell}_complete" in done.out


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on this machine")
def test_bash_reads_its_script() -> None:
    script = in_process("completion", "bash").out
    program = shutil.which("bash") or "bash"
    done = subprocess.run([program, "-n"], input=script, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_commands_options_models_and_formats_are_completed() -> None:
    assert completed("t2s dis") == ["distill"]
    assert "--min-support" in completed("t2s distill --min")
    assert "none" in completed("t2s distill --model n")
    assert "claude_code" in completed("t2s read --format claude_c")
    assert "qwen3-4b" in completed("t2s models pull qw")
    assert completed("t2s install x --to cl") == ["claude"]


def test_runs_are_completed_from_the_workspace_and_nothing_is_said_without_one(tmp_path: Path) -> None:
    assert completed("t2s runs show ", cwd=tmp_path) == []
    made = in_own_process("distill", SAMPLES / "openai_chat", "-o", "skills", "--model", "none", cwd=tmp_path)
    assert made.code == 0
    assert len(completed("t2s runs show ", cwd=tmp_path)) == 1
    named = completed("t2s why ", cwd=tmp_path)
    assert {path.name for path in (tmp_path / "skills").glob("[!.]*")} <= {*named}


def test_the_manual_page_names_every_command() -> None:
    page = in_process("completion", "man").out
    assert page.startswith(".TH T2S 1")
    for name in COMMANDS:
        assert f"t2s {name}" in page


def test_the_help_groups_commands_by_what_a_person_wants() -> None:
    for done in (in_process(), in_process("--help")):
        assert done.code == 0
        assert [line[:-1] for line in done.out.splitlines() if line[:-1] in GROUPS] == list(GROUPS)
    assert "Start with:" in in_process().out


def test_a_misspelt_command_is_answered_with_the_nearest() -> None:
    done = in_process("distil", "x")
    assert done.code == 2
    assert "'distill'" in done.err
