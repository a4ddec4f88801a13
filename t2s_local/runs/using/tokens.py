"""Count the tokens of texts with the tokenizer in the package, or with that of a model that the user names."""

from collections.abc import Callable
from typing import Protocol, cast

from t2s_local import registry


class _CountingModule(Protocol):
    SHIPPED: str

    def count_tokens(self) -> Callable[[str], int]:
        """Return a function that counts tokens."""


def shipped_counter() -> tuple[str, Callable[[str], int]]:
    """Return the name of the tokenizer in the package, and a function that counts tokens by it.

    Raises:
        ModelError: the tokenizer is missing.
    """
    module = cast(_CountingModule, registry.load("t2s_local.embedders", "static"))
    return module.SHIPPED, module.count_tokens()
