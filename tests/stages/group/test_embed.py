"""Contracts of every embedder, and what the embed stage makes of lessons."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors.numpy import save_file

from t2s_local import registry
from t2s_local.embedders import hashing, sentence_transformers, static
from t2s_local.errors import ModelError, UsageError
from t2s_local.ports.grouping import Embedder
from t2s_local.stages.group.embed import embed_distinct, embed_lessons, lesson_text
from tests.build import lesson
from tests.places import ROOT

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEXTS = (
    "Open the file with utf-8-sig when it may start with a byte order mark.",
    "Quote the path, because it holds a space.",
    "Commit the lock file together with the manifest.",
    "Read the error before running the same command again.",
    "git",
    "Ünïcode, Ελληνικά и кириллица",
    "a\ud800b",
    "",
)


@pytest.fixture(scope="module", params=["static", "hashing"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    loaded: Embedder = registry.load("t2s_local.embedders", request.param).load(None)
    return loaded


def test_every_embedder_is_found_by_its_file() -> None:
    assert registry.names("t2s_local.embedders") == ("hashing", "sentence_transformers", "static")


def test_rows_are_finite_unit_vectors_of_the_stated_width(embedder: Embedder) -> None:
    rows = embedder.embed(TEXTS)
    assert rows.dtype == np.float32
    assert rows.shape == (len(TEXTS), embedder.dimensions)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)


def test_a_text_is_nearest_to_itself(embedder: Embedder) -> None:
    rows = embedder.embed(TEXTS[:6])
    np.testing.assert_array_equal((rows @ rows.T).argmax(axis=1), np.arange(6))


def test_a_batch_gives_the_bytes_of_its_texts_alone(embedder: Embedder) -> None:
    alone = np.vstack([embedder.embed([text]) for text in TEXTS])
    assert embedder.embed(TEXTS).tobytes() == alone.tobytes()


def test_the_order_of_a_batch_does_not_show(embedder: Embedder) -> None:
    assert embedder.embed(TEXTS[::-1])[::-1].tobytes() == embedder.embed(TEXTS).tobytes()


def test_a_text_without_words_is_the_last_axis(embedder: Embedder) -> None:
    rows = embedder.embed(["", "   "])
    np.testing.assert_array_equal(rows[:, -1], [1.0, 1.0])
    assert np.count_nonzero(rows) == 2


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimensions)


def test_a_paraphrase_is_nearer_than_another_subject(embedder: Embedder) -> None:
    first, second, other = embedder.embed(
        [
            "When a commit is rejected by a hook, fix the file and commit again.",
            "If a hook rejects your commit, mend the file, then commit once more.",
            "Pass the delimiter when the CSV uses semicolons.",
        ]
    )
    assert float(first @ second) > float(first @ other) + 0.2


def test_two_embedders_never_share_a_digest() -> None:
    assert static.load(None).digest != hashing.load(None).digest


def test_the_static_model_is_small_and_loads_without_torch() -> None:
    program = (
        "import sys\n"
        "from t2s_local.embedders import static\n"
        "static.load(None).embed(['a text'])\n"
        "print([name for name in ('torch', 'transformers', 'sklearn', 'hdbscan', 'faiss') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    size = sum(path.stat().st_size for path in registry.shipped(static.SHIPPED).iterdir())
    assert size <= 9_000_000


def test_a_word_no_vocabulary_knows_changes_nothing() -> None:
    embedder = static.load(None)
    plain, strange = embedder.embed(["quote the path", "quote the path \U0001f9ff"])
    np.testing.assert_allclose(plain, strange, atol=1e-6)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.safetensors is missing"):
        static.load(str(tmp_path))


def test_a_broken_model_is_a_model_error(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"\x00" * 64)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match="not a static embedding model"):
        static.load(str(tmp_path))


def test_weights_whose_shapes_disagree_are_a_model_error(tmp_path: Path) -> None:
    weights: dict[str, NDArray[np.generic]] = {
        "embeddings": np.zeros((3, 2), np.int8),
        "weights": np.zeros(2, np.float32),
    }
    save_file(weights, tmp_path / "model.safetensors")
    (tmp_path / "tokenizer.json").write_bytes(registry.shipped(static.SHIPPED, "tokenizer.json").read_bytes())
    with pytest.raises(ModelError, match="do not agree"):
        static.load(str(tmp_path))


def test_a_broken_tokenizer_is_a_model_error(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(registry.shipped(static.SHIPPED, "model.safetensors").read_bytes())
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match="not a tokenizer"):
        static.load(str(tmp_path))


def test_hashing_takes_no_model() -> None:
    with pytest.raises(UsageError, match="takes no model"):
        hashing.load("some/model")


def test_sentence_transformers_wants_a_folder_with_a_model(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs the path"):
        sentence_transformers.load(None)
    with pytest.raises(ModelError, match=r"modules\.json is missing"):
        sentence_transformers.load(str(tmp_path))


@pytest.mark.slow
@pytest.mark.llm
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_sentence_transformers_reads_the_shipped_model_to_the_same_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "TOKENIZERS_PARALLELISM"):
        monkeypatch.setenv(name, "1")
    ours = static.load(None)
    theirs = sentence_transformers.load(str(registry.shipped(static.SHIPPED)))
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert theirs.dimensions == ours.dimensions
    np.testing.assert_allclose(theirs.embed(TEXTS[:6]), ours.embed(TEXTS[:6]), atol=1e-4)
    assert theirs.embed([]).shape == (0, ours.dimensions)


class Constant:
    """Gives every text the same row, whatever it is."""

    name = "constant"
    digest = "constant"
    dimensions = 3

    def __init__(self, row: Sequence[float]) -> None:
        self._row = row

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        return np.array([self._row] * len(texts), np.float32)


def test_a_lesson_is_embedded_by_all_it_says() -> None:
    plain = lesson("a hook rejects the commit", "Fix the file.")
    caused = lesson("a hook rejects the commit", "Fix the file.", "the hook runs the linter")
    assert lesson_text(caused) == "a hook rejects the commit. Fix the file. the hook runs the linter"
    rows = embed_lessons([plain, caused], hashing.load(None))
    assert 0.5 < float(rows[0] @ rows[1]) < 0.999


def test_lessons_become_unit_rows_in_their_order(embedder: Embedder) -> None:
    lessons = [lesson(f"case {number}", f"do thing {number} with care") for number in range(5)]
    rows = embed_lessons(lessons, embedder)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert embed_lessons(lessons[::-1], embedder)[::-1].tobytes() == rows.tobytes()
    assert embed_lessons([], embedder).shape == (0, embedder.dimensions)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((np.nan, 0.0, 0.0), "not finite"),
        ((0.0, 0.0, 0.0), "has length 0, not 1"),
        ((2.0, 0.0, 0.0), "has length 2, not 1"),
        ((1.0, 0.0), "shape"),
    ],
)
def test_an_embedder_that_gives_no_unit_vectors_is_named(row: tuple[float, ...], reason: str) -> None:
    with pytest.raises(ModelError, match=rf"embedder constant gave .*{reason}"):
        embed_lessons([lesson("when", "do")], Constant(row))


def test_the_card_names_the_weights_that_ship() -> None:
    folder = ROOT / "models" / "static-minilm-256"
    card = (folder / "README.md").read_text("utf-8")
    for name in ("model.safetensors", "tokenizer.json"):
        assert f"| `{name}` | sha256 `{hashlib.sha256((folder / name).read_bytes()).hexdigest()}`" in card


def test_lessons_of_the_same_words_are_embedded_once_and_as_any_other(embedder: Embedder) -> None:
    lessons = [lesson(f"case {number % 3}", f"do thing {number % 3} with care") for number in range(9)]
    rows, places = embed_distinct(lessons, embedder)
    assert len(rows) == 3
    assert rows[places].tobytes() == embed_lessons(lessons, embedder).tobytes()
