"""Options that several commands share, and the sources of their values."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from t2s_local import config, registry
from t2s_local.cli.completion import complete_format, complete_model
from t2s_local.errors import UsageError
from t2s_local.skills.library.manifest import libraries_below
from t2s_local.skills.library.own_folder import workspace_of
from t2s_local.user_files.folders import STORE, workspace_to_read
from t2s_local.values.layout import Layout

HELP = {
    "model": (
        "Model that reads and writes: auto, none, an alias of `t2s models ls`, a path to a .gguf file, or a server as"
        " http://127.0.0.1:8080/v1#NAME."
    ),
    "analyst": "Who learns from the runs: mined (code alone), llm (a model alone), both, or auto: both with a model.",
    "writer": (
        "Who words the skills: template, llm, or auto: llm with a model. A small model is best used as a writer over"
        " mined evidence: --analyst mined --writer llm."
    ),
    "judge_model": "Model that scores what a model says by its effect: same, none, or named as for --model.",
    "embedder": "Embedder: static, hashing, or the path of a sentence-transformers model.",
    "algorithm": "How lessons are grouped: auto, hdbscan or linkage.",
    "workspace": "Folder of the run store.",
    "min_support": "Trajectories an inferred rule needs before it enters a skill's body.",
    "server_hosts": "Hosts beside this machine on which a model server may be named, parted by commas.",
    "seed": "Seed of everything random.",
    "executor": "Where trajectories are analysed: local (in this process) or ray (in actors of Ray).",
    "actors": "With --executor ray: actors, each with a loaded model of its own.",
    "gpus_per_actor": "With --executor ray: GPUs an actor takes, or a part of one; 0 for none.",
}
_MAP_HELP = "Read every file by this map, which says where its runs, steps and calls are; see `t2s read --suggest-map`."
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


_LEAST = {"min_support": 1, "actors": 1}
_CHOICES = {"analyst": ("auto", "mined", "llm", "both"), "writer": ("auto", "template", "llm")}


def _type_of(name: str, default: object) -> Any:  # noqa: ANN401 - what click takes for a type
    if name in _CHOICES:
        return click.Choice(_CHOICES[name])
    if name in _LEAST:
        return click.IntRange(min=_LEAST[name])
    return click.FloatRange(min=0) if isinstance(default, float) else type(default)


def setting(name: str, *, callback: Callable[..., Any] | None = None) -> Decorator:
    """Return an option ``--name`` with the default of :class:`t2s_local.config.Settings`; ``T2S_NAME`` sets it too.

    Args:
        name: Name of the setting.
        callback: Called with the context, the option and the value; returns the value to use.
    """
    default = config.defaults()[name]
    return click.option(
        f"--{name.replace('_', '-')}",
        name,
        default=default,
        type=_type_of(name, default),
        envvar=f"T2S_{name.upper()}",
        show_default=True,
        help=HELP[name],
        callback=callback,
        shell_complete=complete_model if name in {"model", "judge_model"} else None,
    )


def _existing_workspace(context: click.Context, option: click.Parameter, value: str) -> str:
    """Return the workspace of this machine's conversations if none is named and the current folder has none."""
    is_named = context.get_parameter_source(option.name or "") is not ParameterSource.DEFAULT
    return value if is_named else str(workspace_to_read(Path(value)))


stored_workspace = setting("workspace", callback=_existing_workspace)
"""Option ``--workspace`` of commands that read stored runs."""


def workspace_behind(library: Path | None, workspace: str) -> Path:
    """Return the named workspace, else the workspace noted in the library or a library below it, else the default."""
    is_named = click.get_current_context().get_parameter_source("workspace") is not ParameterSource.DEFAULT
    if is_named or library is None or not library.is_dir():
        return Path(workspace)
    noted = (
        found
        for place in (library, *libraries_below(library))
        if (found := workspace_of(place)) is not None and (found / STORE).exists()
    )
    return next(noted, Path(workspace))


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
json_lines_option = click.option("--json", "as_json", is_flag=True, help="Print JSON Lines, one object a line.")
verbose_option = click.option(
    "--verbose", "-v", is_flag=True, help="Name every file and every kind of record that was left out."
)
quiet_option = click.option("--quiet", "-q", is_flag=True, envvar="T2S_QUIET", help="No progress on stderr.")


def file_settings(*, faults: list[UsageError] | None = None) -> dict[str, tuple[object, str]]:
    """Return the settings in the user's and the project's file, each with its file; the project's file has priority.

    Args:
        faults: List to which the error of a faulty file is added; the file then counts as empty. None to raise the
            error.

    Raises:
        UsageError: a file is faulty, and *faults* is None.
    """
    own: dict[str, object] = {}
    found: dict[str, tuple[object, str]] = {}
    for path in (config.user_file(), config.PROJECT_FILE):
        try:
            is_own = path != config.PROJECT_FILE
            values = config.read_settings_file(path) if is_own else config.read_project_file(path, own)
        except UsageError as fault:
            if faults is None:
                raise
            faults.append(fault)
            continue
        own = own or values
        found |= {name: (value, str(path)) for name, value in values.items()}
    return found


def project_settings() -> str | None:
    """Return a phrase with the settings that the project's file sets for this command; None if it sets none."""
    context = click.get_current_context()
    decided = [
        f"{name} = {value}"
        for name, (value, origin) in file_settings().items()
        if origin == str(config.PROJECT_FILE)
        and context.get_parameter_source(name) is ParameterSource.DEFAULT_MAP
        and value != config.defaults()[name]
    ]
    return f"{config.PROJECT_FILE} of this folder sets {', '.join(decided)}." if decided else None


def all_settings(*, faults: list[UsageError] | None = None) -> dict[str, tuple[object, str]]:
    """Return every setting with its value and source, without flags; *faults* as for :func:`file_settings`."""
    found: dict[str, tuple[object, str]] = {name: (value, "default") for name, value in config.defaults().items()}
    found |= file_settings(faults=faults)
    for name in found:
        variable = f"T2S_{name.upper()}"
        if variable in os.environ:
            found[name] = (os.environ[variable], variable)
    return found


def command_line() -> tuple[str, ...]:
    """Return the words of the command line that :func:`t2s_local.cli.main` was called with."""
    context = click.get_current_context(silent=True)
    words = context.find_root().obj if context is not None else None
    return tuple(words) if isinstance(words, tuple) else ("t2s",)


def known_format(context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Return the name of a format as it is.

    Raises:
        UsageError: there is no format of that name.
    """
    if value is not None and not context.resilient_parsing:
        registry.load("t2s_local.formats", value)
    return value


def format_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option ``--format`` with the name of the format of all files, passed as ``format_name``."""
    return click.option(
        "--format",
        "format_name",
        is_eager=True,
        callback=known_format,
        shell_complete=complete_format,
        help="Format of the files; found out by content where it is not given.",
    )(command)


def map_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option ``--map`` with the map to read files by, passed as ``layout``; excludes ``--format``."""
    return click.option(
        "--map", "layout", metavar="FILE.toml", type=click.Path(path_type=Path), help=_MAP_HELP, callback=_read_map
    )(command)


def _read_map(context: click.Context, _: click.Parameter, value: Path | None) -> Layout | None:
    from t2s_local.stages.reading.map_file import read_map

    if value is None:
        return None
    if context.params.get("format_name") is not None:
        message = "--map and --format say two things"
        raise UsageError(message, hint="Leave one of them out.")
    return read_map(value)
