"""``t2s adopt``: mark a workspace or a library that another user's t2s wrote as one's own."""

from pathlib import Path

import click

from t2s_local.cli.output import say
from t2s_local.errors import InputError
from t2s_local.skills.library.library import adopt_library, is_library
from t2s_local.workspace import STORE, adopt_workspace


@click.command()
@click.argument("folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path))
def adopt(folders: tuple[Path, ...]) -> int:
    """Take workspaces and libraries of skills as your own that your t2s did not write here.

    FOLDER is a workspace (.t2s) or a folder that skills are written to. t2s leaves alone what came with somebody's
    project: a stored result could hold any rule, and a list of our files could name yours. Adopt what you know to be
    good: your own of another machine, of another account, or of an older version of t2s.
    """
    for folder in folders:
        if (folder / STORE).exists():
            adopt_workspace(folder)
            say(f"{folder} is your workspace now, with everything that is in it.")
        elif is_library(folder):
            adopt_library(folder)
            say(f"{folder} is your library now: the next run may change the skills in it.")
        else:
            message = "neither a workspace nor a library of skills"
            raise InputError(message, path=folder, hint="Name a .t2s folder, or one that skills were written to.")
    return 0
