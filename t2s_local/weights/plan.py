"""Plan of a worker's allocations: a fit of one model to one machine."""

from typing import Literal

from t2s_local.values.value import Value

Cache = Literal["half", "q8_0"]


class Plan(Value, frozen=True, kw_only=True):
    """How one model is run on one machine."""

    layers: int
    """Layers of the model, the output layer counted as one."""
    gpu_layers: int
    """Layers on the GPU; 0 is the CPU alone."""
    context: int
    """Tokens one sequence may hold, prompt and answer together."""
    sequences: int
    """Sequences evaluated side by side."""
    batch: int
    """Tokens of a prompt in one call of llama.cpp: a chunk, which running answers wait for."""
    block: int
    """Tokens of it that are evaluated at once."""
    threads: int
    cache: Cache = "half"
    """Numbers of the key and value cache: 16 bits or 8."""
    flash: bool = False
    """Whether flash attention is used; a quantised cache needs it."""
    unified: bool = False
    """Whether all sequences live in one cache and share a prefix without a copy."""
    guesses: int = 1
    """Tokens guessed ahead in every sequence and step."""
    gpu: int | None = None
    """Number of the one GPU it is bound to; None for all there are, or none."""
    needed_bytes: int
    """Memory it takes, estimated: weights, cache and scratch, on the GPU where there is one, else in RAM."""
    total_bytes: int
    """All memory of that kind in the machine."""

    @property
    def rows(self) -> int:
        """Rows of one step of all sequences."""
        return self.sequences * (1 + self.guesses)
