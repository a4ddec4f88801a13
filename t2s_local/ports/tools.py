"""The plug-ins of one run, behind their protocols."""

from collections.abc import Callable

import msgspec

from t2s_local.ports.analyst import Analyst
from t2s_local.ports.grouping import Clusterer, Embedder
from t2s_local.ports.writer import Writer


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """The plug-ins that do the work of a run."""

    analyst: Analyst
    embedder: Embedder
    clusterer: Clusterer
    writer: Writer
    device: Callable[[], str] = lambda: "cpu"
    """Says, when the work is done, what a model ran on."""
    tokens: Callable[[], int] = lambda: 0
    """Counts the tokens a model has written so far."""
    executor: str = "local"
    """Name of the executor the analyst works on."""
