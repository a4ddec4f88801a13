"""Joins settings with plug-ins: the one place that knows who implements what."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import click

from t2s_local import registry
from t2s_local.cli.engine import best_installed
from t2s_local.cli.later import Later
from t2s_local.cli.output import say
from t2s_local.errors import UsageError
from t2s_local.ports.analyst import Placement
from t2s_local.skills.lint import lint
from t2s_local.skills.source import source_of
from t2s_local.stages.distill import Tools
from t2s_local.values.skill import Skill
from t2s_local.weights.catalog import find

EMBEDDED = ("static", "hashing")
"""Embedders that are named by themselves; anything else is the folder of a sentence-transformers model."""


HERE = Placement(actors=1, gpus_per_actor=0.0)
"""Nowhere else than in this process."""


def tools_for(
    *,
    model: str,
    embedder: str,
    algorithm: str,
    seed: int = 0,
    executor: str = "local",
    placement: Placement = HERE,
) -> Tools:
    """Load the plug-ins that settings name; a model itself is loaded when it is first asked.

    Raises:
        UsageError: a name is not known.
        ModelError: a model cannot be loaded, or the executor is not installed.
    """
    spread = registry.load("t2s_local.executors", executor).load(placement).spread
    readers = _readers(model, seed=seed, spread=spread)
    return Tools(
        embedder=embedder_for(embedder),
        clusterer=registry.load("t2s_local.clusterers", algorithm).load(),
        executor=executor,
        **readers._asdict(),
    )


def embedder_for(name: str) -> Any:  # noqa: ANN401 - a plug-in, known by its protocol alone
    """Load the embedder a setting names.

    Raises:
        UsageError: the name is not known.
        ModelError: the folder holds no model that can be run.
    """
    if name in EMBEDDED:
        return registry.load("t2s_local.embedders", name).load(None)
    if not Path(name).is_dir():
        message = f"no embedder is called {name!r}, and no folder either"
        raise UsageError(message, hint="Use static, or the folder of a sentence-transformers model.")
    return registry.load("t2s_local.embedders", "sentence_transformers").load(name)


class _Readers(NamedTuple):
    """The analyst and the writer for a model, what says where it ran, and what counts the tokens it has written."""

    analyst: Any
    writer: Any
    device: Callable[[], str]
    tokens: Callable[[], int]


def _readers(name: str, *, seed: int, spread: Callable[[Callable[[], Any]], Any]) -> _Readers:
    """Who reads and writes with a model; says which one it is, and why."""
    model = None if name == "none" else best_installed() if name == "auto" else find(name)
    if model is None:
        if name == "auto":
            say("No model is installed that fits: the mined analyst and the template writer do the work.")
        return _Readers(spread(_mining), registry.load("t2s_local.writers", "template").load(), lambda: "cpu", int)
    why = "the largest on this machine that fits it; --model none works without one" if name == "auto" else "as asked"
    say(f"Model {model.name} ({model.path}): {why}.")
    engine = _engine(model.path.absolute())
    click.get_current_context().call_on_close(_close_engines)
    writer = registry.load("t2s_local.writers", "llm").load(engine, seed=seed, faults=_faults)
    analyst = spread(partial(_asking, model.path.absolute(), seed=seed, context=engine.context))
    return _Readers(analyst, writer, lambda: engine.device, lambda: engine.tokens)


def _mining() -> Any:  # noqa: ANN401 - a plug-in, known by its protocol alone
    return registry.load("t2s_local.analysts", "mined").load()


def _asking(path: Path, *, seed: int, context: int) -> Any:  # noqa: ANN401 - a plug-in, known by its protocol alone
    """An analyst on the model at *path*, held to *context*: another process has other memory free."""
    engine = _engine(path)
    engine.context = context
    return registry.load("t2s_local.analysts", "llm").load(engine, seed=seed)


@cache
def _engine(path: Path) -> Later:
    """The one engine of this process on a model: analyst and writer ask the same."""
    _engines.append(Later(path))
    return _engines[-1]


_engines: list[Later] = []


def _close_engines() -> None:
    _engine.cache_clear()
    while _engines:
        _engines.pop().close()


def _faults(skill: Skill) -> list[str]:
    return [finding.message for finding in lint(source_of(skill)) if finding.severity == "error"]
