"""New skills of a governed library: born of three failures with one way out, and not twice."""

import json
from pathlib import Path

import msgspec

from t2s_local.skills.library.evidence_log import read_log
from t2s_local.skills.library.library import write_library
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.members.record import add_events
from t2s_local.stages.govern.rounds import WINDOW
from t2s_local.values.event import Event
from tests.commands import Ran, in_process
from tests.libraries import AT
from tests.many import records, write_runs
from tests.uses import GIT, TAR, made


def failures(folder: Path, *numbers: int) -> None:
    """Write runs in which `git push` was refused and the same way out worked."""
    pushes = [record for record in records(40) if "git push" in str(record)]
    folder.mkdir(exist_ok=True)
    for number in numbers:
        (folder / f"{number}.jsonl").write_text(json.dumps(pushes[number]) + "\n")


def distill(tmp_path: Path) -> Ran:
    folders = ("-o", tmp_path / "skills", "--workspace", tmp_path / "ws")
    return in_process("distill", tmp_path / "runs", *folders, "--model", "none", "--json")


def by_hand(tmp_path: Path) -> None:
    """Write a library with one skill that somebody wrote."""
    (tmp_path / "skills" / "using-tar").mkdir(parents=True)
    (tmp_path / "skills" / "using-tar" / "SKILL.md").write_text(TAR)


OLD = frozenset({"using-tar", "other", "one", "two"})


def new_names(folder: Path) -> set[str]:
    return names(folder) - OLD


def names(folder: Path) -> set[str]:
    return {path.parent.name for path in folder.glob("*/SKILL.md")}


def test_two_failures_of_one_kind_are_a_candidate_and_the_third_makes_a_skill(tmp_path: Path) -> None:
    by_hand(tmp_path)
    failures(tmp_path / "runs", 0, 1)
    assert json.loads(distill(tmp_path).out)["skills"] == []
    assert names(tmp_path / "skills") == {"using-tar"}
    listed = in_process("candidates", "--workspace", tmp_path / "ws", "--json")
    (waiting,) = (json.loads(line) for line in listed.out.splitlines())
    assert waiting["support"] == 2
    failures(tmp_path / "runs", 2)
    assert distill(tmp_path).code == 0
    (born,) = names(tmp_path / "skills") - {"using-tar"}
    assert "failed to push some refs" in (tmp_path / "skills" / born / "SKILL.md").read_text()


def test_a_failure_that_a_skill_is_about_makes_no_second_skill(tmp_path: Path) -> None:
    by_hand(tmp_path)
    failures(tmp_path / "runs", 0, 1, 2)
    assert distill(tmp_path).code == 0
    known = names(tmp_path / "skills")
    failures(tmp_path / "runs", 3, 4, 5)
    assert distill(tmp_path).code == 0
    assert names(tmp_path / "skills") == known
    assert (tmp_path / "skills" / "using-tar" / "SKILL.md").read_text() == TAR


def edit(library: Path, *names: str) -> None:
    """Edit skills, so that no run sets them aside."""
    for name in names:
        page = library / name / "SKILL.md"
        page.write_text(f"{page.read_text()}\nMine.\n")


def judge(library: Path, *, rounds: int) -> None:
    """Note rounds of 30 runs in which the skill of the library helped."""
    known = sum(1 for _ in read_log(OwnFolder(library).log))
    runs = [f"run-{known}-{number}" for number in range(WINDOW * rounds)]
    used = Event(at=AT, kind="used", skill="using-tar", use="followed", verdict="helped")
    add_events(library, lambda: [msgspec.structs.replace(used, run=run) for run in runs], command="test")


def test_a_judged_library_gets_two_new_skills_a_round_and_the_others_wait(tmp_path: Path) -> None:
    library = tmp_path / "skills"
    write_library(library, [made("using-tar", TAR)], at=AT, run="run")
    judge(library, rounds=1)
    write_runs(tmp_path / "runs", 40)
    write_library(library, [made("using-tar", TAR), made("other", GIT)], at=AT, run="run")  # one of two of this round
    edit(library, "using-tar", "other")
    first = distill(tmp_path)
    (waits,) = json.loads(first.out)["changes"]["skills"]["waiting"]
    assert new_names(library) == {"using-git-push", "using-pip-install"} - {waits}
    assert f"1 new and waiting ({waits})" in first.err
    listed = in_process("review", library, "--list", "--workspace", tmp_path / "ws").out
    assert f"{waits}@1 · a new skill waits" in listed
    again = distill(tmp_path)
    assert (json.loads(again.out)["changes"]["skills"]["waiting"], names(library)) == (
        [waits],
        names(library) - {waits},
    )
    judge(library, rounds=1)
    assert json.loads(distill(tmp_path).out)["changes"]["skills"]["added"] == [waits]
    assert waits in names(library)


def test_a_skill_that_waits_comes_when_a_person_accepts_it_and_goes_when_it_is_taken_back(tmp_path: Path) -> None:
    library = tmp_path / "skills"
    write_library(library, [made("using-tar", TAR)], at=AT, run="run")
    judge(library, rounds=1)
    write_library(library, [made("using-tar", TAR), *(made(name, GIT) for name in ("one", "two"))], at=AT, run="run")
    edit(library, "using-tar", "one", "two")
    write_runs(tmp_path / "runs", 40)
    assert len(json.loads(distill(tmp_path).out)["changes"]["skills"]["waiting"]) == 2
    assert new_names(library) == set()
    accept = ("review", library, "--accept", "using-git-push@1", "--unassessed", "--workspace", tmp_path / "ws")
    assert in_process(*accept).code == 0
    assert new_names(library) == {"using-git-push"}
    assert in_process("review", library, "--undo", "--workspace", tmp_path / "ws").code == 0
    assert new_names(library) == set()
    decline = ("review", library, "--reject", "using-git-push@1", "--workspace", tmp_path / "ws")
    assert in_process(*decline).code == 0
    judge(library, rounds=1)
    distill(tmp_path)
    assert new_names(library) == {"using-pip-install"}


def test_skills_that_replace_those_that_leave_do_not_wait(tmp_path: Path) -> None:
    library = tmp_path / "skills"
    write_library(library, [made("using-tar", TAR)], at=AT, run="run")
    judge(library, rounds=1)
    write_library(library, [made(name, GIT) for name in ("one", "two")], at=AT, run="run")
    write_runs(tmp_path / "runs", 40)
    assert json.loads(distill(tmp_path).out)["changes"]["skills"]["waiting"] == []
    assert names(library) == {"using-git-push", "using-pip-install"}


def test_a_library_that_nothing_judges_gets_all_skills(tmp_path: Path) -> None:
    by_hand(tmp_path)
    write_library(tmp_path / "skills", [made(name, GIT) for name in ("one", "two")], at=AT, run="run")
    write_runs(tmp_path / "runs", 40)
    assert distill(tmp_path).code == 0
    assert names(tmp_path / "skills") == {"using-tar", "using-git-push", "using-pip-install"}
