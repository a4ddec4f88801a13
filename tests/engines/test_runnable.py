"""Models of this machine that cannot be run, or answer no question: passed over with a reason, and never tried."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import gguf
import pytest

from t2s_local.engines.runnable import BASE, template_of, why_not
from t2s_local.weights.choice import best_installed
from t2s_local.weights.fit import Wishes
from tests.conftest import Command
from tests.places import SAMPLES

Change = Callable[[gguf.GGUFWriter], None]
GENERATION = "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}"


def changed(
    source: Path,
    target: Path,
    *,
    architecture: str = "llama",
    without: tuple[str, ...] = (),
    n_tensors: int | None = None,
    change: Change = lambda _: None,
) -> Path:
    """Write the model *source* again with another header, by the package that all makers of such files use."""
    read, writer = gguf.GGUFReader(source), gguf.GGUFWriter(target, architecture)
    for field in read.fields.values():
        name = field.name.replace("llama.", f"{architecture}.", 1)
        if name.startswith("GGUF.") or name in {"general.architecture", *without}:
            continue
        kind, value = field.types[0], field.contents()
        if kind == gguf.GGUFValueType.ARRAY:
            writer.add_array(name, value)
        else:
            writer.add_key_value(name, value, kind)
    change(writer)
    for tensor in read.tensors[:n_tensors]:
        writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target


TEMPLATE = "tokenizer.chat_template"
KINDS: dict[str, tuple[dict[str, object], str]] = {
    "picture": ({"architecture": "flux"}, "unknown model architecture: 'flux'"),
    "tomorrow": ({"architecture": "qwen9"}, "unknown model architecture: 'qwen9'"),
    "adapter": ({"change": lambda writer: writer.add_type("adapter")}, "of the kind adapter"),
    "eyes": ({"architecture": "clip", "change": lambda writer: writer.add_type("mmproj")}, "of the kind mmproj"),
    "encoder": ({"architecture": "bert"}, "it does not write text: its architecture is bert"),
    "embedder": ({"change": lambda writer: writer.add_pooling_type(gguf.PoolingType.LAST)}, "it does not write text"),
    "base": ({"without": (TEMPLATE,)}, BASE),
    "generation": (
        {"without": (TEMPLATE,), "change": lambda writer: writer.add_chat_template(GENERATION)},
        "the chat template cannot be used: Encountered unknown tag 'generation'",
    ),
    "no vocabulary": ({"without": ("tokenizer.ggml.model",)}, "key not found in model: tokenizer.ggml.model"),
    "half a model": ({"n_tensors": 5}, "tensor 'blk.0.attn_q.weight' not found"),
}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for variable in ("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "OLLAMA_MODELS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    yield


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    folder = tmp_path / ".lmstudio" / "models"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_of_another_kind_is_not_run_and_the_reason_is_named(
    kind: str, studio: Path, tiny_model: Callable[[str], Path], t2s: Command
) -> None:
    how, reason = KINDS[kind]
    path = changed(tiny_model("llama"), studio / "made.gguf", **how)  # type: ignore[arg-type]  # one dict for all kinds
    assert reason in (why_not(path) or "")
    fitted = t2s("models", "fit", path)
    assert (fitted.code, reason in fitted.err) == (5, True)
    listed = t2s("models", "ls")
    assert f"cannot be run: {why_not(path)}" in " ".join(listed.out.split())


def test_auto_takes_the_best_that_runs_and_never_fails(
    studio: Path, tiny_model: Callable[[str], Path], t2s: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(tiny_model("llama"), studio / "a-flux.gguf", architecture="flux")
    changed(tiny_model("llama"), studio / "b-base.gguf", without=(TEMPLATE,))
    told: list[str] = []
    assert best_installed(Wishes(), told.append, why_not=why_not) is None
    assert [line.partition(" is passed over: ")[0] for line in told] == ["a-flux.gguf", "b-base.gguf"]
    monkeypatch.chdir(tmp_path)
    ran = t2s("distill", SAMPLES / "openai_chat", "--model", "auto", "-o", "out", "--quiet", "-v")
    assert ran.code == 0
    assert "a-flux.gguf is passed over: unknown model architecture: 'flux'" in ran.err
    assert "No model is installed that runs and fits (2 models passed over" in ran.err
    (studio / "c-runs.gguf").write_bytes(tiny_model("llama").read_bytes())
    best = best_installed(Wishes(), told.append, why_not=why_not)
    assert best is not None
    assert best.name == "c-runs.gguf"


def test_a_template_of_ollama_stands_beside_the_model_and_counts(
    tmp_path: Path, tiny_model: Callable[[str], Path]
) -> None:
    ollama = tmp_path / ".ollama" / "models"
    manifest = ollama / "manifests" / "registry" / "library" / "small" / "latest"
    manifest.parent.mkdir(parents=True)
    (ollama / "blobs").mkdir()
    kinds = {"model": "sha256:12", "template": "sha256:34"}
    layers = [{"mediaType": f"application/vnd.ollama.image.{kind}", "digest": one} for kind, one in kinds.items()]
    manifest.write_text(json.dumps({"layers": layers}))
    model = changed(tiny_model("llama"), ollama / "blobs" / "sha256-12", without=(TEMPLATE,))
    assert why_not(model) == BASE
    template = ollama / "blobs" / "sha256-34"
    template.write_text("{{ if .System }}<|im_start|>system\n{{ .System }}<|im_end|>\n{{ end }}{{ .Prompt }}")
    assert why_not(model) is None
    assert "<|im_start|>assistant" in (template_of(model) or "")
    template.write_text("{{ .Prompt }}")
    assert why_not(model) == BASE


def test_what_was_found_out_is_kept_until_the_file_changes(
    studio: Path, tiny_model: Callable[[str], Path], tmp_path: Path
) -> None:
    path = changed(tiny_model("llama"), studio / "m.gguf", without=(TEMPLATE,))
    assert why_not(path) == BASE
    kept = tmp_path / "cache" / "t2s" / "runnable.json"
    kept.write_text(kept.read_text().replace("a base model", "known already"))
    assert str(why_not(path)).startswith("known already")
    path.write_bytes(tiny_model("llama").read_bytes())
    assert why_not(path) is None
    kept.write_text("{")
    assert why_not(path) is None


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({"HF_HUB_CACHE": "~/a", "HF_HOME": "/nowhere"}, "a"),
        ({"HUGGINGFACE_HUB_CACHE": "$HOME/b", "HF_HOME": "/nowhere"}, "b"),
        ({"HF_HOME": "~/c"}, "c/hub"),
        ({"XDG_CACHE_HOME": "~/d"}, "d/huggingface/hub"),
        ({"XDG_CACHE_HOME": ""}, ".cache/huggingface/hub"),
    ],
)
def test_the_cache_is_where_the_hubs_own_library_looks(
    variables: dict[str, str], place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from t2s_local.weights.catalog import hugging_face_cache

    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert hugging_face_cache() == tmp_path / place
