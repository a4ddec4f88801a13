"""The plug-ins of one run, typed by their protocols."""

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
    """Function that returns, after the work, the device on which a model ran."""
    tokens: Callable[[], int] = lambda: 0
    """Function that returns the number of tokens that a model has generated so far."""
    executor: str = "local"
    """Name of the executor on which the analyst works."""
