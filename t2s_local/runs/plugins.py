"""Settings joined with plug-ins: the one place that knows who implements what."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from t2s_local import registry
from t2s_local.engines.lazy import LazyEngine
from t2s_local.errors import ModelError, UsageError
from t2s_local.ports.analyst import Analyst, Placement
from t2s_local.ports.engine import Engine
from t2s_local.ports.grouping import Clusterer, Embedder, Selection
from t2s_local.ports.modules import (
    AnalystModule,
    ClustererModule,
    EmbedderModule,
    ExecutorModule,
    ModelAnalystModule,
    ModelWriterModule,
    WriterModule,
)
from t2s_local.ports.tools import Tools
from t2s_local.ports.writer import Writer
from t2s_local.skills.lint import lint
from t2s_local.skills.source import source_of
from t2s_local.values.skill import Skill
from t2s_local.weights.catalog import find
from t2s_local.weights.choice import best_installed
from t2s_local.weights.fit import Wishes

EMBEDDED = ("static", "hashing")
"""Embedders that are named by themselves; anything else is the folder of a sentence-transformers model."""
HERE = Placement(actors=1, gpus_per_actor=0.0)
"""Nowhere else than in this process."""


_SCORING = Wishes(context=2048, sequences=1)
"""Fit of a model that only scores: a situation of 300 tokens with one piece of advice after another."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Settings that name the plug-ins of a run."""

    model: str
    embedder: str
    algorithm: str
    analyst: str = "auto"
    writer: str = "auto"
    judge_model: str = "same"
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
    placing = cast(ExecutorModule, registry.load("t2s_local.executors", choice.executor))
    executor = placing.load(choice.placement)
    embedder = load_embedder(choice.embedder)
    clusterer = load_clusterer(choice.algorithm)
    path = _model_path(choice, say)
    if path is None:
        _without_model(choice)
        yield Tools(
            analyst=executor.spread(_mined),
            embedder=embedder,
            clusterer=clusterer,
            writer=_template_writer(),
            executor=choice.executor,
        )
        return
    engine, judge = _engine(path, choice.wishes, say), _judge_path(choice, path)
    recipe = (
        _mined if choice.analyst == "mined" else partial(_asking, path, choice, context=engine.context, judge=judge)
    )
    try:
        yield Tools(
            analyst=executor.spread(recipe),
            embedder=embedder,
            clusterer=clusterer,
            writer=_template_writer() if choice.writer == "template" else _model_writer(path, choice, judge),
            device=lambda: engine.device,
            tokens=lambda: engine.tokens,
            executor=choice.executor,
        )
    finally:
        for one in {path, judge or path}:
            if one in _engines:
                _engines.pop(one).close()


@contextmanager
def open_engine(model: str, *, say: Callable[[str], None] = say_nothing) -> Iterator[Engine]:
    """Load the model that *model* names by itself, and unload it at the end.

    Args:
        model: ``auto``, an alias, or the path of a file.
        say: Told which model is used, and why.

    Raises:
        UsageError: the name is not known, or no model is wanted.
        ModelError: no model is installed that fits, or it cannot be loaded.
    """
    path = _model_path(Choice(model=model, embedder="static", algorithm="auto"), say)
    if path is None:
        message = "no model is installed that fits" if model == "auto" else "no model is named"
        raise ModelError(message, hint="`t2s models ls` lists what there is.")
    try:
        yield _engine(path, Wishes(), say)
    finally:
        if path in _engines:
            _engines.pop(path).close()


def load_embedder(name: str) -> Embedder:
    """Load the embedder a setting names.

    Raises:
        UsageError: the name is not known.
        ModelError: the folder holds no model that can be run.
    """
    if name in EMBEDDED:
        shipped = cast(EmbedderModule, registry.load("t2s_local.embedders", name))
        return shipped.load(None)
    if not Path(name).is_dir():
        message = f"no embedder is called {name!r}, and no folder either"
        raise UsageError(message, hint="Use static, or the folder of a sentence-transformers model.")
    from_folder = cast(EmbedderModule, registry.load("t2s_local.embedders", "sentence_transformers"))
    return from_folder.load(name)


def load_clusterer(
    algorithm: str,
    *,
    min_cluster_size: int | None = None,
    selection: Selection | None = None,
    epsilon: float | None = None,
) -> Clusterer:
    """Load the clusterer a setting names.

    Args:
        algorithm: Its name.
        min_cluster_size: Fewest lessons in a group; None lets their number decide.
        selection: ``eom`` or ``leaf``, of HDBSCAN alone.
        epsilon: Distance below which branches stay together, of HDBSCAN alone.

    Raises:
        UsageError: there is no such clusterer, or it does not know a setting.
    """
    module = cast(ClustererModule, registry.load("t2s_local.clusterers", algorithm))
    return module.load(min_cluster_size=min_cluster_size, selection=selection, epsilon=epsilon)


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


def _without_model(choice: Choice) -> None:
    """Refuse settings that want a model where there is none."""
    for name, value in (("analyst", choice.analyst), ("writer", choice.writer)):
        if value in {"llm", "both"}:
            message = f"--{name} {value} needs a model, and there is none"
            raise UsageError(message, hint="Name one with --model; `t2s models ls` lists what there is.")


def _judge_path(choice: Choice, path: Path) -> Path | None:
    """Path of the model that scores; None where none is wanted."""
    if choice.judge_model in {"same", "none"}:
        return path if choice.judge_model == "same" else None
    return find(choice.judge_model).path.absolute()


def _template_writer() -> Writer:
    return cast(WriterModule, registry.load("t2s_local.writers", "template")).load()


def _model_writer(path: Path, choice: Choice, judge: Path | None) -> Writer:
    writers = cast(ModelWriterModule, registry.load("t2s_local.writers", "llm"))
    engine = _engine(path, choice.wishes, say_nothing)
    return writers.load(engine, seed=choice.seed, judge=_scorer(path, judge, engine), faults=_faults)


def _mined() -> Analyst:
    module = cast(AnalystModule, registry.load("t2s_local.analysts", "mined"))
    return module.load()


def _asking(path: Path, choice: Choice, *, context: int, judge: Path | None) -> Analyst:
    """Make an analyst on the model at *path*, held to *context*: another process has other memory free."""
    engine = _engine(path, choice.wishes, say_nothing)
    engine.context = context
    module = cast(ModelAnalystModule, registry.load("t2s_local.analysts", "llm"))
    scorer = _scorer(path, judge, engine)
    return module.load(engine, seed=choice.seed, judge=scorer, alone=choice.analyst == "llm")


def _scorer(path: Path, judge: Path | None, engine: LazyEngine) -> LazyEngine | None:
    """The engine that scores, which may be the one on the model at *path* itself; None where none is wanted."""
    return None if judge is None else engine if judge == path else _engine(judge, _SCORING, say_nothing)


_engines: dict[Path, LazyEngine] = {}
"""The one engine of this process on a model: analyst and writer ask the same."""


def _engine(path: Path, wishes: Wishes, say: Callable[[str], None]) -> LazyEngine:
    if path not in _engines:
        _engines[path] = LazyEngine(path, wishes=wishes, say=say)
    return _engines[path]


def _faults(skill: Skill) -> list[str]:
    return [finding.message for finding in lint(source_of(skill)) if finding.severity == "error"]


if TYPE_CHECKING:
    # Plug-ins are found by name, which no type checker sees: here mypy holds each against its protocol.
    from t2s_local.analysts import llm as llm_analyst
    from t2s_local.analysts import mined
    from t2s_local.clusterers import auto, hdbscan, linkage
    from t2s_local.embedders import hashing, sentence_transformers, static
    from t2s_local.executors import local, ray
    from t2s_local.writers import llm as llm_writer
    from t2s_local.writers import template as template_writer

    _held: tuple[
        AnalystModule,
        ModelAnalystModule,
        tuple[ClustererModule, ...],
        tuple[EmbedderModule, ...],
        tuple[ExecutorModule, ...],
        WriterModule,
        ModelWriterModule,
    ] = (
        mined,
        llm_analyst,
        (auto, hdbscan, linkage),
        (hashing, sentence_transformers, static),
        (local, ray),
        template_writer,
        llm_writer,
    )
