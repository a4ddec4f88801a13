"""Embed texts with a sentence-transformers model from a local folder; the network is off before the library loads."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from t2s_local.errors import ModelError, UsageError
from t2s_local.extras import command_for
from t2s_local.files import file_digest
from t2s_local.values.value import digest
from t2s_local.vectors.matrix import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
_IDENTITY = ("*.safetensors", "*.bin", "*.json", "*.txt", "*.model")
_BATCH = 64


class SentenceTransformersEmbedder:
    """Embeds texts with a transformer on the CPU, where the same build gives the same vectors."""

    def __init__(self, model: "SentenceTransformer", *, name: str, digest: str) -> None:
        """Wrap a loaded *model*; use :func:`load`."""
        self.name = name
        self.digest = digest
        self.dimensions = len(model.encode("", show_progress_bar=False))
        self._model = model

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return unit rows, one for each text; due to padding they depend on the other texts, by up to 1e-5."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        cleaned = [text.encode("utf-8", "replace").decode() for text in texts]
        rows = self._model.encode(cleaned, batch_size=_BATCH, convert_to_numpy=True, show_progress_bar=False)
        return unit(np.asarray(rows, dtype=np.float32))


def load(spec: str | None) -> SentenceTransformersEmbedder:
    """Load the model in folder *spec*.

    Raises:
        UsageError: no folder is named.
        ModelError: the folder contains no model that can be run, or the library to run it is not installed.
    """
    if spec is None:
        message = "the sentence_transformers embedder needs the path of a model"
        raise UsageError(message, hint="Give the folder: --embedder PATH.")
    folder = Path(spec)
    if not (folder / "modules.json").is_file():
        message = "no sentence-transformers model here (modules.json is missing)"
        raise ModelError(message, path=folder, hint="Name the folder of a downloaded model; nothing is fetched.")
    if find_spec("sentence_transformers") is None:
        message = "sentence-transformers, which runs this embedder, is not installed"
        raise ModelError(message, hint=f"`{command_for('llm')}` adds it; --embedder static needs none.")
    files = sorted({path for pattern in _IDENTITY for path in folder.rglob(pattern)})
    identity = digest(*(f"{path.relative_to(folder).as_posix()} {file_digest(path)}" for path in files))
    return SentenceTransformersEmbedder(_open(folder), name=folder.resolve().name, digest=identity)


def _open(folder: Path) -> "SentenceTransformer":
    with _offline():
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            message = f"the model does not load ({str(error).splitlines()[0]})"
            raise ModelError(message, path=folder) from error


@contextmanager
def _offline() -> Iterator[None]:
    """Set the libraries' offline variables during the block, in which they are imported and a model is loaded."""
    before = {name: os.environ.get(name) for name in _OFFLINE}
    os.environ.update(_OFFLINE)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
