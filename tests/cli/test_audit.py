"""``t2s audit`` as a person uses it."""

import json
from pathlib import Path

import msgspec
import pytest

from t2s_local.stages.check.audit.audit import book
from tests.audited import STEPS, renamed, runs, skill, source_of_files, write_source
from tests.commands import in_process, json_lines


@pytest.fixture
def train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The runs behind the skill, as files; the current folder has no workspace."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "runs"
    folder.mkdir()
    for number, run in enumerate(runs()):
        (folder / f"{number}.jsonl").write_bytes(msgspec.json.encode(run) + b"\n")
    return folder


FAULTY = skill(steps=(*STEPS, "Open `q3_marburg.xlsx` first."))


def test_the_book_is_printed_in_its_order() -> None:
    done = in_process("audit", "--list")
    assert [line.split()[0] for line in done.out.splitlines()[1:]] == [rule.id for rule in book()]
    listed = json_lines(in_process("audit", "--list", "--json").out)
    assert [rule["id"] for rule in listed] == [rule.id for rule in book()]


def test_a_folder_ends_with_one_line_a_skill(tmp_path: Path, train: Path) -> None:
    for name in ("one-skill", "two-skill"):
        write_source(renamed(FAULTY, name), tmp_path / "skills")
    done = in_process("audit", tmp_path / "skills", "--train", train)
    assert done.code == 4
    assert [line.split()[0] for line in done.out.splitlines()[-3:]] == ["SKILL", "one-skill", "two-skill"]
    assert "2 skills audited, 2 with errors. Level L0" in done.err


def test_the_answer_is_one_list_with_id_line_reason_and_severity(tmp_path: Path, train: Path) -> None:
    folder = write_source(FAULTY, tmp_path / "skills")
    done = in_process("audit", folder, "--train", train, "--json")
    (answer,) = json_lines(done.out)
    assert done.code == 4
    assert {finding["rule"] for finding in answer["findings"]} == {"overfit-2", "overfit-6"}
    assert all(finding["line"] and finding["message"] for finding in answer["findings"])
    assert answer["verify"] is None
    assert in_process("audit", folder, "--train", train, "--json").out == done.out


def test_the_exit_code_is_4_exactly_if_an_error_is_found(tmp_path: Path, train: Path) -> None:
    clean = write_source(skill(), tmp_path / "clean")
    assert in_process("audit", clean, "--train", train).code == 0
    warned = write_source(skill(after="Never use tabs in names of results."), tmp_path / "warned")
    done = in_process("audit", warned, "--train", train)
    assert ("overfit-3" in done.out, done.code) == (True, 0)


def test_a_training_task_among_the_held_out_runs_ends_with_1(tmp_path: Path, train: Path) -> None:
    folder = write_source(skill(), tmp_path / "skills")
    done = in_process("audit", folder, "--train", train, "--heldout", train / "1.jsonl")
    assert done.code == 1
    assert "is among the training runs and among the held-out runs" in done.err


def test_runs_of_another_domain_are_said_and_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write_source(FAULTY, tmp_path / "skills")
    other = tmp_path / "other.jsonl"
    steps = [{"kind": "user", "text": "Bake a cake."}, {"kind": "assistant", "text": "It is in the oven."}]
    other.write_text(json.dumps({"task_id": "cake", "steps": steps}) + "\n")
    done = in_process("audit", folder, "--train", other)
    assert done.code == 0
    assert "of another domain" in done.err


def test_what_cannot_be_meant_is_one_line(tmp_path: Path, train: Path) -> None:
    folder = write_source(skill(), tmp_path / "skills")
    for words, code in (
        ((folder, "--train", tmp_path / "none"), 2),
        ((tmp_path / "none",), 2),
        ((train / "0.jsonl",), 2),
        ((folder, "--runs", train), 2),
        ((tmp_path / "runs",), 10),
    ):
        done = in_process("audit", *words)
        assert (done.code, done.out, "Traceback" in done.err) == (code, "", False), words


def test_the_harness_and_the_features_of_one_skill_are_printed(tmp_path: Path, train: Path) -> None:
    folder = write_source(skill(), tmp_path / "skills")
    done = in_process("audit", folder, "--train", train, "--harness", "--pdi", train)
    assert done.code == 0
    assert "Execution Control: not covered: allowed_tools" in done.out
    assert "what never to do: line" in done.out
    assert "1.00 of the words of what it names stand in recorded commands" in done.out
    assert "enforced by your agent" in done.err


FRONT = '---\nname: odd\ndescription: "Doing it. Use when it fails."\n---\n\n'
ODD: dict[str, dict[str, bytes]] = {
    "no front matter": {"SKILL.md": b"# Doing it\n\nNever do this.\n"},
    "nothing": {"SKILL.md": b""},
    "no text": {"SKILL.md": b"\x00\x01\x02" * 100},
    "binary references": {
        "SKILL.md": FRONT.encode() + b"See [it](references/it.pdf).\n",
        "references/it.pdf": b"%PDF\xff\xfe\x00" * 100,
        "references/evidence.md": b"\xff\xfe\x00",
    },
    "scripts of others": {
        "SKILL.md": FRONT.encode() + b"Run `python scripts/run.py`.\n",
        "scripts/run.py": b"print(1)\n" * 450,
        "scripts/run.so": b"\x7fELF" * 100,
    },
    "2,000 lines": {"SKILL.md": FRONT.encode() + b"1. Run `tool --flag` because it fails. Never stop.\n" * 2000},
    "lists in the front matter": {"SKILL.md": b"---\nname:\n- a\ndescription:\n- b\nmetadata: x\n---\n\nText.\n"},
    "what moves a cursor": {"SKILL.md": FRONT.encode() + "Never \x1b[2J clear the screen \u202e now.\n".encode()},
}


@pytest.mark.parametrize("name", ODD)
def test_odd_skills_are_audited_as_far_as_they_can_be_read(tmp_path: Path, train: Path, name: str) -> None:
    folder = write_source(source_of_files(ODD[name], name="odd"), tmp_path / "skills")
    done = in_process("audit", folder, "--train", train, "--heldout", other_runs(tmp_path), "--harness")
    assert done.code == 4
    assert done.out.splitlines()[-1].split()[0] == "odd"
    assert "Traceback" not in done.err
    assert "\x1b" not in done.out


def other_runs(folder: Path) -> Path:
    path = folder / "later.jsonl"
    steps = [{"kind": "user", "text": "Sum the shops."}, {"kind": "tool_call", "text": "ls", "tool": "bash"}]
    path.write_text(json.dumps({"task_id": "later", "ended_at": "2026-01-01T00:00:00Z", "steps": steps}) + "\n")
    return path


def test_a_skill_that_an_agent_has_installed_too_is_named(tmp_path: Path, train: Path) -> None:
    folder = write_source(skill(), tmp_path / "skills")
    write_source(renamed(skill(after="Mind the totals."), "older-sums"), tmp_path / "agent")
    write_source(skill(), tmp_path / "agent")
    done = in_process("audit", folder, "--train", train, "--installed", tmp_path / "agent")
    assert "older-sums has" in done.out
    assert done.out.count("[near-duplicate]") == 1
    assert in_process("audit", folder, "--installed", tmp_path / "none").code in (2, 3)


def test_later_runs_alone_tell_which_rules_were_not_seen_since(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rule = "1. When `deploy` answers “Error: no route to host”, run `route --refresh`. (R1: 2 runs)"
    evidence = "# Evidence\n\n## R1. A deploy fails\n\n- Last confirmed: 2025-03-01\n- Trajectories: `aa`\n"
    files = {"SKILL.md": f"{FRONT}## Gotchas\n\n{rule}\n", "references/evidence.md": evidence}
    folder = write_source(source_of_files(files, name="odd"), tmp_path / "skills")
    done = in_process("audit", folder, "--heldout", other_runs(tmp_path))
    assert "odd: 1 rule not seen since 2025-03-01." in done.err
