"""Plan of a worker: the sizes and placement with which one model runs on one machine."""

from typing import Literal

from t2s_local.values.value import Value

Cache = Literal["half", "q8_0"]


class Plan(Value, frozen=True, kw_only=True):
    """Sizes and placement of one model on one machine."""

    layers: int
    """Layers of the model, with the output layer counted as one."""
    gpu_layers: int
    """Layers on the GPU; 0 for the CPU alone."""
    context: int
    """Most tokens of one sequence, prompt and answer together."""
    sequences: int
    """Sequences evaluated in parallel."""
    batch: int
    """Most prompt tokens in one call of llama.cpp (a chunk); running answers wait for the call."""
    block: int
    """Tokens of a chunk that are evaluated at once."""
    threads: int
    cache: Cache = "half"
    """Number type of the key and value cache: 16 bits or 8."""
    flash: bool = False
    """Whether flash attention is used; a quantised cache needs it."""
    unified: bool = False
    """Whether all sequences use one cache, in which they share a prefix without a copy."""
    guesses: int = 1
    """Tokens guessed ahead in every sequence and step."""
    gpu: int | None = None
    """Number of the only GPU to use; None for all GPUs, or none."""
    needed_bytes: int
    """Estimated memory in bytes for weights, cache and scratch: on the GPU if there is one, otherwise in RAM."""
    total_bytes: int
    """Total memory in bytes: of the GPU if there is one, otherwise RAM."""

    @property
    def rows(self) -> int:
        """Rows of one step of all sequences: one token and the guesses for each."""
        return self.sequences * (1 + self.guesses)
