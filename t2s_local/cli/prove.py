"""Prove that the main job uses no network: run it on the shipped samples, and observe it from outside."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

from t2s_local.cli.options import all_settings
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.config import allowed_hosts
from t2s_local.engines.server import is_server, read_address
from t2s_local.processes import child_process
from t2s_local.user_files.scratch import scratch
from t2s_local.values.value import Value

_SEALED = "from t2s_local.offline import seal; seal(); import socket; socket.socket()"
_TO_A_SERVER = """
import socket, sys
from t2s_local.offline import admit_server, seal
seal()
there = admit_server("127.0.0.1", int(sys.argv[1]))
socket.socket().connect(there)
held = 0
for attempt in (
    lambda: socket.socket().connect(("127.0.0.1", there[1] - 1)),
    lambda: socket.socket().connect(("127.0.0.2", there[1])),
    lambda: socket.socket().bind(("127.0.0.1", 0)),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    lambda: socket.getaddrinfo("localhost", 80),
):
    try:
        attempt()
    except PermissionError:
        held += 1
sys.exit(held != 5)
"""
_JOB = ("demo", "-o", "skills", "--workspace", "ws", "--quiet")
_SECONDS = 600


class Proof(Value, frozen=True, kw_only=True):
    """Result of one check."""

    name: str
    held: bool | None
    """Whether the check passed; None if this machine cannot make the check."""
    found: str


def report_proof(*, as_json: bool) -> int:
    """Print the results, and return the exit code: 1 if a check failed."""
    proofs = prove_offline()
    if as_json:
        print_json(proofs)
    else:
        words = {True: "held", False: "BROKEN", None: "not tried"}
        print_table(("", "what", "found"), [(words[proof.held], proof.name, proof.found) for proof in proofs])
    return int(any(proof.held is False for proof in proofs))


def prove_offline() -> tuple[Proof, ...]:
    """Run the main job three times: normally, in a network namespace without interfaces, and under a tracer."""
    with scratch("proof-") as folder:
        say("1 of 4: the main job on the shipped samples, as it is …")
        plain = _job(folder / "plain")
        say("2 of 4: the seal, and the address of a server …")
        sealed = (_seal(), _to_server())
        say("3 of 4: the same job in a network namespace without interfaces …")
        without = _without_network(folder / "without", plain)
        say("4 of 4: the same job with its system calls traced …")
        return (*sealed, *without, _trace(folder / "traced", folder / "calls"))


def _seal() -> Proof:
    done = subprocess.run(
        [sys.executable, "-P", "-c", _SEALED], capture_output=True, check=False, env=child_process.environment()
    )
    held = done.returncode != 0 and b"something tried to open a network connection" in done.stderr
    return Proof(name="seal", held=held, found="a socket is refused" if held else "a socket could be opened")


def _to_server() -> Proof:
    """Check that a named server, here a local one for the test, can be reached and no other address can."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        command = [sys.executable, "-P", "-c", _TO_A_SERVER, port]
        done = subprocess.run(command, capture_output=True, check=False, env=child_process.environment())
    named = str(all_settings()["model"][0])
    place = read_address(named, allowed=allowed_hosts()).place if is_server(named) else "the address of a named server"
    held = done.returncode == 0
    found = f"{place} is let through and nothing beside it" if held else f"more than {place} could be reached"
    return Proof(name="server", held=held, found=found)


def _without_network(folder: Path, plain: dict[str, bytes] | None) -> tuple[Proof, ...]:
    name = "no network"
    tool = _tool("unshare", "-rn", "true")
    if tool is None:
        return (Proof(name=name, held=None, found="this system gives no network namespace (unshare -rn)"),)
    written = _job(folder, tool, "-rn")
    if plain is None or written is None:
        return (Proof(name=name, held=False, found="the main job failed"),)
    same = written == plain
    found = f"{len(written)} files, {'the same bytes' if same else 'other bytes'} as with a network"
    return (Proof(name=name, held=same, found=found),)


def _trace(folder: Path, log: Path) -> Proof:
    name = "system calls"
    tool = _tool("strace", "-o", "/dev/null", "true")
    if tool is None:
        return Proof(name=name, held=None, found="no strace here, or it may not trace")
    if _job(folder, tool, "-f", "-qq", "-e", "trace=network", "-o", str(log)) is None:
        return Proof(name=name, held=False, found="the main job failed")
    calls = [line for line in log.read_text("utf-8", "replace").splitlines() if "AF_INET" in line]
    return Proof(name=name, held=not calls, found=calls[0] if calls else "no call with AF_INET or AF_INET6")


def _tool(name: str, *trial: str) -> str | None:
    """Return the path of a program if running it with *trial* works; None otherwise."""
    path = shutil.which(name)
    works = path is not None and subprocess.run([path, *trial], capture_output=True, check=False).returncode == 0
    return path if works else None


def _job(folder: Path, *wrapper: str) -> dict[str, bytes] | None:
    """Run the main job in *folder*, and return the files of the skills by path; None if the run failed."""
    folder.mkdir()
    own = child_process.environment()
    command = [*wrapper, *child_process.command("t2s_local", *_JOB)]
    done = subprocess.run(command, capture_output=True, check=False, cwd=folder, timeout=_SECONDS, env=own)
    root = folder / "skills"
    files = {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*.md"))}
    return files if done.returncode == 0 and files else None
