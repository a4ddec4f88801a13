"""``t2s gate --mode recorded`` as a person uses it."""

import json
from pathlib import Path

import msgspec
import pytest

from t2s_local.skills.library.evidence_log import read_log
from t2s_local.skills.library.gates.notes import read_notes
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.values.trajectory import Outcome, Step, Trajectory
from tests.audited import source_of_files, write_source
from tests.build import trajectory
from tests.commands import Ran, in_process
from tests.recorded import shell

SKILL = source_of_files(
    {
        "SKILL.md": '---\nname: deploying\ndescription: "Deploying."\n---\n\n# Deploying\n\n## Steps\n\n'
        "1. When `deploy` fails with “the lock is held”, run `deploy --wait` instead of `deploy`.\n"
    },
    name="deploying",
)


def run(number: int, outcome: Outcome, then: str, *, session: str | None = None) -> Trajectory:
    steps: tuple[Step, ...] = (*shell("deploy", "Error: the lock is held", 1, key="1"), *shell(then, "ok", 0, key="2"))
    return trajectory(*steps, outcome=outcome, task_id=f"t{number}", source=f"{number}.jsonl", session_id=session)


def write(folder: Path, *runs: Trajectory) -> Path:
    folder.mkdir()
    for number, one in enumerate(runs):
        (folder / f"{number}.jsonl").write_bytes(msgspec.json.encode(one) + b"\n")
    return folder


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the skill and held-out runs that it helps in; there is no workspace."""
    monkeypatch.chdir(tmp_path)
    write_source(SKILL, tmp_path / "skills")
    failures = [run(number, "failure", "ls") for number in range(6)]
    write(tmp_path / "held", *failures, run(6, "success", "deploy --wait"))
    return tmp_path


def gated(*more: str) -> Ran:
    return in_process("gate", "skills", "--runs", "held", *more)


def test_a_table_has_the_skill_its_rules_and_what_the_level_means(place: Path) -> None:
    done = gated()
    assert done.code == 0, done.err
    lines = [line.split() for line in done.out.splitlines()]
    assert lines[0][:4] == ["SKILL", "RULE", "CAUGHT", "95"]
    assert lines[1][:5] == ["deploying", "all", "6", "of", "6"]
    assert lines[1][-1] == "supported"
    assert "Level L1" in done.err
    assert "no success rate" in done.err
    assert "a leak cannot be seen" in done.err


def test_where_nothing_is_decided_the_last_line_says_what_brings_a_verdict(place: Path) -> None:
    write(place / "unlabelled", *(msgspec.structs.replace(run(n, "failure", "ls"), label=None) for n in range(2)))
    unlabelled = in_process("gate", "skills", "--runs", "unlabelled")
    assert unlabelled.err.splitlines()[-1].endswith(
        "no run says how it ended; name a file that does with --labels FILE."
    )
    other = trajectory(*shell("ls", "ok", 0, key="1"), outcome="success", task_id="t", source="0.jsonl")
    write(place / "other", other)
    unmet = in_process("gate", "skills", "--runs", "other").err.splitlines()[-1]
    assert unmet == "Nothing is decided: no run met the situation of a rule; name recordings of such work with --runs."
    assert "Nothing is decided" not in gated().err


def test_json_is_one_object_and_the_same_twice(place: Path) -> None:
    done = gated("--json")
    answer = json.loads(done.out)
    assert (answer["mode"], answer["level"], answer["n_runs"]) == ("recorded", "L1", 7)
    (skill,) = answer["skills"]
    assert (skill["net"], skill["p_value"], skill["verdict"]) == (0.8571, 0.03125, "supported")
    assert gated("--json").out == done.out


def test_a_task_or_conversation_that_was_learned_from_is_named(place: Path) -> None:
    write(place / "train", run(3, "success", "deploy --force"))
    done = gated("--train", "train")
    assert (done.code, done.out) == (1, "")
    assert "task 't3' is among the training runs and among the held-out runs" in done.err


def test_a_skill_that_successes_contradict_is_rejected_with_its_worst_task(place: Path) -> None:
    write(place / "worse", run(0, "success", "deploy --force"))
    done = in_process("gate", "skills", "--runs", "worse")
    assert done.code == 4
    assert "worst on task 't0': contradicts 1 success, catches 0" in done.err


def test_the_result_is_kept_beside_a_library_with_the_command_that_measured_it(place: Path) -> None:
    own = OwnFolder(place / "skills")
    assert gated().code == 0
    assert not own.path.exists()
    own.make()
    assert gated("--no-note").code == 0
    assert read_notes(own) == ()
    assert gated().code == 0
    (kept,) = read_notes(own)
    assert (kept.mode, kept.level, kept.verdict, kept.figures["caught"]) == ("recorded", "L1", "supported", 6)
    assert kept.command[:3] == ("t2s", "gate", "skills")
    (event,) = read_log(own.log)
    assert (event.kind, event.verdict, event.source, event.digest) == ("gated", "helped", "recorded", kept.digest)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("skills",), 2, "--mode recorded needs recordings"),
        (("skills", "--runs", "nowhere"), 2, "nowhere"),
        (("nowhere", "--runs", "held"), 2, "nowhere"),
    ],
)
def test_what_cannot_be_meant_is_said(place: Path, words: tuple[str, ...], code: int, said: str) -> None:
    done = in_process("gate", *words)
    assert (done.code, done.out) == (code, ""), done.err
    assert said in done.err


def test_strict_compares_the_net_with_that_of_the_skill_in_use(place: Path) -> None:
    done = gated("--mode", "strict", "--json")
    (alone,) = json.loads(done.out)["skills"]
    assert (done.code, alone["verdict"], alone["net"], alone["current"]) == (0, "accept_new_best", 0.8571, 0.0)
    tied = gated("--mode", "strict", "--against", "skills/deploying")
    assert (tied.code, tied.out.splitlines()[-1].split()[-3:]) == (4, ["reject", "no", "gain"])


def test_no_model_is_no_judge(place: Path) -> None:
    done = in_process("gate", "--calibrate-judge", "--model", "none")
    assert (done.code, "--calibrate-judge needs a model" in done.err) == (2, True)
