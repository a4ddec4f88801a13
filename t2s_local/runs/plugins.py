"""Load the plug-ins that the settings of a run name."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, cast

import msgspec

from t2s_local import registry
from t2s_local.errors import UsageError
from t2s_local.ports.analyst import Analyst, Placement
from t2s_local.ports.grouping import Clusterer, Selection
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
from t2s_local.runs.models.embedders import load_embedder
from t2s_local.runs.models.models import ModelEngine, ModelPlace, close_engines, engine_at, judge_place, model_place
from t2s_local.skills.lint import lint
from t2s_local.skills.source import source_of
from t2s_local.values.skill import NO_SKILLS, FrozenSkills, Skill
from t2s_local.values.trajectory import StepFaults
from t2s_local.weights.fit import Wishes

HERE = Placement(actors=1, gpus_per_actor=0.0)
"""Placement of a model that runs in this process only."""


_SCORING = Wishes(context=2048, sequences=1)
"""Memory settings of a model that only scores: a situation of 300 tokens with one piece of advice after another."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Settings that name the plug-ins of a run."""

    model: str
    embedder: str
    algorithm: str
    analyst: str = "auto"
    writer: str = "auto"
    judge_model: str = "same"
    faults: StepFaults = msgspec.field(default_factory=dict)
    """Calls that a judge of steps called wrong, for an analyst that asks a model."""
    skills: FrozenSkills = NO_SKILLS
    """Existing skills that an analyst with a model compares every run with."""
    seed: int = 0
    executor: str = "local"
    placement: Placement = HERE
    wishes: Wishes = Wishes()
    """Settings of the model's memory use that are fixed beforehand."""


def say_nothing(text: str) -> None:
    """Ignore *text*; for callers that want no words about the model."""
    del text


@contextmanager
def open_tools(
    choice: Choice, *, say: Callable[[str], None] = say_nothing, detail: Callable[[str], None] = say_nothing
) -> Iterator[Tools]:
    """Load the plug-ins that settings name; a model is loaded at the first question, and unloaded at the end.

    Args:
        choice: The settings.
        say: Called with words about the model that is used, and the reason.
        detail: Called with words about every model that ``auto`` does not use.

    Raises:
        UsageError: a name is not known.
        ModelError: a model cannot be loaded, or the executor is not installed.
    """
    placing = cast(ExecutorModule, registry.load("t2s_local.executors", choice.executor))
    executor = placing.load(choice.placement)
    embedder = load_embedder(choice.embedder)
    clusterer = load_clusterer(choice.algorithm)
    place = model_place(choice.model, choice.wishes, say, detail=detail)
    if choice.faults and (place is None or choice.analyst == "mined"):
        message = "--steps is for an analyst that asks a model, and there is none"
        raise UsageError(message, hint="Name a model with --model; `t2s models ls` lists what there is.")
    if place is None:
        _without_model(choice)
        yield Tools(
            analyst=executor.spread(_mined),
            embedder=embedder,
            clusterer=clusterer,
            writer=_template_writer(),
            executor=choice.executor,
        )
        return
    judge = judge_place(choice.judge_model, place)
    try:
        engine = engine_at(place, choice.wishes, say)
        asking = partial(_asking, place, choice, context=engine.context, judge=judge)
        yield Tools(
            analyst=executor.spread(_mined if choice.analyst == "mined" else asking),
            embedder=embedder,
            clusterer=clusterer,
            writer=_template_writer() if choice.writer == "template" else _model_writer(place, choice, judge),
            device=lambda: engine.device,
            tokens=lambda: engine.tokens,
            executor=choice.executor,
        )
    finally:
        close_engines(place, judge)


def load_clusterer(
    algorithm: str,
    *,
    min_cluster_size: int | None = None,
    selection: Selection | None = None,
    epsilon: float | None = None,
) -> Clusterer:
    """Load the clusterer that a setting names.

    Args:
        algorithm: Name of the clusterer.
        min_cluster_size: Fewest lessons in a cluster; None to derive it from the number of lessons.
        selection: ``eom`` or ``leaf``; for HDBSCAN only.
        epsilon: Distance below which clusters are not split; for HDBSCAN only.

    Raises:
        UsageError: there is no such clusterer, or the clusterer has no such setting.
    """
    module = cast(ClustererModule, registry.load("t2s_local.clusterers", algorithm))
    return module.load(min_cluster_size=min_cluster_size, selection=selection, epsilon=epsilon)


def _without_model(choice: Choice) -> None:
    """Check that no setting needs a model, if the settings name no model."""
    for name, value in (("analyst", choice.analyst), ("writer", choice.writer)):
        if value in {"llm", "both"}:
            message = f"--{name} {value} needs a model, and there is none"
            raise UsageError(message, hint="Name one with --model; `t2s models ls` lists what there is.")


def _template_writer() -> Writer:
    return cast(WriterModule, registry.load("t2s_local.writers", "template")).load()


def _model_writer(place: ModelPlace, choice: Choice, judge: ModelPlace | None) -> Writer:
    writers = cast(ModelWriterModule, registry.load("t2s_local.writers", "llm"))
    engine = engine_at(place, choice.wishes, say_nothing)
    return writers.load(engine, seed=choice.seed, judge=_scorer(place, judge, engine), faults=_faults)


def _mined() -> Analyst:
    module = cast(AnalystModule, registry.load("t2s_local.analysts", "mined"))
    return module.load()


def _asking(place: ModelPlace, choice: Choice, *, context: int, judge: ModelPlace | None) -> Analyst:
    """Create an analyst on the model at *place* with a fixed *context*: other processes have other free memory."""
    engine = engine_at(place, choice.wishes, say_nothing)
    engine.context = context
    module = cast(ModelAnalystModule, registry.load("t2s_local.analysts", "llm"))
    scorer = _scorer(place, judge, engine)
    return module.load(
        engine,
        seed=choice.seed,
        judge=scorer,
        alone=choice.analyst == "llm",
        faults=choice.faults,
        skills=choice.skills,
    )


def _scorer(place: ModelPlace, judge: ModelPlace | None, engine: ModelEngine) -> ModelEngine | None:
    """Return the engine that scores texts, which may be *engine* itself; None if no scoring model is wanted."""
    return None if judge is None else engine if judge == place else engine_at(judge, _SCORING, say_nothing)


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
