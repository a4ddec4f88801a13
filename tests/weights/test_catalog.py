"""Models: the catalog, what lies on a machine, and `t2s models`."""

import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from t2s_local.engines.lazy import LazyEngine
from t2s_local.errors import ModelError
from t2s_local.files import file_digest
from t2s_local.ports.engine import Request
from t2s_local.runs.plugins import say_nothing
from t2s_local.weights.catalog import catalog, find, installed, known
from t2s_local.weights.fit import Wishes
from t2s_local.weights.pins import Pin, pins, remember, state_of
from tests.conftest import Command

REVISION = "c" * 40


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder."""
    for variable in ("HF_HOME", "HF_HUB_CACHE", "OLLAMA_MODELS", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def model(tiny_model: Callable[[str], Path]) -> Path:
    return tiny_model("llama")


def in_cache(home: Path, repo: str, file: str, data: bytes) -> Path:
    """Put a file where the Hugging Face cache keeps it: a blob, and a link to it."""
    folder = home / ".cache" / "huggingface" / "hub" / f"models--{repo.replace('/', '--')}"
    blob = folder / "blobs" / hashlib.sha256(data).hexdigest()
    link = folder / "snapshots" / REVISION / file
    for place in (blob, link):
        place.parent.mkdir(parents=True, exist_ok=True)
    blob.write_bytes(data)
    link.symlink_to(os.path.relpath(blob, link.parent))
    return link


def test_the_catalog_says_what_it_does_not_know() -> None:
    entries = catalog()
    assert {"qwen3-4b", "granite-3b", "qwen3.5-2b", "qwen3.5-9b", "gemma-4-12b", "qwen3.6-27b"} <= {
        one.alias for one in entries
    }
    assert all(one.sha256 is None or len(one.sha256) == 64 for one in entries)
    assert [one.bytes for one in entries] == sorted(one.bytes for one in entries)


def test_every_entry_says_where_it_comes_from_and_what_it_is_for() -> None:
    for one in catalog():
        assert one.repo.count("/") == 1
        assert one.file.endswith(".gguf")
        assert one.quant.casefold() in one.file.casefold()
        assert one.licence == "Apache-2.0"
        assert one.context >= 32_768
        assert 4 * 10**8 < one.bytes < 2 * 10**10
        assert one.purpose


def test_the_template_of_the_catalog_takes_the_place_of_the_files(home: Path, model: Path) -> None:
    gemma = known("gemma-4-12b")
    linked = in_cache(home, gemma.repo, gemma.file.replace("*", "gemma-4-12b-"), model.read_bytes())
    request = Request(id="r", prefix="", prompt="Say something.", max_tokens=4)
    n_prompt, digests = [], []
    for path in (model, linked):
        engine = LazyEngine(path, wishes=Wishes(), say=say_nothing)
        try:
            digests.append(engine.digest)
            n_prompt.append(next(engine.complete([request])).prompt_tokens)
        finally:
            engine.close()
    assert n_prompt[0] != n_prompt[1]
    assert digests[0] == file_digest(model) != digests[1]


def test_the_context_of_a_model_is_known_before_it_is_loaded(model: Path) -> None:
    engine = LazyEngine(model, wishes=Wishes(), say=say_nothing)
    assert (engine.context, engine.device) == (4096, "none")


def test_a_model_is_known_by_its_alias_and_by_its_name() -> None:
    assert known("QWEN3-4B") == known("Qwen3-4B-Instruct-2507")
    with pytest.raises(ModelError, match="the catalog has no model 'gpt'"):
        known("gpt")


def test_models_of_other_programs_are_found_where_they_are(home: Path) -> None:
    in_cache(home, "unsloth/Qwen3-4B-Instruct-2507-GGUF", "Qwen3-4B-Instruct-2507-Q4_K_M.gguf", b"a" * 50)
    in_cache(home, "some/eyes", "mmproj-f16.gguf", b"e")
    studio = home / ".lmstudio" / "models" / "maker" / "big-00001-of-00002.gguf"
    studio.parent.mkdir(parents=True)
    studio.write_bytes(b"b" * 40)
    studio.with_name("big-00002-of-00002.gguf").write_bytes(b"b" * 40)
    ollama = home / ".ollama" / "models"
    manifest = ollama / "manifests" / "registry" / "library" / "small" / "latest"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(
        json.dumps({"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:12"}]})
    )
    manifest.with_name("broken").write_text("not json")
    (ollama / "blobs").mkdir()
    (ollama / "blobs" / "sha256-12").write_bytes(b"c" * 30)
    assert [(one.name, one.source, one.bytes) for one in installed()] == [
        ("big-00001-of-00002.gguf", "LM Studio", 80),
        ("qwen3-4b", "Hugging Face", 50),
        ("small:latest", "Ollama", 30),
    ]


def test_a_name_stands_for_a_path_an_alias_or_a_file(home: Path, tmp_path: Path) -> None:
    link = in_cache(home, "unsloth/Qwen3.5-2B-GGUF", "Qwen3.5-2B-Q4_K_M.gguf", b"q")
    plain = tmp_path / "mine.gguf"
    plain.write_bytes(b"m")
    assert find(str(plain)).path == plain
    assert find("qwen3.5-2b").path == find("Qwen3.5-2B-Q4_K_M").path == link
    with pytest.raises(ModelError) as missing:
        find("qwen3-4b")
    assert (missing.value.hint or "").endswith("`t2s models pull qwen3-4b`.")
    with pytest.raises(ModelError) as misspelt:
        find("qwen3-4")
    assert (misspelt.value.hint or "").startswith("Did you mean qwen3-4b? ")


def test_where_nothing_runs_models_the_error_about_a_model_says_how_to_add_both(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    with pytest.raises(ModelError, match=r"and no llama\.cpp, which runs models") as missing:
        find("qwen3-4b")
    assert "[llm]" in (missing.value.hint or "")
    assert (missing.value.hint or "").endswith(", then `t2s models pull qwen3-4b`.")


def test_a_file_that_changed_since_its_pull_is_noticed(home: Path) -> None:
    link = in_cache(home, "a/b", "c.gguf", b"weights")
    assert state_of(link) == "not pinned"
    remember(link, Pin(sha256=hashlib.sha256(b"weights").hexdigest(), bytes=7, repo="a/b", revision=REVISION))
    assert state_of(link) == "as pulled"
    link.resolve().write_bytes(b"weighty")
    assert state_of(link) == "changed"
    remember(link, None)
    assert pins() == {}


def test_ls_and_list_show_the_same(home: Path, t2s: Command) -> None:
    in_cache(home, "a/b", "c.gguf", b"weights" * 1000)
    ls, listed = t2s("models", "ls"), t2s("models", "list")
    assert ls == listed
    assert "c.gguf" in ls.out
    assert "can be pulled" in ls.out
    found = json.loads(t2s("models", "ls", "--json").out)
    assert [one["name"] for one in found["installed"]] == ["c.gguf"]


def test_show_path_and_fit_of_a_file(home: Path, t2s: Command, model: Path) -> None:
    assert t2s("models", "path", model).out == f"{model}\n"
    shown = json.loads(t2s("models", "show", model, "--json").out)
    assert (shown["architecture"], shown["layers"], shown["sha256"]) == ("llama", 2, "not pinned")
    line = t2s("models", "fit", model, "--gpu-layers", "0", "--context", "1024", "--sequences", "2").out
    assert line.startswith("CPU ")
    assert line.endswith(" · ctx 1024 x 2 sequences\n")


def test_a_model_that_is_not_here_is_shown_from_the_catalog_and_has_no_path(home: Path, t2s: Command) -> None:
    assert "not on this machine" in t2s("models", "show", "granite-3b").out
    missing = t2s("models", "path", "granite-3b")
    assert missing.code == 5
    assert "t2s models pull granite-3b" in missing.err


def test_the_fit_of_a_model_that_is_not_here_is_an_estimate(home: Path, t2s: Command) -> None:
    ran = t2s("models", "fit", "qwen3-4b", "--json")
    estimate = json.loads(ran.out)
    assert estimate["needed_bytes"] == 2_500_000_000 + 36 * 8 * 256 * 2 * 8192 + 500_000_000
    assert estimate["fits"] == (estimate["needed_bytes"] <= 0.9 * estimate["free_bytes"])
    said = t2s("models", "fit", "qwen3-4b")
    assert said.out.startswith("about 4.2 GB for one sequence of 8192 tokens · ")
    assert "t2s models pull qwen3-4b" in said.err
    assert t2s("models", "fit", "gpt").code == 5


def test_rm_deletes_link_and_blob_and_leaves_the_models_of_others(home: Path, t2s: Command) -> None:
    link = in_cache(home, "a/b", "c.gguf", b"weights")
    blob = link.resolve()
    assert t2s("models", "rm", "c.gguf", "--yes").code == 0
    assert not blob.exists()
    assert not link.is_symlink()
    studio = home / ".lmstudio" / "models" / "m.gguf"
    studio.parent.mkdir(parents=True)
    studio.write_bytes(b"m")
    refused = t2s("models", "rm", "m.gguf", "--yes")
    assert refused.code == 5
    assert "belongs to LM Studio" in refused.err
    assert studio.exists()
