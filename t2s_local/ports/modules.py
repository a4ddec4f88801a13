"""Protocols of plug-in modules: each has a function ``load`` that makes the plug-in."""

from collections.abc import Callable, Sequence
from typing import Protocol

from t2s_local.ports.analyst import Analyst, Executor, Placement
from t2s_local.ports.engine import Engine
from t2s_local.ports.grouping import Clusterer, Embedder, Selection
from t2s_local.ports.writer import Writer
from t2s_local.values.skill import FrozenSkills, Skill
from t2s_local.values.trajectory import StepFaults


class AnalystModule(Protocol):
    """A module whose analyst needs no model."""

    def load(self) -> Analyst:
        """Load the analyst."""


class ModelAnalystModule(Protocol):
    """A module whose analyst asks a model."""

    def load(
        self,
        engine: Engine,
        *,
        seed: int = 0,
        judge: Engine | None = None,
        alone: bool = False,
        faults: StepFaults = ...,
        skills: FrozenSkills = ...,
    ) -> Analyst:
        """Load an analyst that asks *engine*; *judge* scores lessons, and *alone* omits the lessons that code finds.

        The analyst asks about the calls in *faults* as if they had failed. Questions about a run also show and concern
        the section of *skills* on the subject of the run.
        """


class EmbedderModule(Protocol):
    """A module of an embedder."""

    def load(self, spec: str | None) -> Embedder:
        """Load the embedder; *spec* is the folder of its model, None for a model that ships with the package."""


class ClustererModule(Protocol):
    """A module of a clusterer."""

    def load(
        self, *, min_cluster_size: int | None = None, selection: Selection | None = None, epsilon: float | None = None
    ) -> Clusterer:
        """Load the clusterer with these settings; None for the clusterer's default."""


class WriterModule(Protocol):
    """A module whose writer needs no model."""

    def load(self) -> Writer:
        """Load the writer."""


class ModelWriterModule(Protocol):
    """A module whose writer asks a model."""

    def load(
        self,
        engine: Engine,
        *,
        seed: int = 0,
        judge: Engine | None = None,
        faults: Callable[[Skill], Sequence[str]] = ...,
    ) -> Writer:
        """Load a writer that asks *engine*; *judge* scores texts, and *faults* lists the faults of a skill."""


class ExecutorModule(Protocol):
    """A module of an executor."""

    def load(self, placement: Placement) -> Executor:
        """Load the executor with the settings *placement*."""
