"""``t2s report``: write an HTML page about a run or a library."""

import os
import shlex
import sys
import webbrowser
from pathlib import Path

import click

from t2s_local.cli.completion import complete_run
from t2s_local.cli.options import quiet_option, stored_workspace, workspace_behind
from t2s_local.cli.output import say
from t2s_local.config import Settings
from t2s_local.errors import InputError, UsageError
from t2s_local.files import printable, regular_start, write_atomic
from t2s_local.report.html import MARK
from t2s_local.report.report import report as report_of
from t2s_local.runs.models.embedders import load_embedder
from t2s_local.runs.reviewing.reviewing import Place, place_of, place_of_run
from t2s_local.safety.characters import one_line
from t2s_local.skills.library.library import is_library
from t2s_local.workspace import Workspace, read_workspace

DEFAULT = Path("t2s-report.html")
"""Default file of the page."""
_START = 4000
"""Number of bytes at the start of a file in which the tag of a t2s page is looked for."""


@click.command()
@click.argument("subject", metavar="[RUN|LIBRARY]", required=False, shell_complete=complete_run)
@click.option("-o", "--out", type=click.Path(path_type=Path), default=DEFAULT, show_default=True, help="File to write.")
@click.option("--graph", "with_graph", is_flag=True, help="Draw the workflow too; all recordings are read for it.")
@click.option("--open", "opens", is_flag=True, help="Open the page in your browser.")
@stored_workspace
@quiet_option
def report(subject: str | None, *, out: Path, with_graph: bool, opens: bool, workspace: str, quiet: bool) -> int:
    """Write one page to look at: what was read, what was learned, on what it rests, and what was left out.

    RUN is the beginning of a run's id, LIBRARY a folder that t2s wrote skills to; the newest run where neither is
    given. The page is one HTML file that loads nothing: it opens from the disk, in any browser, without a network.
    """
    library = None if subject is None or not Path(subject).is_dir() else Path(subject)
    refuse_foreign(out)
    with read_workspace(workspace_behind(library, workspace)) as store:
        place = _place(store, subject, library)
        write_report(store, place, out, with_graph=with_graph)
        commands = [run.about.command for run in store.ledger if run.id == place.run and run.about is not None]
    click.echo(one_line(printable(str(out))))
    if commands and not quiet:
        say(f"About run {place.run}: {one_line(printable(shlex.join(commands[0])))}")
    if opens:
        _open(out, quiet=quiet)
    return 0


def write_report(store: Workspace, place: Place, out: Path, *, with_graph: bool = False) -> None:
    """Write the page about a run to *out*; an identical file is not written again.

    Raises:
        UsageError: *out* is a folder, or a file that is no t2s page.
        T2SError: the run cannot be read, or the file cannot be written.
    """
    refuse_foreign(out)
    # the shipped embedder, whatever the run was made with: it is always there, and the map needs no better one
    is_default = store.folder.resolve() == Path(Settings().workspace).resolve()
    named = None if is_default else str(store.folder)
    data = report_of(store, place, embedder=Settings().embedder, load=load_embedder, named=named, with_graph=with_graph)
    if not out.is_file() or out.read_bytes() != data:
        write_atomic(out, data)


def _page_wanted(_context: click.Context, _option: click.Parameter, value: bool) -> Path | None:  # noqa: FBT001 - as click calls it
    """Return the file for the page of a run; None if no page is wanted."""
    if value:
        refuse_foreign(DEFAULT)
    return DEFAULT if value else None


page_option = click.option(
    "--report", "page", is_flag=True, callback=_page_wanted, help=f"Write the page of `t2s report` to {DEFAULT} too."
)


def report_run(workspace: Path, run: str, page: Path | None) -> None:
    """Write the page about a finished run to *page* and print a message; do nothing if *page* is None.

    Raises:
        T2SError: the run cannot be read, or the file cannot be written.
    """
    if page is not None:
        with read_workspace(workspace) as store:
            write_report(store, place_of_run(store, run), page)
        say(f"{page}: the page to look at.")


def refuse_without_run(page: Path | None, *, has_run: bool) -> None:
    """Check that a page is only asked for if the command finishes a run.

    Raises:
        UsageError: a page is wanted, and this command finishes no run.
    """
    if page is not None and not has_run:
        message = "--report shows a finished run"
        raise UsageError(message, hint="Leave it out beside --dry-run and --shard.")


def refuse_foreign(out: Path) -> None:
    """Check that *out* does not exist or is a page by t2s.

    Raises:
        UsageError: *out* is a folder, or a file that is no t2s page.
    """
    if out.is_dir():
        message = f"{out} is a folder"
        raise UsageError(message, hint=f"Name a file in it: -o {out / DEFAULT}")
    if os.path.lexists(out) and MARK.encode() not in regular_start(out, _START):
        message = f"{out} is there already, and no page that t2s wrote"
        raise UsageError(message, hint="Name another file with -o.")


def _place(store: Workspace, subject: str | None, library: Path | None) -> Place:
    """Return the run and the libraries that *subject* means.

    Raises:
        InputError: *subject* is a path that does not exist.
        UsageError: *subject* is both a run and a folder, or neither.
    """
    if subject is None:
        return place_of_run(store, None)
    is_path = library is not None or os.sep in subject
    is_run = os.sep not in subject and any(run.id.startswith(subject) for run in store.ledger)
    if is_path and is_run:
        message = f"{subject!r} is a folder here, and a run begins so too"
        raise UsageError(message, hint=f"Write ./{subject} for the library, or more of the run's id.")
    if library is not None:
        _refuse_skill(library)
        return place_of(store, library)
    if is_path:
        message = "no such folder"
        raise InputError(message, path=subject, hint="Name a folder that t2s wrote skills to, or a run.")
    return place_of_run(store, subject)


def _refuse_skill(folder: Path) -> None:
    """Check that *folder* is not the folder of a single skill, because a page is about a whole library.

    Raises:
        UsageError: *folder* is a skill in a library.
    """
    above = folder.absolute().parent
    if not is_library(folder) and is_library(above):
        message = f"{folder} is one skill"
        raise UsageError(message, hint=f"Name its library: t2s report {shlex.quote(str(folder.parent))}")


def _open(page: Path, *, quiet: bool) -> None:
    """Open *page* in the desktop's browser; if there is none, print a message unless *quiet*."""
    has_display = sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if (not has_display or not webbrowser.open(page.absolute().as_uri())) and not quiet:
        say(f"No browser can be opened here. Open {page.absolute()} in one.")
