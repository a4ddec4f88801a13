"""Embed texts with static token vectors, as the scaled sum of their tokens' vectors; needs no torch."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from t2s_local import registry
from t2s_local.errors import ModelError
from t2s_local.files import file_digest
from t2s_local.values.value import digest
from t2s_local.vectors.matrix import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

SHIPPED = "static-minilm-256"
_CHUNK = 1024


class StaticEmbedder:
    """Sums scaled token vectors; a text gives the same bytes alone and in a batch."""

    def __init__(
        self,
        *,
        name: str,
        digest: str,
        tokenizer: "Tokenizer",
        tokens: "NDArray[np.int8]",
        scales: "NDArray[np.float32]",
    ) -> None:
        """Wrap token vectors; use :func:`load`.

        Args:
            name: The model's name.
            digest: Digest of weights and tokenizer.
            tokenizer: Converts a text into row numbers of *tokens*.
            tokens: Token vectors, shape ``(vocabulary, dimensions)``.
            scales: Factor for each token vector, shape ``(vocabulary,)``.
        """
        self.name = name
        self.digest = digest
        self.dimensions = int(tokens.shape[1])
        self._tokenizer = tokenizer
        self._tokens = tokens
        self._scales = scales

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return a unit row for each text; a text without a known token becomes the unit vector of the last axis."""
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), _CHUNK):
            chunk = [text.encode("utf-8", "replace").decode() for text in texts[start : start + _CHUNK]]
            for row, encoding in enumerate(self._tokenizer.encode_batch(chunk, add_special_tokens=False), start):
                ids = encoding.ids
                rows[row] = self._scales[ids] @ self._tokens[ids].astype(np.float32)
        return unit(rows)


def load(spec: str | None) -> StaticEmbedder:
    """Load the model in folder *spec*; None for the model in the package.

    Raises:
        ModelError: the folder contains no static embedding model.
    """
    folder = registry.shipped(SHIPPED) if spec is None else Path(spec)
    weights, vocabulary = folder / "model.safetensors", folder / "tokenizer.json"
    for path in (weights, vocabulary):
        if not path.is_file():
            message = f"{path.name} is missing"
            raise ModelError(message, path=folder, hint="Name the folder of a static embedding model.")
    tokens, scales = _read(weights)
    return StaticEmbedder(
        name=folder.name,
        digest=digest(file_digest(weights), file_digest(vocabulary)),
        tokenizer=_tokenizer(vocabulary),
        tokens=tokens,
        scales=scales,
    )


def count_tokens() -> Callable[[str], int]:
    """Return a function that counts the tokens of a text by the tokenizer in the package.

    Raises:
        ModelError: the tokenizer is missing.
    """
    tokenizer = _tokenizer(registry.shipped(SHIPPED) / "tokenizer.json")
    return lambda text: len(tokenizer.encode(text.encode("utf-8", "replace").decode(), add_special_tokens=False).ids)


def _read(path: Path) -> tuple["NDArray[np.int8]", "NDArray[np.float32]"]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(path)
        tokens, scales = tensors["embeddings"], tensors["weights"]
    except (SafetensorError, OSError, KeyError) as error:
        message = f"not a static embedding model ({error})"
        raise ModelError(message, path=path) from error
    if tokens.ndim != 2 or scales.shape != tokens.shape[:1]:
        message = f"shapes {tokens.shape} and {scales.shape} do not agree"
        raise ModelError(message, path=path)
    return tokens, scales.astype(np.float32)


def _tokenizer(path: Path) -> "Tokenizer":
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_buffer(path.read_bytes())
    except (OSError, ValueError) as error:
        message = f"not a tokenizer ({error})"
        raise ModelError(message, path=path) from error
