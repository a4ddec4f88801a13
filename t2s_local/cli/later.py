"""An engine that is loaded when it is first asked: a run that is finished already needs no model."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from t2s_local.cli.output import say
from t2s_local.files import file_digest
from t2s_local.ports import Completion, Request
from t2s_local.stages.models import Installed

if TYPE_CHECKING:
    from t2s_local.engines.llamacpp import LlamaCpp


class Later:
    """An :class:`t2s_local.ports.Engine` on a model of this machine."""

    def __init__(self, model: Installed) -> None:
        """Check the file's header and identify its weights; nothing is loaded yet.

        Raises:
            InputError: the file cannot be read.
            ModelError: it is no model that could be run.
        """
        from t2s_local.engines._gguf import read_header

        read_header(model.path)
        self.name = model.path.stem
        self.digest = file_digest(model.path)
        self._path = model.path
        self._loaded: LlamaCpp | None = None

    @property
    def context(self) -> int:
        """Tokens one request may use, prompt and answer together."""
        return self._engine().context

    @property
    def device(self) -> str:
        """What the model ran on; ``none`` where nobody asked it anything."""
        return "none" if self._loaded is None else self._loaded.device

    def count_tokens(self, text: str) -> int:
        """Count the tokens of *text* with the model's own tokenizer."""
        return self._engine().count_tokens(text)

    def complete(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Answer *requests*, each once, in the order they finish.

        Raises:
            ModelError: the model cannot be run at all.
        """
        return self._engine().complete(requests)

    def score(self, prefix: str, continuation: str) -> tuple[float, ...]:
        """Natural-log probabilities of the tokens of *continuation* after *prefix*, one a token.

        Raises:
            ModelError: both together exceed the context, or one of them is empty.
        """
        return self._engine().score(prefix, continuation)

    def close(self) -> None:
        """Give back the memory; safe to call twice."""
        if self._loaded is not None:
            self._loaded.close()

    def _engine(self) -> "LlamaCpp":
        if self._loaded is None:
            from t2s_local.engines.llamacpp import load

            self._loaded = load(self._path, weights_digest=self.digest, say=say)
        return self._loaded
