"""``t2s record`` beside the program that it runs."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from t2s_local.stages.record.record import without_secrets
from tests.commands import in_own_process, start
from tests.places import ROOT
from tests.terminal import CTRL_C, Terminal

SKILL = '---\nname: {name}\ndescription: "Sums."\n{more}---\n\n# Sums\n\n- Add.\n'


@pytest.fixture
def library(tmp_path: Path) -> Path:
    made = tmp_path / "library"
    for name, more in (("one", ""), ("two", "allowed-tools: Bash Read\n")):
        (made / name).mkdir(parents=True)
        (made / name / "SKILL.md").write_text(SKILL.format(name=name, more=more))
    return made


def records(folder: Path) -> list[dict[str, object]]:
    lines = (folder / ".t2s" / "records.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_the_exit_code_goes_through_and_one_line_names_every_skill(library: Path, tmp_path: Path) -> None:
    done = in_own_process("record", "--library", library, "--", "sh", "-c", "exit 3", cwd=tmp_path)
    assert (done.code, done.out) == (3, "")
    (found,) = records(tmp_path)
    assert [skill["name"] for skill in found["skills"]] == ["one", "two"]  # type: ignore[attr-defined]  # of JSON
    assert (found["argv"], found["exit_code"], found["outcome"]) == (["sh", "-c", "exit 3"], 3, "failure")
    assert (found["allowed_tools"], found["budget"]) == (["Bash", "Read"], None)
    assert (tmp_path / ".t2s" / "records.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_skill_that_changed_since_is_named_with_both_digests(library: Path, tmp_path: Path) -> None:
    check = ("record", "--check", "--library", library)
    assert in_own_process("record", "--library", library, "true", cwd=tmp_path).code == 0
    assert in_own_process(*check, cwd=tmp_path).code == 0
    (library / "two" / "SKILL.md").write_text("changed")
    shutil.rmtree(library / "one")
    done = in_own_process(*check, cwd=tmp_path)
    assert done.code == 4
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [(skill["name"], skill["status"]) for skill in found] == [("one", "removed"), ("two", "tampered_or_updated")]
    assert found[0]["now"] is None
    assert found[1]["recorded"] != found[1]["now"]


def test_without_a_library_there_are_no_skills_and_that_is_said(tmp_path: Path) -> None:
    done = in_own_process("record", "-o", tmp_path / "runs.jsonl", "--budget", "500", "--", "true")
    assert done.code == 0
    assert "skills: []" in done.err
    found = json.loads((tmp_path / "runs.jsonl").read_text())
    assert (found["skills"], found["budget"], found["outcome"]) == ([], 500, None)


@pytest.mark.parametrize(
    ("words", "code"),
    [(["no-such-program"], 127), (["./data"], 126), (["sh", "-c", "kill -9 $$"], 137), (["sh", "-c", "kill $$"], 143)],
)
def test_exit_codes_are_those_of_a_shell(words: list[str], code: int, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no program")
    done = in_own_process("record", "--", *words, cwd=tmp_path)
    assert (done.code, records(tmp_path)[0]["exit_code"]) == (code, code)
    assert "Traceback" not in done.err


SHOWN = r"""
import os, sys
os.write(1, b"\x1b[31m\xff\0" + sys.stdin.buffer.read())
print(oct(os.umask(0)), sorted(os.environ), file=sys.stderr)
"""


def test_what_the_program_writes_reads_and_inherits_is_untouched(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "t2s_local", "record", "--", sys.executable, "-c", SHOWN]
    names = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, input=b"in\n", capture_output=True, umask=0o027, check=True, env=names)
    assert done.stdout == b"\x1b[31m\xff\0in\n"
    assert done.stderr.decode().splitlines()[0] == f"0o27 {sorted(names)}"


HANDLER = """
import signal, sys, time
signal.signal({number}, lambda *_: sys.exit(7))
print('up', flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
def test_a_signal_is_passed_on(number: signal.Signals, tmp_path: Path) -> None:
    code = HANDLER.format(number=int(number))
    with start("record", "--", sys.executable, "-c", code, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(number)
        assert process.wait(timeout=60) == 7
    assert records(tmp_path)[0]["exit_code"] == 7


def test_the_program_has_the_terminal_and_its_keys(tmp_path: Path) -> None:
    code = "import os, sys, time; print('tty', os.isatty(0), os.isatty(1), flush=True); time.sleep(60)"
    with Terminal("record", "--", sys.executable, "-c", code, cwd=tmp_path) as terminal:
        terminal.wait_for("tty True True")
        terminal.press(CTRL_C)
        assert terminal.ended() == 130
    assert records(tmp_path)[0]["exit_code"] == 130


def test_a_command_line_is_recorded_without_secrets() -> None:
    key = "ghp_" + "k3Xw9Lq2Zt7Rb5Nv1Hc8Jd4Fs6Gy0MpAeUoT"[:36]
    assert key not in " ".join(without_secrets(("gh", "--with-token", key, "repo list")))
    assert without_secrets(("echo", "a b", "")) == ("echo", "a b", "")
    assert without_secrets(("git", f"--x={key}", "-v"))[2] == "-v"


def test_what_cannot_be_meant_is_one_line_and_runs_nothing(library: Path, tmp_path: Path) -> None:
    run = ("--", "touch", tmp_path / "ran")
    assert in_own_process("record", cwd=tmp_path).code == 2
    assert in_own_process("record", "--library", tmp_path / "none", *run, cwd=tmp_path).code == 2
    assert in_own_process("record", "--check", "--library", library, *run, cwd=tmp_path).code == 2
    assert in_own_process("record", "-o", tmp_path / "no" / "where.jsonl", *run, cwd=tmp_path).code == 2
    assert not (tmp_path / "ran").exists()


def test_an_argument_that_is_not_utf8_is_recorded_as_escapes(tmp_path: Path) -> None:
    assert in_own_process("record", "--", "true", os.fsdecode(b"ran\xff"), cwd=tmp_path).code == 0
    assert records(tmp_path)[0]["argv"] == ["true", "ran\\xff"]
