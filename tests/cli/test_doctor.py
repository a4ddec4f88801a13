"""`t2s doctor` says what there is, and how to mend what is not."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from t2s_local.cli.doctor import worth_pulling
from t2s_local.engines.runnable import why_not
from t2s_local.weights.choice import best_installed
from t2s_local.weights.fit import Wishes
from t2s_local.weights.pins import Pin, remember
from tests.conftest import Command
from tests.servers import ModelServer, serving


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, and the working folder in it."""
    for variable in ("HF_HOME", "HF_HUB_CACHE", "OLLAMA_MODELS", "XDG_DATA_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def studio(home: Path, tiny_model: Callable[[str], Path]) -> Path:
    """A model that LM Studio keeps."""
    path = home / ".lmstudio" / "models" / "tiny.gguf"
    path.parent.mkdir(parents=True)
    path.write_bytes(tiny_model("llama").read_bytes())
    return path


def checks(t2s: Command, *arguments: str) -> dict[str, dict[str, str | None]]:
    ran = t2s("doctor", "--json", *arguments)
    return {check["name"]: check for check in json.loads(ran.out)["checks"]}


def test_without_a_model_it_says_how_to_get_one(home: Path, t2s: Command) -> None:
    found = checks(t2s)
    assert str(found["models"]["fix"]) in {"t2s models pull qwen3-4b", "t2s models pull qwen2.5-coder-1.5b"}
    assert {"Python", "RAM", "processor", "disk", "workspace"} <= found.keys()


def test_what_is_advised_fits_the_memory() -> None:
    assert [worth_pulling(gigabytes * 10**9) for gigabytes in (2, 4, 8, 64)] == [
        "qwen2.5-coder-1.5b",
        "qwen2.5-coder-1.5b",
        "qwen3-4b",
        "qwen3-4b",
    ]


def test_a_model_is_fitted_and_says_eight_tokens(studio: Path, t2s: Command) -> None:
    found = checks(t2s)
    assert found["llama.cpp"]["state"] == "ok"
    assert "ctx 4096 x" in str(found["tiny.gguf"]["found"])
    assert str(found["smoke run of tiny.gguf"]["found"]).startswith("8 tokens, ")
    assert "smoke run of tiny.gguf" not in checks(t2s, "--no-smoke")


def test_a_model_that_changed_is_noticed_with_the_command_that_mends_it(studio: Path, t2s: Command) -> None:
    digest = hashlib.sha256(studio.read_bytes()).hexdigest()
    remember(studio, Pin(sha256=digest, bytes=studio.stat().st_size, repo="a/b", revision="c"))
    found = checks(t2s, "--no-smoke")["tiny.gguf"]["found"]
    assert str(found).startswith(f"as pulled, sha256 {digest[:12]}… · ")
    with studio.open("r+b") as stream:
        stream.seek(-1, 2)
        stream.write(b"\x55")
    changed = checks(t2s, "--no-smoke")["tiny.gguf"]
    assert changed["state"] == "note"
    assert changed["fix"] == "t2s models rm tiny.gguf && t2s models pull tiny.gguf"


def test_a_broken_model_is_named_and_the_rest_goes_on(studio: Path, t2s: Command) -> None:
    studio.write_bytes(b"GGUF nonsense")
    found = checks(t2s)
    assert "not a usable GGUF file" in str(found["tiny.gguf"]["found"])
    assert "workspace" in found


def test_a_workspace_others_can_read_is_noted(home: Path, t2s: Command) -> None:
    (home / ".t2s").mkdir(mode=0o755)
    assert checks(t2s)["workspace"]["fix"] == "chmod 700 .t2s"


def test_the_table_is_for_people(home: Path, t2s: Command) -> None:
    ran = t2s("doctor")
    assert ran.code == 0
    assert "llama.cpp" in ran.out
    assert "models: t2s models pull qwen3" in ran.err


def test_auto_takes_the_largest_that_fits_and_says_what_it_passes_over(
    studio: Path,
) -> None:
    said: list[str] = []
    studio.with_name("broken.gguf").write_bytes(b"GGUF" + bytes(5_000_000))
    best = best_installed(Wishes(), said.append, why_not=why_not)
    assert best is not None
    assert best.path == studio
    assert any(line.startswith("broken.gguf is passed over: not a usable GGUF file") for line in said)


def test_auto_takes_nothing_where_nothing_is(home: Path) -> None:
    assert best_installed(Wishes(), print, why_not=why_not) is None


@pytest.mark.server
def test_a_server_that_the_settings_name_is_looked_at(
    home: Path, t2s: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(ModelServer()) as server:
        monkeypatch.setenv("T2S_MODEL", server.url)
        found = checks(t2s)["server"]
        place = f"127.0.0.1:{server.server_port}"
        assert (found["state"], place in str(found["found"])) == ("ok", True)
    gone = checks(t2s)["server"]
    assert (gone["state"], "no server answers" in str(gone["found"])) == ("bad", True)
    assert t2s("doctor").code == 5
