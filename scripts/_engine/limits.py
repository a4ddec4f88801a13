"""How fast a machine could be at best, beside how fast it is."""

import time
from collections.abc import Callable
from pathlib import Path

SIDE, TIMES = 2048, 3


def bounds(path: Path, asked: dict[str, int]) -> dict[str, float]:
    """Seconds a request at best: multiply-adds over the measured peaks, bytes moved over the measured bandwidth.

    Weights are multiplied in 8 bits and attention in bfloat16; the peaks are those of torch's matrix products.
    """
    from t2s_local.weights.fit import cache_bytes_per_token
    from t2s_local.weights.gguf import read_header

    header = read_header(path)
    whole, half, bandwidth = peaks(asked["threads"])
    n, shared, own, answer = (asked[key] for key in ("requests", "shared", "own", "answer"))
    layers, width = header.number("block_count"), header.number("embedding_length")
    heads, kv_heads = header.number("attention.head_count"), header.number("attention.head_count_kv")
    head, inner = header.number("attention.key_length"), header.number("feed_forward_length")
    weights = layers * (width * head * (2 * heads + 2 * kv_heads) + 3 * width * inner)
    seen = own * (shared + own / 2) * n + shared * shared / 2
    seconds = weights * (own * n + shared) / whole + 2 * layers * heads * head * seen / half
    cache = cache_bytes_per_token(header, "half") * (shared + own + answer / 2)
    bytes_moved = answer * n * (sum(header.tensor_bytes.values()) / asked["slots"] + cache)
    return {
        "peak_8_bit_gmac_s": whole / 1e9,
        "peak_bfloat16_gmac_s": half / 1e9,
        "bandwidth_gb_s": bandwidth / 1e9,
        "limit_prefill_s": seconds / n,
        "limit_decode_s": bytes_moved / bandwidth / n,
    }


def peaks(threads: int) -> tuple[float, float, float]:
    """Multiply-adds a second in 8 bits and in bfloat16, and bytes read a second, on so many threads."""
    import numpy as np
    import torch

    torch.set_num_threads(threads)
    whole, half = torch.ones(SIDE, SIDE, dtype=torch.int8), torch.ones(SIDE, SIDE, dtype=torch.bfloat16)
    array = np.ones(1 << 28, np.uint8)
    view = array.view(np.uint64)
    return (
        SIDE**3 / timed(lambda: torch._int_mm(whole, whole)),
        SIDE**3 / timed(lambda: half @ half),
        array.nbytes / timed(view.max),
    )


def timed(call: Callable[[], object]) -> float:
    """Seconds *call* takes, the best of several times."""
    found = []
    for _ in range(TIMES):
        started = time.perf_counter()
        call()
        found.append(time.perf_counter() - started)
    return min(found)
