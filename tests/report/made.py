"""Pages for tests: made of the samples, or of recordings that a test writes."""

import html
import re
from pathlib import Path

from t2s_local.report.facts import Facts, gather
from t2s_local.report.limits import WIDE, Limits
from t2s_local.report.page import page_of
from t2s_local.report.values import Page
from t2s_local.runs.models.embedders import load_embedder
from t2s_local.runs.reviewing.reviewing import place_of_run
from t2s_local.workspace import read_workspace

_TAG = re.compile(r"<[^>]*>")


def facts_of(workspace: Path, run: str | None = None, *, limits: Limits = WIDE) -> Facts:
    """Collect what a page about a run is made from."""
    with read_workspace(workspace) as store:
        place = place_of_run(store, run)
        return gather(store, place, embedder="static", load=load_embedder, limits=limits, named=None)


def page_about(workspace: Path, run: str | None = None, *, limits: Limits = WIDE) -> Page:
    """Compute the values of the page about a run."""
    return page_of(facts_of(workspace, run, limits=limits), limits)


def text_of_page(source: str) -> str:
    """Return what a page says, without what marks it up."""
    body = source.partition("<body>")[2].partition("<script>")[0]
    return html.unescape(_TAG.sub("", body))
