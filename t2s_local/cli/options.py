"""Options that several commands share, and where their values come from."""

import os
from collections.abc import Callable
from typing import Any

import click

from t2s_local import config

HELP = {
    "model": "Model that reads and writes: auto, none, an alias of `t2s models ls`, or a path to a .gguf file.",
    "embedder": "Embedder: static, hashing, or the path of a sentence-transformers model.",
    "algorithm": "How lessons are grouped: auto, hdbscan or linkage.",
    "workspace": "Folder of the run store.",
    "min_support": "Trajectories a rule needs before it enters a skill's body.",
    "seed": "Seed of everything random.",
    "executor": "Where trajectories are analysed: local (in this process) or ray (in actors of Ray).",
    "actors": "With --executor ray: actors, each with a loaded model of its own.",
    "gpus_per_actor": "With --executor ray: GPUs an actor takes, or a part of one; 0 for none.",
}
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def setting(name: str) -> Decorator:
    """A ``--name`` option whose default stands in :class:`t2s_local.config.Settings`; ``T2S_NAME`` sets it too."""
    default = config.defaults()[name]
    return click.option(
        f"--{name.replace('_', '-')}",
        name,
        default=default,
        type=type(default),
        envvar=f"T2S_{name.upper()}",
        show_default=True,
        help=HELP[name],
    )


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
verbose_option = click.option(
    "--verbose", "-v", is_flag=True, help="Name every file and every kind of record that was left out."
)
quiet_option = click.option("--quiet", "-q", is_flag=True, envvar="T2S_QUIET", help="No progress on stderr.")


def file_settings() -> dict[str, tuple[object, str]]:
    """Settings of the user's and the project's file, each with the file it stands in; the project's file wins."""
    found: dict[str, tuple[object, str]] = {}
    for path in (config.user_file(), config.PROJECT_FILE):
        values = config.read_settings_file(path)
        if path == config.PROJECT_FILE:
            config.check_project_values(values, path)
        found |= {name: (value, str(path)) for name, value in values.items()}
    return found


def all_settings() -> dict[str, tuple[object, str]]:
    """Every setting with its value and where that comes from, flags aside."""
    found: dict[str, tuple[object, str]] = {name: (value, "default") for name, value in config.defaults().items()}
    found |= file_settings()
    for name in found:
        variable = f"T2S_{name.upper()}"
        if variable in os.environ:
            found[name] = (os.environ[variable], variable)
    return found


def command_line() -> tuple[str, ...]:
    """Return the command line of this process, word by word, as :func:`t2s_local.cli.main` was given it."""
    context = click.get_current_context(silent=True)
    words = context.find_root().obj if context is not None else None
    return tuple(words) if isinstance(words, tuple) else ("t2s",)
