"""`t2s models pull`, against a hub on this machine."""

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from t2s_local.weights.catalog import find, installed
from t2s_local.weights.pins import pins, state_of
from tests.commands import start
from tests.weights.test_catalog import REVISION, in_cache


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder."""
    for variable in ("HF_HOME", "HF_HUB_CACHE", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


class Hub(ThreadingHTTPServer):
    """A hub with one repo of one file, on this machine."""

    stalls_after: int | None = None
    """Bytes of the file after which it sends no more; None for never."""
    asked_from: tuple[str | None, ...] = ()
    """The range each request for the file named."""
    data = b"GGUF" + bytes(range(256)) * 400
    announced = hashlib.sha256(data).hexdigest()


class Answers(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        server = self.server
        assert isinstance(server, Hub)
        data, kind = server.data, "application/octet-stream"
        if self.path.startswith("/api/models/"):
            file = {
                "rfilename": "Qwen3.5-2B-Q4_K_M.gguf",
                "size": len(data),
                "lfs": {"sha256": server.announced, "size": len(data), "pointerSize": 130},
            }
            data, kind = json.dumps({"id": "x", "sha": REVISION, "siblings": [file]}).encode(), "application/json"
        status = 200
        if body and kind != "application/json":
            wanted = self.headers.get("Range")
            server.asked_from += (wanted,)
            if wanted:
                status, start = 206, int(wanted.removeprefix("bytes=").partition("-")[0])
                whole, data = data, data[start:]
        self.send_response(status)
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{len(whole) - 1}/{len(whole)}")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("ETag", f'"{server.announced}"')
        self.send_header("X-Repo-Commit", REVISION)
        self.end_headers()
        if body and server.stalls_after is not None and kind != "application/json":
            self.wfile.write(data[: server.stalls_after])
            self.rfile.read(1)
        elif body:
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    server = Hub(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def started(hub: Hub, home: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start ``t2s models pull`` as a program of its own, against a hub on this machine."""
    environment = {"HF_ENDPOINT": f"http://127.0.0.1:{hub.server_port}", "HOME": str(home)}
    return start("models", "pull", "qwen3.5-2b", *arguments, environment=environment)


def pull(hub: Hub, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    process = started(hub, home, *arguments)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def test_pull_shows_the_size_fetches_checks_and_pins(home: Path, hub: Hub) -> None:
    looked = pull(hub, home, "--dry-run")
    assert looked.returncode == 0, looked.stderr
    assert "0.1 MB" in looked.stderr
    assert hub.announced in looked.stderr
    assert installed() == ()
    fetched = pull(hub, home, "--yes")
    assert fetched.returncode == 0, fetched.stderr
    path = Path(fetched.stdout.strip())
    assert path.read_bytes() == hub.data
    assert pins()[str(path)].revision == REVISION
    assert state_of(path) == "as pulled"
    assert find("qwen3.5-2b").path == path


def test_a_pull_that_was_killed_goes_on_where_it_stopped(home: Path, hub: Hub) -> None:
    hub.data = b"GGUF" + bytes(25 << 20)
    hub.announced = hashlib.sha256(hub.data).hexdigest()
    hub.stalls_after = 12 << 20
    blobs = home / ".cache" / "huggingface" / "hub" / "models--unsloth--Qwen3.5-2B-GGUF" / "blobs"
    killed = started(hub, home, "--yes")
    while not any(file.stat().st_size for file in blobs.glob("*")):
        time.sleep(0.02)
    killed.kill()
    killed.communicate()
    (size,) = (file.stat().st_size for file in blobs.iterdir())
    assert installed() == ()
    hub.stalls_after = None
    fetched = pull(hub, home, "--yes")
    assert fetched.returncode == 0, fetched.stderr
    assert Path(fetched.stdout.strip()).read_bytes() == hub.data
    assert hub.asked_from == (None, f"bytes={size}-")
    assert [file.name for file in blobs.iterdir()] == [hub.announced]


def test_what_the_cache_holds_already_is_pinned_and_not_fetched_again(home: Path, hub: Hub) -> None:
    link = in_cache(home, "unsloth/Qwen3.5-2B-GGUF", "Qwen3.5-2B-Q4_K_M.gguf", hub.data)
    refs = link.parents[2] / "refs" / "main"
    refs.parent.mkdir()
    refs.write_text(REVISION)
    fetched = pull(hub, home)
    assert fetched.returncode == 0, fetched.stderr
    assert "It is in the cache already." in fetched.stderr
    assert hub.asked_from == ()
    assert state_of(link) == "as pulled"


def test_bytes_that_are_not_those_announced_are_deleted(home: Path, hub: Hub) -> None:
    hub.announced = "0" * 64
    fetched = pull(hub, home, "--yes")
    assert fetched.returncode == 5
    assert "not those the hub announced" in fetched.stderr
    assert installed() == ()


def test_a_hub_that_cannot_be_reached_is_one_line(home: Path, hub: Hub) -> None:
    hub.shutdown()
    hub.server_close()
    failed = pull(hub, home, "--dry-run")
    assert failed.returncode == 5
    assert failed.stderr.startswith("Error: cannot fetch from unsloth/Qwen3.5-2B-GGUF")
    assert "Traceback" not in failed.stderr


def test_every_other_command_switches_the_hub_off_before_it_imports_anything() -> None:
    code = (
        "import sys; sys.argv = ['t2s', '--version']\n"
        "from t2s_local.cli import main\n"
        "assert not any(name.partition('.')[0] == 'huggingface_hub' for name in sys.modules)\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "from huggingface_hub import constants\n"
        "print(constants.HF_HUB_OFFLINE)\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "True"
