"""The GGUF header check: what it reads, and that nothing broken gets past it or brings this process down."""

import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from t2s_local.engines.llamacpp import load
from t2s_local.errors import ModelError
from t2s_local.weights.fit import Wishes
from t2s_local.weights.gguf import read_header


@pytest.fixture(scope="module")
def model(tiny_model: Callable[[str], Path]) -> Path:
    return tiny_model("llama")


def text(value: bytes) -> bytes:
    """A string as GGUF spells it."""
    return struct.pack("<Q", len(value)) + value


ARCHITECTURE = text(b"general.architecture") + struct.pack("<I", 8) + text(b"llama")


def file_of(
    tmp_path: Path, *, head: bytes = b"GGUF", version: int = 3, n_tensors: int = 0, keys: tuple[bytes, ...]
) -> Path:
    path = tmp_path / "made.gguf"
    path.write_bytes(head + struct.pack("<IQQ", version, n_tensors, len(keys)) + b"".join(keys) + bytes(64))
    return path


def test_a_header_tells_the_sizes_of_the_network(model: Path) -> None:
    header = read_header(model)
    assert header.architecture == "llama"
    assert header.number("block_count") == 2
    assert header.numbers("attention.head_count_kv", 2) == (2, 2)
    assert header.number("no_such_key") is None
    assert header.metadata["tokenizer.ggml.tokens.length"] == 2048
    assert header.n_tensors == len(header.tensor_bytes) == 21
    assert header.file_bytes == model.stat().st_size > sum(header.tensor_bytes.values())


def test_one_number_a_layer_is_read_as_such(tmp_path: Path) -> None:
    heads = text(b"llama.attention.head_count_kv") + struct.pack("<IIQ3I", 9, 4, 3, 8, 0, 2)
    header = read_header(file_of(tmp_path, keys=(ARCHITECTURE, heads)))
    assert header.numbers("attention.head_count_kv", 3) == (8, 0, 2)


def test_models_that_embed_or_see_are_told_from_those_that_write(model: Path, tmp_path: Path) -> None:
    assert read_header(model).other_kind is None
    for name in (b"nomic-bert", b"clip"):
        architecture = text(b"general.architecture") + struct.pack("<I", 8) + text(name)
        assert "does not write text" in (read_header(file_of(tmp_path, keys=(architecture,))).other_kind or "")
    pooling = text(b"llama.pooling_type") + struct.pack("<II", 4, 3)
    assert read_header(file_of(tmp_path, keys=(ARCHITECTURE, pooling))).other_kind is not None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"head": b"GGML", "keys": (ARCHITECTURE,)}, "does not start with GGUF"),
        ({"version": 1, "keys": (ARCHITECTURE,)}, "version 1"),
        ({"n_tensors": 1 << 60, "keys": (ARCHITECTURE,)}, "tensors cannot fit"),
        ({"keys": ()}, "does not name its architecture"),
        ({"keys": (ARCHITECTURE, ARCHITECTURE)}, "there twice"),
        ({"keys": (ARCHITECTURE, text(b"a") + struct.pack("<I", 99))}, "unknown type 99"),
        ({"keys": (ARCHITECTURE, text(b"a") + struct.pack("<IQ", 8, 1 << 62))}, "cannot fit"),
        ({"keys": (ARCHITECTURE, text(b"a") + struct.pack("<IIQ", 9, 4, 1 << 50))}, "numbers cannot fit"),
        ({"keys": (ARCHITECTURE, text(b"a") + struct.pack("<IIQ", 9, 9, 1))}, "list of the unknown type 9"),
        ({"keys": (ARCHITECTURE, text(b"general.alignment") + struct.pack("<II", 4, 3))}, "an alignment of 3"),
    ],
)
def test_what_cannot_be_right_is_refused(tmp_path: Path, changes: dict[str, object], reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        read_header(file_of(tmp_path, **changes))  # type: ignore[arg-type]  # the values are those of the parameters


def test_a_file_that_is_cut_off_is_refused(model: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    whole = model.read_bytes()
    for size in (0, 3, 24, 1000, 40_000, len(whole) - 1):
        cut.write_bytes(whole[:size])
        with pytest.raises(ModelError):
            read_header(cut)


def test_a_missing_file_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such file"):
        read_header(tmp_path / "none.gguf")


def mutants(whole: bytes, n: int, *, header_bytes: int) -> list[bytes]:
    """Copies of a file with one to four wrong places in its header each."""
    draw = random.Random(11)
    found = []
    for _ in range(n):
        data = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            place = draw.randrange(header_bytes)
            kind = draw.randrange(3)
            if kind == 0:
                data[place] ^= 1 << draw.randrange(8)
            elif kind == 1:
                data[place : place + 8] = struct.pack("<Q", draw.choice((0, 1 << 31, 1 << 62, (1 << 64) - 1)))
            else:
                data[place] = draw.randrange(256)
        found.append(bytes(data))
    return found


def test_five_hundred_mutated_headers_are_read_or_refused(model: Path, tmp_path: Path) -> None:
    whole = model.read_bytes()
    mutant = tmp_path / "mutant.gguf"
    refused = 0
    for data in mutants(whole, 500, header_bytes=2000):
        mutant.write_bytes(data)
        try:
            read_header(mutant)
        except ModelError:
            refused += 1
    assert refused > 250


@pytest.mark.slow
def test_what_the_check_lets_through_may_end_a_worker_and_never_this_process(model: Path, tmp_path: Path) -> None:
    whole = model.read_bytes()
    mutant = tmp_path / "mutant.gguf"
    outcomes = {"loaded": 0, "refused": 0}
    for data in mutants(whole, 500, header_bytes=2000):
        mutant.write_bytes(data)
        try:
            load(mutant, wishes=Wishes(context=64, sequences=1, threads=1), weights_digest="0").close()
        except ModelError:
            outcomes["refused"] += 1
        else:
            outcomes["loaded"] += 1
    assert outcomes["loaded"] > 0
    assert sum(outcomes.values()) == 500
