"""Suggest a map for a file, from the structure that the fallback format found in it."""

from pathlib import Path

from t2s_local.errors import NothingFoundError
from t2s_local.files import printable
from t2s_local.records.archives import is_zip
from t2s_local.records.budget import close_budget, open_budget
from t2s_local.records.head import look
from t2s_local.records.tars import is_tar
from t2s_local.stages.reading.detect import load_mapped
from t2s_local.stages.reading.map_file import write_map
from t2s_local.text.text import clip

_LONGEST_NAME = 80


def suggested_map(path: Path) -> str:
    """Return a map for a file as TOML, with its certainty in comments.

    Raises:
        InputError: the file cannot be read, or two of its lists may be the conversation.
        NothingFoundError: the file is an archive, or no run was found in it.
    """
    head = look(path)
    if is_zip(head.raw) or is_tar(head.raw):
        message = "an archive, and a map is of a file"
        raise NothingFoundError(message, path=path, hint="Name a file that was taken out of it.")
    open_budget(path)
    try:
        found = load_mapped().suggest(path)
    finally:
        close_budget(path)
    if found is None:
        message = "nothing in it looks like a run"
        hint = 'See "Reading trajectories" in the README for how to write a map.'
        raise NothingFoundError(message, path=path, hint=hint)
    name = clip(printable(path.name), _LONGEST_NAME)
    alike = "" if found.n_alike == found.n_runs else f"; the map alone reads {found.n_alike:,} of them alike"
    noun = "trajectory" if found.n_runs == 1 else "trajectories"
    return (
        f"# Where {name} keeps its runs, {100 * found.certainty:.0f} % sure.\n"
        f"# {found.n_runs:,} {noun} found{alike}.\n\n{write_map(found.layout)}"
    )
