"""Build the report page about a run or a library."""

from collections.abc import Callable

from t2s_local.ports.grouping import Embedder
from t2s_local.report.facts import gather
from t2s_local.report.html import html_of
from t2s_local.report.limits import BY_SIZE, LARGEST
from t2s_local.report.page import page_of
from t2s_local.runs.reviewing.reviewing import Place
from t2s_local.workspace import Workspace


def report(
    workspace: Workspace,
    place: Place,
    *,
    embedder: str,
    load: Callable[[str], Embedder],
    named: str | None = None,
    with_graph: bool = False,
    largest: int = LARGEST,
) -> bytes:
    """Return the bytes of the page about a run, with less detail if it would be too large.

    Args:
        workspace: Where the run was made.
        place: The run, its libraries, and the rules to show.
        embedder: Name of the embedder that lays out the map.
        load: Loads an embedder by name.
        named: Folder of the workspace for use in commands; None for the default.
        with_graph: Whether the workflow graph is drawn.
        largest: Largest size of the page in bytes; exceeded only if the least detail is still larger.

    Raises:
        NothingFoundError: the run is not finished.
        T2SError: the run, its recordings or a library cannot be read.
    """
    facts = gather(
        workspace, place, embedder=embedder, load=load, limits=BY_SIZE[0], named=named, with_graph=with_graph
    )
    data = b""
    for limits in BY_SIZE:
        data = html_of(page_of(facts, limits)).encode("utf-8", "replace")
        if len(data) <= largest:
            break
    return data
