"""Hardware of the machine: memory, processors, GPUs, and the backends of llama.cpp."""

import os
from importlib.util import find_spec
from pathlib import Path

from t2s_local.values.value import Value

_BACKENDS = ("cuda", "vulkan", "metal", "hip", "sycl", "cann", "opencl")


class Gpu(Value, frozen=True, kw_only=True):
    """One NVIDIA GPU."""

    number: int
    name: str
    free_bytes: int
    total_bytes: int


class Machine(Value, frozen=True, kw_only=True):
    """Hardware that a model can be run on."""

    ram_free_bytes: int
    ram_total_bytes: int
    threads: int
    """Physical cores that this process may use."""
    gpus: tuple[Gpu, ...]
    """GPUs that the NVIDIA driver reports, whether llama.cpp can use them or not."""
    backends: tuple[str, ...]
    """Backends of the installed llama.cpp beside the CPU."""


def machine() -> Machine:
    """Return the current state of this machine."""
    import psutil

    memory = psutil.virtual_memory()
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Machine(
        ram_free_bytes=memory.available,
        ram_total_bytes=memory.total,
        threads=max(1, min(allowed, psutil.cpu_count(logical=False) or allowed)),
        gpus=_gpus(),
        backends=_built_for(),
    )


def _gpus() -> tuple[Gpu, ...]:
    try:
        import pynvml
    except ImportError:
        return ()
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return ()
    try:
        return tuple(_gpu(pynvml, number) for number in range(pynvml.nvmlDeviceGetCount()))
    except pynvml.NVMLError:
        return ()
    finally:
        pynvml.nvmlShutdown()


def _gpu(nvml: object, number: int) -> Gpu:
    handle = nvml.nvmlDeviceGetHandleByIndex(number)  # type: ignore[attr-defined]  # nvidia-ml-py has no types
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)  # type: ignore[attr-defined]
    name = nvml.nvmlDeviceGetName(handle)  # type: ignore[attr-defined]
    return Gpu(
        number=number,
        name=name.decode() if isinstance(name, bytes) else str(name),
        free_bytes=int(memory.free),
        total_bytes=int(memory.total),
    )


def _built_for() -> tuple[str, ...]:
    """Return the backends whose library is installed beside llama.cpp's; llama.cpp is not loaded for this."""
    spec = find_spec("llama_cpp")
    if spec is None or spec.origin is None:
        return ()
    files = [file.name for file in Path(spec.origin).parent.joinpath("lib").glob("*ggml-*")]
    return tuple(backend for backend in _BACKENDS if any(f"ggml-{backend}." in file for file in files))
