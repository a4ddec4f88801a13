"""Settings joined with plug-ins: the one place that knows who implements what."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from t2s_local import registry
from t2s_local.errors import UsageError
from t2s_local.ports.analyst import Analyst, Executor, Placement
from t2s_local.ports.grouping import Clusterer, Embedder
from t2s_local.ports.tools import Tools
from t2s_local.ports.writer import Writer
from t2s_local.skills.lint import lint
from t2s_local.skills.source import source_of
from t2s_local.values.skill import Skill
from t2s_local.weights.catalog import find
from t2s_local.weights.choice import best_installed
from t2s_local.weights.fit import Wishes

if TYPE_CHECKING:
    from t2s_local.engines.lazy import LazyEngine

EMBEDDED = ("static", "hashing")
"""Embedders that are named by themselves; anything else is the folder of a sentence-transformers model."""
HERE = Placement(actors=1, gpus_per_actor=0.0)
"""Nowhere else than in this process."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Settings that name the plug-ins of a run."""

    model: str
    embedder: str
    algorithm: str
    seed: int = 0
    executor: str = "local"
    placement: Placement = HERE
    wishes: Wishes = Wishes()
    """The part of a model's fit that is fixed beforehand."""


def say_nothing(text: str) -> None:
    """Drop *text*."""
    del text


@contextmanager
def open_tools(choice: Choice, *, say: Callable[[str], None] = say_nothing) -> Iterator[Tools]:
    """Load the plug-ins that settings name; a model is loaded when it is first asked, and unloaded at the end.

    Args:
        choice: The settings.
        say: Told which model is used, and why.

    Raises:
        UsageError: a name is not known.
        ModelError: a model cannot be loaded, or the executor is not installed.
    """
    executor: Executor = registry.load("t2s_local.executors", choice.executor).load(choice.placement)
    embedder = load_embedder(choice.embedder)
    clusterer: Clusterer = registry.load("t2s_local.clusterers", choice.algorithm).load()
    path = _model_path(choice, say)
    if path is None:
        writer: Writer = registry.load("t2s_local.writers", "template").load()
        analyst = executor.spread(_mined)
        yield Tools(analyst=analyst, embedder=embedder, clusterer=clusterer, writer=writer, executor=choice.executor)
        return
    engine = _engine(path, choice.wishes, say)
    recipe = partial(_asking, path, wishes=choice.wishes, seed=choice.seed, context=engine.context)
    try:
        yield Tools(
            analyst=executor.spread(recipe),
            embedder=embedder,
            clusterer=clusterer,
            writer=registry.load("t2s_local.writers", "llm").load(engine, seed=choice.seed, faults=_faults),
            device=lambda: engine.device,
            tokens=lambda: engine.tokens,
            executor=choice.executor,
        )
    finally:
        _engines.pop(path, engine).close()


def load_embedder(name: str) -> Embedder:
    """Load the embedder a setting names.

    Raises:
        UsageError: the name is not known.
        ModelError: the folder holds no model that can be run.
    """
    if name in EMBEDDED:
        named: Embedder = registry.load("t2s_local.embedders", name).load(None)
        return named
    if not Path(name).is_dir():
        message = f"no embedder is called {name!r}, and no folder either"
        raise UsageError(message, hint="Use static, or the folder of a sentence-transformers model.")
    loaded: Embedder = registry.load("t2s_local.embedders", "sentence_transformers").load(name)
    return loaded


def load_clusterer(
    algorithm: str, *, min_cluster_size: int | None, selection: str | None, epsilon: float | None
) -> Clusterer:
    """Load the clusterer; settings only HDBSCAN knows make it HDBSCAN.

    Raises:
        UsageError: they are given to linkage, or there is no such algorithm.
    """
    if selection is None and epsilon is None:
        plain: Clusterer = registry.load("t2s_local.clusterers", algorithm).load(min_cluster_size=min_cluster_size)
        return plain
    if algorithm == "linkage":
        message = "--selection and --epsilon are settings of HDBSCAN, not of linkage"
        raise UsageError(message, hint="Use --algorithm hdbscan.")
    module = registry.load("t2s_local.clusterers", "hdbscan")
    tuned: Clusterer = module.load(
        min_cluster_size=min_cluster_size, selection=selection or "eom", epsilon=epsilon or 0.0
    )
    return tuned


def _model_path(choice: Choice, say: Callable[[str], None]) -> Path | None:
    """Return the path of the model a setting names; None for work without one."""
    if choice.model == "none":
        return None
    model = best_installed(choice.wishes, say) if choice.model == "auto" else find(choice.model)
    if model is None:
        say("No model is installed that fits: the mined analyst and the template writer do the work.")
        return None
    why = "the largest on this machine that fits it; --model none works without one"
    say(f"Model {model.name} ({model.path}): {why if choice.model == 'auto' else 'as asked'}.")
    return model.path.absolute()


def _mined() -> Analyst:
    analyst: Analyst = registry.load("t2s_local.analysts", "mined").load()
    return analyst


def _asking(path: Path, *, wishes: Wishes, seed: int, context: int) -> Analyst:
    """Make an analyst on the model at *path*, held to *context*: another process has other memory free."""
    engine = _engine(path, wishes, say_nothing)
    engine.context = context
    analyst: Analyst = registry.load("t2s_local.analysts", "llm").load(engine, seed=seed)
    return analyst


_engines: "dict[Path, LazyEngine]" = {}
"""The one engine of this process on a model: analyst and writer ask the same."""


def _engine(path: Path, wishes: Wishes, say: Callable[[str], None]) -> "LazyEngine":
    if path not in _engines:
        _engines[path] = registry.load("t2s_local.engines", "lazy").load(path, wishes=wishes, say=say)
    return _engines[path]


def _faults(skill: Skill) -> list[str]:
    return [finding.message for finding in lint(source_of(skill)) if finding.severity == "error"]
