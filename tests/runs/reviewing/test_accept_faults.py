"""An edit that is accepted while the system fails, or the process is killed, changes all of a skill or nothing."""

import json
import os
import random
import shutil
import signal
import time
from pathlib import Path

import msgspec
import pytest

from tests.build import trajectory
from tests.libraries import tree
from tests.recorded import shell
from tests.zygote import Ended, Zygote

SKILL = """---
name: deploying
description: "Deploys services. Use when asked to deploy one."
---

# Deploying

## Steps

1. Tell the others before you run `deploy`.

More in [the notes](references/notes.md).
"""
NOTES = "# Notes\n\nThe lock is held by one person at a time.\n"
_STEP = 8
"""Writes from one that fails to the next: to let each of them fail takes minutes."""
_MOST = 300
"""Calls that a loop lets fail before it gives up hope that an accept passes without a fault."""


class Desk:
    """A skill with a proposed edit, put back as it was before each attempt."""

    def __init__(self, processes: Zygote, folder: Path) -> None:
        self.folder = folder / "here"
        self._processes = processes
        self._kept = folder / "kept"
        skill = self.folder / "skills" / "deploying"
        (skill / "references").mkdir(parents=True)
        (skill / "SKILL.md").write_text(SKILL, "utf-8")
        (skill / "references" / "notes.md").write_text(NOTES, "utf-8")
        runs = self.folder / "runs"
        runs.mkdir()
        for number in range(4):
            steps = (
                *shell("deploy", "Error: the lock is held", 1, key="1"),
                *shell("deploy --wait", "ok", 0, key="2"),
            )
            run = trajectory(*steps, outcome="success", task_id=f"t{number}", source=f"{number}.jsonl")
            (runs / f"{number}.jsonl").write_bytes(msgspec.json.encode(run) + b"\n")
        assert self.run("deepen", "skills", "runs", "-q").code == 0
        listed = self.run("review", "skills", "--list", "--json").out.splitlines()
        (self.edit,) = [json.loads(line)["id"] for line in listed]
        shutil.copytree(self.folder, self._kept)
        self.old = self.skill()
        assert self.accept().code == 0
        self.new = self.skill()
        assert self.new["SKILL.md"] != self.old["SKILL.md"]

    def restore(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self._kept, self.folder)

    def skill(self) -> dict[str, bytes]:
        folder = self.folder / "skills" / "deploying"
        return tree(folder) if folder.exists() else {}

    def words(self) -> tuple[str, ...]:
        library, workspace = self.folder / "skills", self.folder / ".t2s"
        return ("review", str(library), "--workspace", str(workspace), "--accept", self.edit, "--unassessed")

    def accept(self, fault: str | None = None) -> Ended:
        return self._processes.run(*self.words(), cwd=self.folder, fault=fault)

    def begin(self) -> int:
        return self._processes.start(*self.words(), cwd=self.folder)

    def wait(self, pid: int) -> Ended:
        return self._processes.wait(pid)

    def run(self, *words: str) -> Ended:
        return self._processes.run(*words, cwd=self.folder)

    def check_whole(self, what: object) -> None:
        """The skill is the old or the new one, and a second attempt completes what was begun."""
        assert self.skill() in (self.old, self.new), what
        again = self.accept()
        assert again.code == 0, (what, again)
        assert self.skill() == self.new, what
        assert not list((self.folder / "skills").glob(".t2s-library.*")), what
        checked = self.run("library", "verify", "skills")
        assert checked.code == 0, (what, checked)
        assert self.run("review", "skills", "--undo").code == 0
        assert self.skill() == self.old, what


@pytest.fixture(scope="module")
def desk(processes: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(processes, tmp_path_factory.mktemp("desk"))


@pytest.mark.parametrize(("what", "start"), [("ENOSPC", 1), ("SIGKILL", 3)])
def test_writes_of_an_accept_that_fail_or_are_the_last_leave_a_whole_skill(desk: Desk, what: str, start: int) -> None:
    for number in range(start, _MOST, _STEP):
        desk.restore()
        ended = desk.accept(f"write:{number}:{what}")
        assert "Traceback" not in ended.err, ended
        desk.check_whole((number, ended))
        if ended.code == 0 and not ended.fired:
            break
    else:
        pytest.fail(f"{_MOST} faults, and no accept without one")
    assert number > 20


@pytest.mark.slow
def test_kills_at_random_moments_leave_a_whole_skill(desk: Desk) -> None:
    dice = random.Random(24)
    for _ in range(5):
        desk.restore()
        pid = desk.begin()
        time.sleep(dice.uniform(0.0, 0.3))
        os.kill(pid, signal.SIGKILL)
        desk.check_whole(desk.wait(pid))


def test_an_edit_is_made_once_however_often_it_is_accepted(desk: Desk) -> None:
    desk.restore()
    assert [desk.accept().code, desk.accept().code] == [0, 0]
    assert desk.skill() == desk.new
    refused = desk.run("review", "skills", "--reject", desk.edit)
    assert (refused.code, "--undo" in refused.err) == (2, True)
    assert desk.run("review", "skills", "--undo").code == 0
    assert desk.skill() == desk.old


def test_a_skill_that_a_killed_change_left_beside_its_place_is_put_back_first(desk: Desk) -> None:
    desk.restore()
    left = desk.folder / "skills" / ".t2s-library.left" / "old"
    left.mkdir(parents=True)
    (desk.folder / "skills" / "deploying").rename(left / "deploying")
    assert desk.accept().code == 0
    assert desk.skill() == desk.new
    assert not left.exists()
