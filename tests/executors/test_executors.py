"""Executors: what is handed to an actor comes back whole, and what is let through the seal for it is the loopback."""

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest

from t2s_local.analysts import mined
from t2s_local.errors import ModelError
from t2s_local.executors._ray.cluster import room_for
from t2s_local.executors._ray.messages import ParcelReply, answer, pack, read_answer, unpack
from t2s_local.extras import command_for
from t2s_local.ports.analyst import Placement
from t2s_local.stages.intake.slices import piece, slice_trajectory
from t2s_local.values.lesson import Extraction, Unit
from tests.build import step, trajectory
from tests.conftest import Command
from tests.many import write_runs

RUN = trajectory(
    step("user", "Install alpha."),
    step("tool_call", "pip install alpha==9", tool="bash", call_id="1"),
    step("tool_result", "ERROR: No matching distribution found", tool="bash", call_id="1", is_error=True),
    step("tool_call", "pip install alpha", tool="bash", call_id="2"),
    step("tool_result", "done", tool="bash", call_id="2", is_error=False),
)
TWO = Placement(actors=2, gpus_per_actor=0.0)


def made(units: Sequence[Unit]) -> list[Extraction]:
    return [found for _, found in mined.load().analyse(units)]


def test_units_come_out_of_a_parcel_as_they_went_in_and_a_trajectory_travels_once() -> None:
    halves = tuple(Unit(id=f"u{at}", kind="slice", slices=(piece(RUN, at, at + 2),)) for at in (0, 2))
    sent = pack(halves)
    assert tuple(unpack(sent)) == halves
    assert sent.count(b"pip install alpha==9") == 1


def test_an_analyst_says_the_same_of_a_unit_that_travelled() -> None:
    unit = mined.load().plan(slice_trajectory(RUN))[0]
    found = made(list(unpack(pack([unit]))))
    assert found == made([unit])
    assert found[0].lessons
    sent = ParcelReply(found=((unit.id, found[0]),))
    assert read_answer(answer(sent)) == sent


def test_an_actor_is_left_out_before_the_cpu_of_the_reading_is() -> None:
    assert room_for(TWO, {"CPU": 8.0}) == 2
    assert room_for(TWO, {"CPU": 2.0}) == 1
    with pytest.raises(ModelError, match="an actor and the reading need 2 CPUs"):
        room_for(TWO, {"CPU": 1.0})


def test_no_more_actors_are_started_than_there_are_gpus_for() -> None:
    quarter = msgspec.structs.replace(TWO, actors=9, gpus_per_actor=0.25)
    assert room_for(quarter, {"CPU": 16.0, "GPU": 1.0}) == 4
    with pytest.raises(ModelError, match=r"0\.25 GPUs"):
        room_for(quarter, {"CPU": 16.0})


ATTEMPTS = {
    "another host": ("socket.socket().connect(('192.0.2.1', 9))", "open a network connection"),
    "every interface": ("socket.socket().bind(('0.0.0.0', 0))", "open a network connection"),
    "a lookup": ("socket.getaddrinfo('example.org', 80)", "look up a host"),
    "a program": ("subprocess.run(['/bin/true'])", "start '/bin/true'"),
    "a way round": ("subprocess.run(['/opt/lib/../../bin/true'])", "start '/opt/lib/../../bin/true'"),
}


def sealed(code: str) -> subprocess.CompletedProcess[str]:
    prelude = (
        "import socket, subprocess\nfrom pathlib import Path\nfrom t2s_local.offline import admit, dismiss, seal\n"
    )
    command = [sys.executable, "-c", f"{prelude}seal()\nadmit(Path('/opt/lib'))\n{code}"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("code", "reason"), ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_the_loopback_is_let_through_and_nothing_else(code: str, reason: str) -> None:
    assert sealed("socket.socket().bind(('127.0.0.1', 0)); socket.getaddrinfo('localhost', 80)").returncode == 0
    refused = sealed(code)
    assert refused.returncode == 1
    assert f"something tried to {reason}" in refused.stderr


def test_what_was_let_through_is_shut_out_again() -> None:
    refused = sealed("dismiss(); socket.socket()")
    assert "something tried to open a network connection" in refused.stderr


def test_an_executor_that_is_not_there_is_named(tmp_path: Path, t2s: Command) -> None:
    write_runs(tmp_path / "in", 4)
    words = ("distill", tmp_path / "in", "-o", tmp_path / "out", "--workspace", tmp_path / "w", "--model", "none")
    assert "local, ray" in t2s(*words, "--executor", "cloud").err
    if find_spec("ray") is None:
        refused = t2s(*words, "--executor", "ray")
        assert (refused.code, refused.err.count("Ray is not installed")) == (5, 1)
        assert command_for("ray") in refused.err


def test_a_file_that_comes_with_a_project_names_no_executor(
    tmp_path: Path, t2s: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t2s.toml").write_text('executor = "ray"\n')
    refused = t2s("runs", "ls")
    assert refused.code == 2
    assert "cannot name an executor" in refused.err
