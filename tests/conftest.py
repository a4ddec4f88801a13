"""Fixtures of the whole suite."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL, PIPE

import pytest

from t2s_local.files import file_digest
from t2s_local.weights.catalog import hugging_face_cache
from t2s_local.weights.catalog import known as known_model
from tests.commands import Ran, in_process
from tests.places import ROOT
from tests.zygote import Zygote, zygote

SHARED = Path(__file__).parents[2] / "shared" / "data"
SERVER = ROOT / ".venv" / "server" / "bin" / "python"
"""Interpreter that has a llama.cpp server."""
WANT_A_MODEL = {"tiny_model", "real_model", "real_server"}
"""Fixtures whose tests need llama.cpp."""
MODELS = hugging_face_cache()
"""Where models of this user lie: looked at by tests marked ``model``, and out of sight of all others."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that wants a model as in need of the extra [llm], and skip it where that is not installed."""
    is_there = all(find_spec(name) for name in ("llama_cpp", "sentence_transformers"))
    missing = pytest.mark.skip("what runs models is not installed: pip install '.[llm]'")
    for item in items:
        if WANT_A_MODEL & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.llm)
        if not is_there and item.get_closest_marker("llm") is not None:
            item.add_marker(missing)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Refuse every connection; a test marked ``server`` may reach the loopback and nothing else."""
    reach = socket.socket.connect
    is_let = request.node.get_closest_marker("server") is not None

    def refuse(this: socket.socket, address: tuple[str, int]) -> None:
        if not (is_let and address[0] == "127.0.0.1"):
            message = "a test tried to open a network connection"
            raise AssertionError(message)
        reach(this, address)

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(autouse=True, scope="session")
def _own_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the key, the notes and the models of the suite apart from the user's, for all processes of a session."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.getbasetemp() / "data"))
        patch.setenv("HF_HUB_CACHE", str(tmp_path_factory.getbasetemp() / "hub"))
        yield


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: empty, with no settings of the user beside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real trajectories beside the project; tests that want it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"no real trajectories beside the project ({SHARED.name}/ is absent)")
    return SHARED


@pytest.fixture(scope="session")
def tiny_model(request: pytest.FixtureRequest) -> Callable[[str], Path]:
    """Makes a GGUF of two layers with random weights, kept between sessions.

    It is asked for by architecture: ``llama``, ``qwen3``, ``mamba``, ``jamba``; with ``-flat`` after it every token is
    about as likely as the next, so that the smallest difference in rounding shows.
    """
    script = Path(__file__).parents[1] / "scripts" / "make-test-model"
    folder = request.config.cache.mkdir("models")

    def make(architecture: str) -> Path:
        path: Path = folder / f"{architecture}-{file_digest(script)[:12]}.gguf"
        if not path.exists():
            name, _, shape = architecture.partition("-")
            subprocess.run([sys.executable, script, path, "--arch", name, "--shape", shape or "tiny"], check=True)
        return path

    return make


@pytest.fixture(scope="session")
def real_model() -> Path:
    """The 0.5B instruct model of ``scripts/get-test-model``; tests that want it are skipped where it is absent."""
    known = known_model("qwen2.5-coder-0.5b")
    path = MODELS / f"models--{known.repo.replace('/', '--')}" / "snapshots" / str(known.revision) / known.file
    if not path.is_file():
        pytest.skip("no real weights on this machine (scripts/get-test-model fetches them)")
    return path


@pytest.fixture(scope="session")
def real_server(real_model: Path) -> Iterator[str]:
    """Address of a llama.cpp server with the 0.5B; tests that want it are skipped where the server is absent."""
    if not SERVER.is_file():
        pytest.skip("no llama.cpp server beside the project (scripts/get-test-server installs it)")
    script = ROOT / "scripts" / "_engine" / "llama_server.py"
    command = [str(SERVER), str(script), str(real_model), "4096", "4", "2"]
    waiting = {**os.environ, "OMP_WAIT_POLICY": "passive"}
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, text=True, env=waiting) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@pytest.fixture(scope="session")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """Starts ``t2s`` in processes of its own, quickly, and lets system calls fail in them."""
    if shutil.which("cc") is None:
        pytest.skip("no C compiler: system calls cannot be made to fail")
    with zygote(tmp_path_factory.mktemp("processes")) as started:
        yield started


Command = Callable[..., Ran]


@pytest.fixture
def t2s() -> Command:
    """Run a command line in this process."""
    return in_process
