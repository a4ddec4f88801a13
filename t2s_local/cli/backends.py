"""Joins settings with plug-ins: the one place that knows who implements what."""

from pathlib import Path
from typing import Any

from t2s_local import registry
from t2s_local.cli.output import say
from t2s_local.errors import UsageError
from t2s_local.stages.distill import Tools

EMBEDDED = ("static", "hashing")
"""Embedders that are named by themselves; anything else is the folder of a sentence-transformers model."""


def tools_for(*, model: str, embedder: str, algorithm: str) -> Tools:
    """Load the plug-ins that settings name.

    Raises:
        UsageError: a name is not known.
        ModelError: a model cannot be loaded.
    """
    analyst, writer = _readers(model)
    return Tools(
        analyst=analyst,
        embedder=_embedder(embedder),
        clusterer=registry.load("t2s_local.clusterers", algorithm).load(),
        writer=writer,
    )


def _embedder(name: str) -> Any:  # noqa: ANN401 - a plug-in, known by its protocol alone
    if name in EMBEDDED:
        return registry.load("t2s_local.embedders", name).load(None)
    if not Path(name).is_dir():
        message = f"no embedder is called {name!r}, and no folder either"
        raise UsageError(message, hint="Use static, or the folder of a sentence-transformers model.")
    return registry.load("t2s_local.embedders", "sentence_transformers").load(name)


def _readers(model: str) -> tuple[Any, Any]:
    """The analyst and the writer for a model."""
    if model == "auto":
        say("No model is installed: the mined analyst and the template writer do the work.")
    elif model != "none":
        message = f"no model is called {model!r}"
        raise UsageError(message, hint="Use --model none: the embedded analyst needs no model.")
    analyst = registry.load("t2s_local.analysts", "mined").load()
    return analyst, registry.load("t2s_local.writers", "template").load()
