"""Load the embedder that a setting names; a module of its own, so that a short command loads no other plug-in."""

from pathlib import Path
from typing import cast

from t2s_local import registry
from t2s_local.errors import UsageError
from t2s_local.ports.grouping import Embedder
from t2s_local.ports.modules import EmbedderModule

EMBEDDED = ("static", "hashing")
"""Names of built-in embedders; any other name is the folder of a sentence-transformers model."""


def load_embedder(name: str) -> Embedder:
    """Load the embedder that a setting names.

    Raises:
        UsageError: the name is not known.
        ModelError: the folder contains no model that can be run.
    """
    if name in EMBEDDED:
        shipped = cast(EmbedderModule, registry.load("t2s_local.embedders", name))
        return shipped.load(None)
    if not Path(name).is_dir():
        message = f"no embedder is called {name!r}, and no folder either"
        raise UsageError(
            message, hint=f"{registry.meant(name, EMBEDDED)}Use static, or the folder of a sentence-transformers model."
        )
    from_folder = cast(EmbedderModule, registry.load("t2s_local.embedders", "sentence_transformers"))
    return from_folder.load(name)
