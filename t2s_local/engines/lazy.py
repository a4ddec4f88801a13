"""Engine that loads its model at the first question, so that a resumed and finished run needs no model."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from t2s_local.engines.runnable import refuse_unfit, template_of
from t2s_local.files import file_digest
from t2s_local.ports.engine import Completion, Continuation, Request
from t2s_local.values.value import digest

if TYPE_CHECKING:
    from t2s_local.engines.llamacpp import LlamaCpp
    from t2s_local.weights.fit import Wishes


class LazyEngine:
    """An :class:`t2s_local.ports.engine.Engine` on a local model."""

    def __init__(self, path: Path, *, wishes: "Wishes", say: Callable[[str], None]) -> None:
        """Check that the file can be run as a chat model, and compute the digest of its weights; nothing is loaded yet.

        Args:
            path: The model.
            wishes: The part of the plan that is fixed beforehand.
            say: Called with a line about the plan when the model is loaded.

        Raises:
            InputError: the file cannot be read.
            ModelError: the file is no model that can be run.
        """
        refuse_unfit(path)
        self.name = path.stem
        self.digest = file_digest(path)
        self._path = path
        self.tokens = 0
        """Tokens generated so far."""
        self._loaded: LlamaCpp | None = None
        self._wishes = wishes
        self._say = say
        self._template = template_of(path)
        if self._template is not None:
            self.digest = digest(self.digest, self._template)

    @cached_property
    def context(self) -> int:
        """Most tokens of one request, prompt and answer together; planned before the model is loaded and kept then.

        Raises:
            ModelError: not even the smallest plan fits into the free memory.
        """
        from t2s_local.weights.fit import fit
        from t2s_local.weights.gguf import read_header
        from t2s_local.weights.hardware import machine

        here, header = machine(), read_header(self._path)
        has_several = bool(here.backends) and len(here.gpus) > 1
        gpus = [gpu.number for gpu in here.gpus] if has_several else [None]
        return min(fit(header, here, self._wishes, gpu=gpu).context for gpu in gpus)

    @property
    def device(self) -> str:
        """Device the model ran on; ``none`` if it was never asked anything."""
        return "none" if self._loaded is None else self._loaded.device

    def count_tokens(self, text: str) -> int:
        """Count the tokens of *text* with the model's own tokenizer."""
        return self._engine().count_tokens(text)

    def complete(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Yield the answers to *requests*, one each, in the order they finish.

        Raises:
            ModelError: the model cannot be run at all.
        """
        for completion in self._engine().complete(requests):
            self.tokens += completion.generated_tokens
            yield completion

    def score(self, situation: str, continuations: Sequence[Continuation]) -> tuple[tuple[float, ...], ...]:
        """Return the natural-log probabilities of the scored tokens of each of *continuations* after *situation*.

        Raises:
            ModelError: a continuation does not fit the context, or a text is empty.
        """
        return self._engine().score(situation, continuations)

    def close(self) -> None:
        """Free the memory; safe to call twice."""
        if self._loaded is not None:
            self._loaded.close()

    def _engine(self) -> "LlamaCpp":
        if self._loaded is None:
            from t2s_local.engines.llamacpp import load

            held = msgspec.structs.replace(self._wishes, context=self.context)
            self._loaded = load(
                self._path, wishes=held, template=self._template, weights_digest=self.digest, say=self._say
            )
        return self._loaded


def load(path: Path, *, wishes: "Wishes", say: Callable[[str], None]) -> LazyEngine:
    """Prepare the engine on the model at *path*; the arguments are those of :class:`LazyEngine`."""
    return LazyEngine(path, wishes=wishes, say=say)
