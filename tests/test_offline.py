"""No command but ``models pull`` reaches the network: refused by Python, and not tried according to the kernel."""

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from t2s_local.offline import is_exempt
from tests.commands import json_lines
from tests.places import ROOT

ATTEMPTS = {
    "a connection": "import socket; socket.socket().connect(('127.0.0.1', 9))",
    "a socket": "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
    "a lookup": "import socket; socket.getaddrinfo('localhost', 80)",
    "a page": "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
    "a program": "import subprocess; subprocess.run(['true'])",
    "a shell": "import os; os.system('true')",
    "another program in place of this": "import os; os.execv('/bin/true', ['true'])",
}


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_a_sealed_process_is_refused(attempt: str) -> None:
    done = python(f"from t2s_local.offline import seal; seal(); seal(); {attempt}")
    assert done.returncode == 1
    assert "something tried to" in done.stderr


def test_a_sealed_process_may_talk_to_its_own_children() -> None:
    code = "import socket, subprocess, sys; socket.socketpair(); subprocess.run([sys.executable, '-c', ''], check=True)"
    assert python(f"from t2s_local.offline import seal; seal(); {code}").returncode == 0


BESIDE = {
    "another port": "socket.socket().connect(('127.0.0.1', there[1] - 1))",
    "another address": "socket.socket().connect(('127.0.0.2', there[1]))",
    "an answer to anybody": "socket.socket().bind(('127.0.0.1', 0))",
    "a datagram": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "a message of its own": "socket.socket().sendto(b'', there)",
    "a lookup": "socket.getaddrinfo('localhost', 80)",
    "a lookup of the server": "socket.getaddrinfo('127.0.0.1', there[1])",
}


@pytest.mark.parametrize("attempt", ["pass", *BESIDE.values()], ids=["the server", *BESIDE.keys()])
def test_a_named_server_is_let_through_and_nothing_beside_it(attempt: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = python(
            "import socket\nfrom t2s_local.offline import admit_server, seal\nseal()\n"
            f"there = admit_server('localhost', {listener.getsockname()[1]})\n"
            f"socket.socket().connect(there)\n{attempt}"
        )
    assert (done.returncode, "something tried to" in done.stderr) == ((0, False) if attempt == "pass" else (1, True))


def test_a_name_is_looked_up_once_and_its_address_is_what_is_let_through() -> None:
    code = (
        "import socket\nfrom t2s_local.offline import admit_server, admitted_servers, seal\nseal()\n"
        "found = iter(['192.0.2.1', '192.0.2.2'])\n"
        "socket.getaddrinfo = lambda *_, **__: [(2, 1, 6, '', (next(found), 8080))]\n"
        "print([admit_server('gpu.lan', 8080) for _ in range(2)], admitted_servers())"
    )
    assert python(code).stdout.count("192.0.2.1") == 3


def test_libraries_see_a_refused_permission() -> None:
    code = "import platform\nseal()\nassert isinstance(platform.processor(), str)"
    done = python(f"from t2s_local.offline import seal\n{code}")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "exempt"),
    [
        (["models", "pull", "x"], True),
        (["doctor", "--prove-offline"], True),
        (["models", "ls"], False),
        (["doctor"], False),
        (["distill", "models", "pull", "--prove-offline"], False),
        ([], False),
    ],
)
def test_two_command_lines_go_unsealed(arguments: list[str], exempt: bool) -> None:
    assert is_exempt(arguments) is exempt


def test_the_proof_can_be_had_from_the_command_line() -> None:
    command = [sys.executable, "-m", "t2s_local", "doctor", "--prove-offline", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    proofs = {proof["name"]: proof["held"] for proof in json_lines(done.stdout)}
    assert proofs.keys() == {"seal", "server", "no network", "system calls"}
    assert False not in proofs.values()


def test_the_command_line_sets_the_seal(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import atexit, socket\natexit.register(lambda: print(socket.socket()))\n"
    )
    environment = {"PYTHONPATH": f"{tmp_path}:{ROOT}", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "t2s_local", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert "something tried to open a network connection" in done.stderr


def demo(folder: Path, *wrapper: str) -> subprocess.CompletedProcess[str]:
    """Run the whole main job on the shipped samples, by way of *wrapper*."""
    folder.mkdir()
    command = [*wrapper, sys.executable, "-m", "t2s_local", "demo", "-o", "skills", "--workspace", "ws", "--quiet"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def skills(folder: Path) -> dict[str, bytes]:
    root = folder / "skills"
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*.md"))}


def can_unshare() -> bool:
    tool = shutil.which("unshare")
    return tool is not None and subprocess.run([tool, "-rn", "true"], capture_output=True, check=False).returncode == 0


def can_trace() -> bool:
    tool = shutil.which("strace")
    command = [str(tool), "-o", "/dev/null", "true"]
    return tool is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not can_unshare(), reason="the kernel gives no network namespace of our own")
def test_the_main_job_writes_the_same_bytes_without_any_network(tmp_path: Path) -> None:
    assert demo(tmp_path / "with").returncode == 0
    done = demo(tmp_path / "without", "unshare", "-rn")
    assert done.returncode == 0, done.stderr
    assert skills(tmp_path / "without") == skills(tmp_path / "with") != {}


@pytest.mark.skipif(not can_trace(), reason="no strace on the path, or it may not trace")
def test_the_main_job_makes_no_network_call(tmp_path: Path) -> None:
    log = tmp_path / "calls"
    done = demo(tmp_path / "traced", "strace", "-f", "-qq", "-e", "trace=network", "-o", str(log))
    assert done.returncode == 0, done.stderr
    assert re.findall(r".*AF_INET.*", log.read_text()) == []


@pytest.mark.skipif(not can_trace(), reason="no strace on the path, or it may not trace")
def test_a_run_with_a_model_loaded_makes_no_network_call(
    tmp_path: Path, tiny_model: Callable[[str], Path], request: pytest.FixtureRequest
) -> None:
    log = tmp_path / "calls"
    samples = request.config.rootpath / "t2s_local" / "samples" / "mini_swe_agent"
    runs = [str(samples), str(samples.parent / "openai_chat")]
    command = ["strace", "-f", "-qq", "-e", "trace=network,execve", "-o", str(log), sys.executable, "-m", "t2s_local"]
    command += ["distill", *runs, "--model", str(tiny_model("qwen3-flat")), "-o", "skills", "--context", "3072"]
    done = subprocess.run([*command, "--sequences", "1"], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "ctx 3072" in done.stderr
    calls = log.read_text()
    assert calls.count("execve(") >= 2, "the model runs in a process of its own, which is traced too"
    assert re.findall(r".*AF_INET.*", calls) == []


@pytest.mark.skipif(not can_trace(), reason="no strace on the path, or it may not trace")
def test_the_trace_would_show_a_network_call(tmp_path: Path) -> None:
    log = tmp_path / "calls"
    code = "import socket; socket.socket().close()"
    command = ["strace", "-f", "-qq", "-e", "trace=network", "-o", str(log), sys.executable, "-c", code]
    subprocess.run(command, check=True, capture_output=True)
    assert "AF_INET" in log.read_text()
