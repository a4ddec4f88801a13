"""What goes where, computed from a header and a machine's memory."""

import msgspec
import pytest

from t2s_local.errors import ModelError
from t2s_local.weights.fit import Wishes, cache_bytes_per_token, fit, needed_bytes, say_plan, smaller, unused_gpu
from t2s_local.weights.gguf import Header
from t2s_local.weights.hardware import Gpu, Machine, machine

GIGABYTE = 10**9
FOUR_B = Header(
    metadata={
        "general.architecture": "qwen3",
        "qwen3.block_count": 36,
        "qwen3.context_length": 40960,
        "qwen3.embedding_length": 2560,
        "qwen3.feed_forward_length": 9728,
        "qwen3.attention.head_count": 32,
        "qwen3.attention.head_count_kv": 8,
        "qwen3.attention.key_length": 128,
        "qwen3.attention.value_length": 128,
        "tokenizer.ggml.tokens.length": 151936,
    },
    n_tensors=398,
    tensor_bytes={"all": 2_500_000_000},
    file_bytes=2_500_000_000,
)
NONE = Wishes()


def laptop(*, ram: float = 16, vram: tuple[float, ...] = (), backends: tuple[str, ...] = ("cuda",)) -> Machine:
    """A machine with so many gigabytes free."""
    gpus = tuple(
        Gpu(number=number, name=f"GPU {number}", free_bytes=int(free * GIGABYTE), total_bytes=int(free * GIGABYTE))
        for number, free in enumerate(vram)
    )
    return Machine(
        ram_free_bytes=int(ram * GIGABYTE),
        ram_total_bytes=int(ram * GIGABYTE),
        threads=8,
        gpus=gpus,
        backends=backends,
    )


def test_the_cache_of_a_token_is_keys_and_values_of_every_layer() -> None:
    assert cache_bytes_per_token(FOUR_B, "half") == 36 * 8 * (128 + 128) * 2
    assert cache_bytes_per_token(FOUR_B, "q8_0") == 36 * 8 * (128 + 128) * 34 / 32


def test_layers_without_a_cache_are_not_counted() -> None:
    hybrid = msgspec.structs.replace(FOUR_B, metadata=FOUR_B.metadata | {"qwen3.attention.head_count_kv": [0, 8] * 18})
    assert cache_bytes_per_token(hybrid, "half") == cache_bytes_per_token(FOUR_B, "half") / 2


def test_a_large_gpu_takes_all_layers() -> None:
    plan = fit(FOUR_B, laptop(vram=(24,)), NONE)
    assert (plan.gpu_layers, plan.layers, plan.context, plan.sequences) == (37, 37, 8192, 8)


def test_a_small_gpu_takes_fewer_sequences_before_fewer_layers() -> None:
    plan = fit(FOUR_B, laptop(vram=(8,)), NONE)
    assert plan.gpu_layers == 37
    assert plan.sequences < 8
    assert plan.needed_bytes <= 0.9 * 8 * GIGABYTE


def test_a_cache_of_8_bits_comes_before_a_shorter_context_and_is_said() -> None:
    plans = [fit(FOUR_B, laptop(vram=(tenths / 10,)), NONE) for tenths in range(35, 120)]
    small = [plan for plan in plans if plan.cache == "q8_0"]
    assert small
    assert all((plan.gpu_layers, plan.sequences, plan.flash) == (37, 1, True) for plan in small)
    longest_half = min(plan.needed_bytes for plan in plans if plan.cache == "half" and plan.context == 8192)
    assert all(plan.needed_bytes < longest_half for plan in small)
    assert say_plan(small[-1]).endswith("ctx 8192 x 1 sequences · cache of 8 bits")
    assert all(fit(FOUR_B, laptop(ram=ram, backends=()), NONE).cache == "half" for ram in (4, 6, 8, 32))


def test_a_tiny_gpu_takes_some_layers() -> None:
    plan = fit(FOUR_B, laptop(vram=(2.5,)), NONE)
    assert 0 < plan.gpu_layers < 37


def test_without_a_gpu_the_processor_does_it_all() -> None:
    plan = fit(FOUR_B, laptop(ram=32, backends=()), NONE)
    assert (plan.gpu_layers, plan.sequences, plan.threads) == (0, 8, 8)


def test_ample_memory_takes_twice_the_sequences_and_guesses_nothing() -> None:
    plan = fit(FOUR_B, laptop(ram=64, backends=()), NONE)
    assert (plan.sequences, plan.guesses, plan.context) == (16, 0, 8192)
    assert plan.needed_bytes <= 32 * GIGABYTE
    assert fit(FOUR_B, laptop(ram=40, backends=()), NONE).sequences == 8
    assert fit(FOUR_B, laptop(ram=40, backends=()), Wishes(sequences=16)).sequences == 16
    assert fit(FOUR_B, laptop(vram=(80,)), NONE).sequences == 8


def test_less_memory_never_takes_more() -> None:
    needs = [fit(FOUR_B, laptop(ram=ram, backends=()), NONE).needed_bytes for ram in (5, 8, 12, 16, 32)]
    assert needs == sorted(needs)


def test_what_the_user_wants_is_not_changed() -> None:
    wishes = Wishes(context=1000, sequences=3, gpu_layers=5, batch=64, threads=2, cache="q8_0", flash=True)
    plan = fit(FOUR_B, laptop(vram=(24,)), wishes)
    assert (plan.context, plan.sequences, plan.gpu_layers) == (1000, 3, 5)
    assert (plan.batch, plan.threads, plan.cache, plan.flash) == (64, 2, "q8_0", True)


def test_what_cannot_fit_is_an_error_with_both_figures() -> None:
    with pytest.raises(ModelError, match=r"it needs 3\.\d GB and 1\.8 GB are free"):
        fit(FOUR_B, laptop(ram=2, backends=()), NONE)


def test_a_model_that_embeds_is_not_fitted() -> None:
    embedder = msgspec.structs.replace(FOUR_B, metadata=FOUR_B.metadata | {"qwen3.pooling_type": 3})
    with pytest.raises(ModelError, match="it does not write text"):
        fit(embedder, laptop(), NONE)


def test_the_line_says_split_memory_context_and_sequences() -> None:
    on_gpu = msgspec.structs.replace(
        fit(FOUR_B, laptop(vram=(8,)), NONE),
        gpu_layers=28, layers=36, needed_bytes=6_100_000_000, total_bytes=8_000_000_000, sequences=8,
    )  # fmt: skip
    assert say_plan(on_gpu) == "GPU 28/36 layers · 6.1 of 8.0 GB · ctx 8192 x 8 sequences"
    assert say_plan(msgspec.structs.replace(on_gpu, gpu_layers=0)).startswith("CPU 8 threads · ")


def test_a_gpu_that_is_left_idle_is_never_left_unsaid() -> None:
    here = laptop(vram=(8,), backends=())
    said = unused_gpu(here, fit(FOUR_B, here, NONE), NONE)
    assert said is not None
    assert "built for the CPU alone" in said
    assert unused_gpu(here, fit(FOUR_B, here, NONE), Wishes(gpu_layers=0)) is None
    unseen = unused_gpu(laptop(), fit(FOUR_B, laptop(), NONE), NONE)
    assert unseen is not None
    assert "built for cuda, and no GPU is seen" in unseen
    assert unused_gpu(laptop(backends=()), fit(FOUR_B, laptop(), NONE), NONE) is None


def test_layers_asked_for_by_number_go_to_a_gpu_nobody_can_size() -> None:
    assert fit(FOUR_B, laptop(backends=("metal",)), Wishes(gpu_layers=20)).gpu_layers == 20


def test_each_next_plan_asks_for_no_more_and_the_last_is_the_processor() -> None:
    plan = fit(FOUR_B, laptop(vram=(24,)), NONE)
    rungs = [plan, *smaller(plan)]
    sizes = [(rung.gpu_layers, rung.batch, rung.sequences, rung.context) for rung in rungs]
    assert sizes == [
        (37, 1024, 8, 8192),
        (27, 1024, 8, 8192),
        (13, 1024, 8, 8192),
        (13, 512, 8, 8192),
        (13, 512, 4, 8192),
        (13, 512, 2, 8192),
        (13, 512, 1, 8192),
        (13, 512, 1, 4096),
        (0, 512, 1, 8192),
        (0, 512, 1, 4096),
    ]
    on_gpu = [needed_bytes(FOUR_B, rung) for rung in rungs if rung.gpu_layers]
    assert on_gpu == sorted(on_gpu, reverse=True)


def test_this_machine_has_memory_and_a_core() -> None:
    here = machine()
    assert 0 < here.ram_free_bytes <= here.ram_total_bytes
    assert here.threads >= 1


def test_a_worker_of_its_own_is_bound_to_one_gpu_and_sized_by_it() -> None:
    here = laptop(vram=(24, 8))
    bound = [fit(FOUR_B, here, NONE, gpu=number) for number in (0, 1)]
    assert [plan.gpu for plan in bound] == [0, 1]
    assert [plan.total_bytes for plan in bound] == [24 * GIGABYTE, 8 * GIGABYTE]
    assert bound[0].sequences > bound[1].sequences
    assert fit(FOUR_B, here, NONE).total_bytes == 32 * GIGABYTE


def test_a_small_model_is_held_to_three_gigabytes_on_a_cpu_and_a_larger_one_is_not() -> None:
    shape = {
        "qwen3.block_count": 28,
        "qwen3.attention.head_count": 12,
        "qwen3.attention.head_count_kv": 2,
        "qwen3.embedding_length": 1536,
        "qwen3.feed_forward_length": 8960,
    }
    small = msgspec.structs.replace(
        FOUR_B,
        metadata=FOUR_B.metadata | shape,
        tensor_bytes={"all": 1_100_000_000},
        file_bytes=1_100_000_000,
    )
    machine = laptop(ram=40, backends=())
    plan = fit(small, machine, NONE)
    assert (plan.context, plan.sequences) == (8192, 4)
    assert plan.needed_bytes <= 3 * GIGABYTE
    assert fit(small, machine, Wishes(sequences=8)).sequences == 8
    assert fit(FOUR_B, machine, NONE).sequences > 4
