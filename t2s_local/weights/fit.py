"""Memory plan of a model: computed from its header and the machine's free memory; the user may fix parts of it."""

from collections.abc import Iterator

import msgspec

from t2s_local.errors import ModelError
from t2s_local.values.value import Value
from t2s_local.weights.gguf import Header
from t2s_local.weights.hardware import Machine
from t2s_local.weights.plan import Cache, Plan

_USABLE = 0.9
"""Share of the free memory that is planned for; the rest is a reserve for errors of the estimate."""
_SEQUENCES = 8
_MANY_SEQUENCES = 16
"""Sequences on a CPU: a step of 16 costs a quarter less each than one of 8, for twice the cache (decision 0404)."""
_AMPLE = 0.5
"""Share of the free memory that 16 sequences may use; if they would need more, 8 are planned."""
_FEW_SEQUENCES = 4
_LIGHT_BYTES = 3_000_000_000
"""Memory limit of a small model on a CPU, with at least four sequences: a 1.5B is as fast with four as with eight."""
_CONTEXT = 8192
"""Tokens of context for a slice of about 6,000 tokens with instructions and answer; less if the model has less."""
_SMALLEST_CONTEXT = 2048
_BLOCK_CPU = 256
"""Prompt tokens evaluated at once on a CPU: 256 are 7 % faster than 512, and 35 % faster than 1,536."""
_CHUNK_CPU = 768
"""Prompt tokens of a call on a CPU: all running answers make a step after each; steps are not full while slots fill."""
_BATCH_GPU = 1024
_CACHE_BYTES = {"half": 2.0, "q8_0": 34 / 32}
_RUNTIME_BYTES = 300 << 20
"""Memory in bytes for libraries, vocabulary and CUDA's own context."""


class Wishes(Value, frozen=True, kw_only=True):
    """Parts of the plan that the user fixes; None for a part that is computed."""

    context: int | None = None
    sequences: int | None = None
    gpu_layers: int | None = None
    batch: int | None = None
    threads: int | None = None
    cache: Cache | None = None
    flash: bool | None = None
    unified: bool | None = None
    guesses: int | None = None


def fit(header: Header, machine: Machine, wishes: Wishes, *, gpu: int | None = None) -> Plan:
    """Compute the plan of one worker.

    Args:
        header: The model.
        machine: Its memory, processors and GPUs.
        wishes: The part of the plan that is fixed beforehand.
        gpu: Number of the GPU to use if there are several; None for all.

    Raises:
        ModelError: the model does not write text, or not even the smallest plan fits into the free memory.
    """
    if header.other_kind is not None:
        raise ModelError(header.other_kind)
    gpus = [item for item in machine.gpus if gpu is None or item.number == gpu] if machine.backends else []
    on_gpu = bool(gpus or wishes.gpu_layers) and wishes.gpu_layers != 0
    is_sized = on_gpu and bool(gpus)
    free = sum(item.free_bytes for item in gpus) if is_sized else machine.ram_free_bytes
    total = sum(item.total_bytes for item in gpus) if is_sized else machine.ram_total_bytes
    budget = int(free * _USABLE)
    first: Plan | None = None
    for plan in _from_large_to_small(header, machine, wishes, on_gpu=on_gpu):
        needed = needed_bytes(header, plan)
        is_luxury = plan.sequences > _SEQUENCES and wishes.sequences is None
        if needed > (free * _AMPLE if is_luxury else budget):
            continue
        sized = msgspec.structs.replace(plan, needed_bytes=needed, total_bytes=total, gpu=gpu if on_gpu else None)
        first = first or sized
        is_shorter = sized.context < first.context or sized.sequences < _FEW_SEQUENCES
        if on_gpu or wishes.sequences or is_shorter:
            break
        if needed <= _LIGHT_BYTES:
            return sized
    if first is not None:
        return first
    message = f"it needs {_gigabytes(needed_bytes(header, plan))} GB and {_gigabytes(budget)} GB are free"
    raise ModelError(message, hint="Close what holds memory, or take a smaller model or quantisation.")


def _from_large_to_small(header: Header, machine: Machine, wishes: Wishes, *, on_gpu: bool) -> Iterator[Plan]:
    layers = _layers(header)
    trained = header.number("context_length") or _CONTEXT
    contexts = [wishes.context] if wishes.context else _halves(min(_CONTEXT, trained), min(_SMALLEST_CONTEXT, trained))
    sequences = [wishes.sequences] if wishes.sequences else _halves(_SEQUENCES if on_gpu else _MANY_SEQUENCES, 1)
    if not on_gpu:
        splits = [0]
    elif wishes.gpu_layers is not None:
        splits = [min(wishes.gpu_layers, layers)]
    else:
        splits = list(range(layers, 0, -1))
    # The context is shortened last but one, because it decides which slices can be read; GPU layers are given up last.
    # An 8-bit cache is tried before a shorter context, on a GPU only: on a CPU it is slow (decision 0404).
    cache: Cache = wishes.cache or "half"
    small: list[Cache] = ["q8_0"] if on_gpu and wishes.cache is None and wishes.flash is not False else []
    shapes = [
        shape
        for context in contexts
        for shape in [(context, n, cache) for n in sequences] + [(context, sequences[-1], one) for one in small]
    ]
    smallest = [(contexts[-1], sequences[-1], cache)]
    batch = wishes.batch or (_BATCH_GPU if on_gpu else _CHUNK_CPU)
    for gpu_layers in splits:
        for context, n_sequences, kind in shapes if gpu_layers in {0, layers} else smallest:
            yield Plan(
                layers=layers,
                gpu_layers=gpu_layers,
                context=context,
                sequences=n_sequences,
                batch=batch,
                block=batch if on_gpu else min(batch, _BLOCK_CPU),
                threads=wishes.threads or machine.threads,
                cache=kind,
                flash=on_gpu or kind == "q8_0" if wishes.flash is None else wishes.flash,
                unified=bool(wishes.unified),
                guesses=_guesses(n_sequences) if wishes.guesses is None else wishes.guesses,
                needed_bytes=0,
                total_bytes=0,
            )


def needed_bytes(header: Header, plan: Plan) -> int:
    """Return the estimated bytes of *plan*: on the GPU if any layer is there, otherwise in RAM."""
    share = plan.gpu_layers / plan.layers if plan.gpu_layers else 1.0
    weights = sum(header.tensor_bytes.values()) or header.file_bytes
    cache = cache_bytes_per_token(header, plan.cache) * plan.context * plan.sequences
    return int((weights + cache) * share) + _scratch_bytes(header, plan) + _RUNTIME_BYTES


def cache_bytes_per_token(header: Header, cache: str) -> float:
    """Return the bytes of one token's keys and values over all layers; window attention counts as full."""
    layers = _layers(header) - 1
    heads = header.number("attention.head_count") or 1
    width = header.number("embedding_length") or 0
    kv_heads = header.numbers("attention.head_count_kv", layers) or (heads,) * layers
    key = header.number("attention.key_length") or width // heads
    value = header.number("attention.value_length") or width // heads
    return sum(kv_heads) * (key + value) * _CACHE_BYTES[cache]


def _scratch_bytes(header: Header, plan: Plan) -> int:
    """Return the bytes for a batch's activations, its attention scores without flash attention, and the logits."""
    width = header.number("embedding_length") or 0
    inner = max(header.numbers("feed_forward_length", 1) or (4 * width,))
    heads = header.number("attention.head_count") or 1
    scores = 0 if plan.flash else 2 * heads * plan.context
    vocabulary = header.metadata.get("tokenizer.ggml.tokens.length", 0)
    n_vocab = vocabulary if isinstance(vocabulary, int) else 0
    return 4 * (plan.block * (6 * width + 3 * inner + scores) + 2 * 64 * n_vocab)


def smaller(plan: Plan) -> Iterator[Plan]:
    """Yield plans to try in turn if *plan* failed: fewer GPU layers, smaller batch and cache, then the CPU alone.

    The context is shortened last, and on the CPU the full context is tried again first, because the context decides
    which requests can be answered at all.
    """
    replace = msgspec.structs.replace
    shorter = min(plan.context, max(_SMALLEST_CONTEXT, plan.context // 2))
    if plan.gpu_layers > 1:
        for share in (0.75, 0.5):
            yield (plan := replace(plan, gpu_layers=max(1, int(plan.gpu_layers * share))))
    if plan.block > 128:
        yield (plan := replace(plan, batch=plan.batch // 2, block=plan.block // 2))
    while plan.sequences > 1:
        yield (plan := replace(plan, sequences=plan.sequences // 2))
    if plan.gpu_layers:
        if shorter < plan.context:
            yield replace(plan, context=shorter)
        yield (plan := replace(plan, gpu_layers=0, flash=False, cache="half", gpu=None))
    if shorter < plan.context:
        yield replace(plan, context=shorter)


def say_plan(plan: Plan) -> str:
    """Return one line about *plan*: ``GPU 28/36 layers · 6.1 of 8.0 GB · ctx 8192 x 8 sequences``."""
    place = f"GPU {plan.gpu_layers}/{plan.layers} layers" if plan.gpu_layers else f"CPU {plan.threads} threads"
    memory = f"{_gigabytes(plan.needed_bytes)} of {_gigabytes(plan.total_bytes)} GB"
    cache = " · cache of 8 bits" if plan.cache == "q8_0" else ""
    return f"{place} · {memory} · ctx {plan.context} x {plan.sequences} sequences{cache}"


def unused_gpu(machine: Machine, plan: Plan, wishes: Wishes) -> str | None:
    """Return a warning about a GPU that the plan leaves idle; None if there is no such GPU."""
    if plan.gpu_layers or wishes.gpu_layers == 0:
        return None
    if machine.gpus and not machine.backends:
        name = machine.gpus[0].name
        return f"{name} is there, but this llama.cpp is built for the CPU alone; `t2s doctor` says how to rebuild it"
    if machine.gpus:
        return f"{machine.gpus[0].name} is there, but none of the model fits into its free memory"
    if machine.backends:
        return f"llama.cpp is built for {machine.backends[0]}, and no GPU is seen: ask for layers on it by number"
    return None


def _guesses(n_sequences: int) -> int:
    """Return the tokens guessed ahead: 1 for at most 16 rows a step, which cost no more (decision 0404), or 0."""
    return int(n_sequences <= _SEQUENCES)


def _layers(header: Header) -> int:
    """Return the layers of the model, with the output layer counted as one."""
    return (header.number("block_count") or 0) + 1


def _halves(start: int, stop: int) -> list[int]:
    found = [start]
    while found[-1] // 2 >= stop:
        found.append(found[-1] // 2)
    return found


def _gigabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:.1f}"
