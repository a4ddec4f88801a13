"""Reader of the header of a GGUF file, which checks it in Python before llama.cpp opens the file.

llama.cpp aborts the process on a header whose counts or sizes do not fit the file. Here the file's size limits all
reads, so a broken header causes one error and needs no memory. Format: GGUF version 2 and 3, little endian.
"""

import mmap
import struct
from pathlib import Path
from typing import Final

import msgspec

from t2s_local.errors import ModelError
from t2s_local.files import reason_of

MAGIC: Final = b"GGUF"
_SCALARS: Final = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING: Final = 8
_ARRAY: Final = 9
_KEPT_ITEMS: Final = 4096
"""Longest array whose items are kept; a vocabulary is longer, and only its length is kept."""
_MAX_DIMENSIONS: Final = 4
_MAX_KEY: Final = 65535
_HINT: Final = "Download the file again: `t2s models pull ALIAS`."

# Elements and bytes of one block of every tensor type of ggml, by its number.
_BLOCKS: Final = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82),
    23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2),
    34: (256, 54), 35: (256, 66), 39: (32, 17), 40: (64, 36),
}  # fmt: skip


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """Facts in the header of a GGUF file."""

    metadata: dict[str, object]
    """Scalars, strings and short arrays by key; the length of every array under ``KEY.length``."""
    n_tensors: int
    tensor_bytes: dict[str, int]
    """Bytes of every tensor of a known type, by name."""
    file_bytes: int

    @property
    def architecture(self) -> str:
        """Name of the architecture, for instance ``qwen3``."""
        return str(self.metadata.get("general.architecture", "unknown"))

    @property
    def other_kind(self) -> str | None:
        """Reason why the file is no model that writes text (part of a model, an embedding or image model), or None."""
        name, kind = self.architecture, self.metadata.get("general.type", "model")
        if kind != "model":
            return f"it is no model by itself but of the kind {kind}"
        is_encoder = "bert" in name or name in {"clip", "t5encoder"} or f"{name}.pooling_type" in self.metadata
        if is_encoder or self.metadata.get(f"{name}.attention.causal") is False:
            return f"it does not write text: its architecture is {name}"
        return None

    def number(self, key: str) -> int | None:
        """Return the whole number that the architecture states under *key*; None if there is none."""
        value = self.metadata.get(f"{self.architecture}.{key}")
        return value if isinstance(value, int) else None

    def numbers(self, key: str, n: int) -> tuple[int, ...]:
        """Return one number per layer for *n* layers, from a list or one number for all layers; () if there is none."""
        value = self.metadata.get(f"{self.architecture}.{key}")
        if isinstance(value, list):
            return tuple(int(item) for item in value[:n])
        return (value,) * n if isinstance(value, int) else ()


class _BrokenError(Exception):
    """Error for a broken header; the message is the reason."""


class _Reader:
    """Reader of one value after another that never reads past the end of the file."""

    def __init__(self, data: mmap.mmap | bytes) -> None:
        self._data = data
        self.place = 0

    def take(self, size: int) -> bytes:
        if size > len(self._data) - self.place:
            message = f"{size:,} bytes wanted at byte {self.place:,}, the file has {len(self._data):,}"
            raise _BrokenError(message)
        self.place += size
        return self._data[self.place - size : self.place]

    def number(self, code: str) -> int | float | bool:
        value: int | float | bool = struct.unpack(f"<{code}", self.take(struct.calcsize(f"<{code}")))[0]
        return value

    def count(self, what: str, smallest: int) -> int:
        """Read a count of items of at least *smallest* bytes each.

        Raises:
            _BrokenError: so many items cannot fit into the rest of the file.
        """
        value = int(self.number("Q"))
        if value * smallest > len(self._data) - self.place:
            message = f"{value:,} {what} cannot fit into the file"
            raise _BrokenError(message)
        return value

    def string(self) -> str:
        return self.take(self.count("bytes of text", 1)).decode("utf-8", "replace")

    def value(self, kind: int) -> object:
        """Read one string, or one number of the type *kind*."""
        return self.string() if kind == _STRING else self.number(_SCALARS[kind])

    def skip_strings(self, n: int) -> None:
        for _ in range(n):
            size = self.count("bytes of text", 1)
            self.place += size


def read_header(path: Path) -> Header:
    """Read and check the header of *path*.

    Raises:
        ModelError: the file cannot be read, is no GGUF, or its header contradicts its size.
    """
    try:
        with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _parse(_Reader(data), len(data))
    except OSError as error:
        raise ModelError(
            reason_of(error), path=path, hint="`t2s models ls` lists the models on this machine."
        ) from error
    except (_BrokenError, ValueError) as error:  # mmap raises ValueError for an empty file
        message = f"not a usable GGUF file: {error}"
        raise ModelError(message, path=path, hint=_HINT) from error


def _parse(reader: _Reader, size: int) -> Header:
    if reader.take(4) != MAGIC:
        message = "it does not start with GGUF"
        raise _BrokenError(message)
    version = int(reader.number("I"))
    if version not in (2, 3):
        message = f"version {version}, where 2 and 3 are known"
        raise _BrokenError(message)
    n_tensors = reader.count("tensors", 8 + 4 + 4 + 8)
    n_keys = reader.count("metadata keys", 8 + 4 + 1)
    metadata: dict[str, object] = {}
    for _ in range(n_keys):
        key = reader.string()
        if not 0 < len(key) <= _MAX_KEY or key in metadata:
            message = f"the metadata key {key[:40]!r} is empty, too long or there twice"
            raise _BrokenError(message)
        _read_value(reader, metadata, key)
    tensors = dict(_read_tensor(reader) for _ in range(n_tensors))
    _check(metadata, tensors, n_tensors=n_tensors, start=reader.place, size=size)
    return Header(
        metadata=metadata,
        n_tensors=n_tensors,
        tensor_bytes={name: extent for name, (_, extent) in tensors.items() if extent is not None},
        file_bytes=size,
    )


def _read_value(reader: _Reader, metadata: dict[str, object], key: str) -> None:
    kind = int(reader.number("I"))
    if kind == _STRING or kind in _SCALARS:
        metadata[key] = reader.value(kind)
    elif kind == _ARRAY:
        _read_array(reader, metadata, key)
    else:
        message = f"{key} is of the unknown type {kind}"
        raise _BrokenError(message)


def _read_array(reader: _Reader, metadata: dict[str, object], key: str) -> None:
    kind = int(reader.number("I"))
    if kind == _STRING:
        n = reader.count("texts", 8)
    elif kind in _SCALARS:
        width = struct.calcsize(f"<{_SCALARS[kind]}")
        n = reader.count("numbers", width)
    else:
        message = f"{key} is a list of the unknown type {kind}"
        raise _BrokenError(message)
    if n <= _KEPT_ITEMS:
        metadata[key] = [reader.value(kind) for _ in range(n)]
    elif kind == _STRING:
        reader.skip_strings(n)
    else:
        reader.take(n * width)
    metadata[f"{key}.length"] = n


def _read_tensor(reader: _Reader) -> tuple[str, tuple[int, int | None]]:
    """Read the entry of one tensor: its name, its offset, and its size in bytes (None if its type is unknown)."""
    name = reader.string()
    n_dimensions = int(reader.number("I"))
    if not 1 <= n_dimensions <= _MAX_DIMENSIONS:
        message = f"the tensor {name[:40]!r} has {n_dimensions} dimensions"
        raise _BrokenError(message)
    n_elements = 1
    for _ in range(n_dimensions):
        n_elements *= int(reader.number("Q"))
    kind, offset = int(reader.number("I")), int(reader.number("Q"))
    if kind not in _BLOCKS:
        return name, (offset, None)
    per_block, block_bytes = _BLOCKS[kind]
    if n_elements % per_block:
        message = f"the tensor {name[:40]!r} has {n_elements:,} elements in blocks of {per_block}"
        raise _BrokenError(message)
    return name, (offset, n_elements // per_block * block_bytes)


def _check(
    metadata: dict[str, object], tensors: dict[str, tuple[int, int | None]], *, n_tensors: int, start: int, size: int
) -> None:
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or alignment <= 0 or alignment & (alignment - 1):
        message = f"an alignment of {alignment} bytes"
        raise _BrokenError(message)
    if len(tensors) != n_tensors:
        message = "two tensors of the same name"
        raise _BrokenError(message)
    data = -(-start // alignment) * alignment
    for name, (offset, extent) in tensors.items():
        if offset % alignment or data + offset + (extent or 0) > size:
            message = f"the tensor {name[:40]!r} lies outside the file; it may be cut off"
            raise _BrokenError(message)
    if not isinstance(metadata.get("general.architecture"), str):
        message = "it does not name its architecture"
        raise _BrokenError(message)
