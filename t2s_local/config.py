"""Settings, from the first of: option, environment, project file, user file, and the default in this module."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import msgspec

from t2s_local.errors import InputError, UsageError
from t2s_local.files import open_regular
from t2s_local.values.value import Value

PROJECT_FILE = Path("t2s.toml")
_LARGEST = 1 << 20
"""Largest size of a settings file in bytes; a real file has a dozen settings."""
_HINT = "`t2s config show` lists the settings."


class Settings(Value, frozen=True, kw_only=True):
    """Settings of a run; each docstring gives the reason of the default."""

    model: str = "auto"
    """The largest installed model that runs and fits into memory, otherwise none: the mined analyst needs no model."""
    analyst: Literal["auto", "mined", "llm", "both"] = "auto"
    """Both analysts with a model, only the mined one without: lessons that code finds are kept beside a model's."""
    writer: Literal["auto", "template", "llm"] = "auto"
    """With a model, the model words the rules and code checks them; without one, the rules come from a template."""
    judge_model: str = "same"
    """The model that reads also scores, so that memory contains one model; a smaller model would score faster."""
    embedder: str = "static"
    """The embedder in the package, which loads in 0.1 s and groups planted lessons as well as MiniLM does."""
    algorithm: str = "auto"
    """Linkage for few lessons, HDBSCAN for many: linkage is better up to about 300 lessons, HDBSCAN above."""
    workspace: str = ".t2s"
    """A folder beside the work, so that two projects never share lessons by accident."""
    min_support: Annotated[int, msgspec.Meta(ge=1)] = 3
    """Three independent trajectories must support a rule before a skill orders agents to follow it."""
    server_hosts: str = ""
    """Other hosts on which model servers are allowed, separated by commas: none unless the user allows them."""
    seed: int = 0
    """A fixed seed, so that the same input gives the same bytes."""
    executor: str = "local"
    """One process with one model: Ray takes 10 s to start, which is worth it only with several GPUs or machines."""
    actors: Annotated[int, msgspec.Meta(ge=1)] = 2
    """Two, the least number that shares work; only the user knows how many fit on the machines."""
    gpus_per_actor: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    """No GPU unless asked: many machines have none, and Ray waits for ever for missing GPUs."""


def user_file() -> Path:
    """Return the path of the user's settings file, which may not exist."""
    import platformdirs

    return Path(platformdirs.user_config_dir("t2s")) / "config.toml"


def allowed_hosts() -> tuple[str, ...]:
    """Return the hosts beside this machine that the user's own settings allow a model server on.

    They are read from the variable ``T2S_SERVER_HOSTS`` or the user's file, never from the file of a project.

    Raises:
        UsageError: the user's file is no valid settings file.
    """
    own = read_settings_file(user_file()).get("server_hosts", defaults()["server_hosts"])
    named = os.environ.get("T2S_SERVER_HOSTS", str(own))
    return tuple(host.strip() for host in named.split(",") if host.strip())


def read_settings_file(path: Path) -> dict[str, object]:
    """Return the settings in a file, checked; empty if there is no such file.

    Raises:
        UsageError: the path is no regular file, or the file is too large, not TOML, or has an unknown setting or an
            invalid value.
    """
    try:
        with open_regular(path) as stream:
            data = stream.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            message = "too large for a settings file"
            raise UsageError(message, path=path, hint=_HINT)
        values = _parsed(data.decode("utf-8"), path)
        msgspec.convert(values, Settings)
    except InputError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return {}
        raise UsageError(error.message, path=path, hint=_HINT) from error
    except RecursionError as error:
        message = "nested too deeply"
        raise UsageError(message, path=path, hint=_HINT) from error
    except UnicodeDecodeError as error:
        raise UsageError(str(error), path=path, hint=_HINT) from error
    except msgspec.ValidationError as error:
        message, key = _in_words(str(error))
        raise UsageError(message, path=path, line=_line_of(key, data.decode("utf-8")), hint=_HINT) from error
    return values


def _parsed(text: str, path: Path) -> dict[str, object]:
    """Return the values in a TOML file; its parser is loaded only where there is such a file.

    Raises:
        UsageError: *text* is not TOML.
    """
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said, _, place = str(error).partition(" (at ")
        line = re.match(r"line (\d+)", place)
        message = f"not TOML: {said[:1].lower()}{said[1:]}"
        raise UsageError(message, path=path, line=int(line[1]) if line else None, hint=_HINT) from error


def _in_words(said: str) -> tuple[str, str]:
    """Return a readable message for msgspec's message *said*, and the name of the setting."""
    unknown = re.search(r"unknown field `(.+)`", said)
    if unknown:
        import difflib

        near = difflib.get_close_matches(unknown[1], defaults(), n=1)
        return f"there is no setting {unknown[1]!r}{f'; {near[0]!r} is one' if near else ''}", unknown[1]
    problem, _, place = said.partition(" - at `$.")
    key = place.rstrip("`")
    return f"{key}: {problem[:1].lower()}{problem[1:]}" if key else said, key


def _line_of(key: str, text: str) -> int | None:
    """Return the line, from 1, on which *key* is set in the TOML file *text*; None if it is not found."""
    lines = text.splitlines()
    return next((at for at, line in enumerate(lines, 1) if re.match(rf"""\s*["']?{re.escape(key)}\b""", line)), None)


def read_project_file(path: Path, before: Mapping[str, object]) -> dict[str, object]:
    """Return the settings in the file of the current folder; empty if there is no such file.

    Args:
        path: The file. It may have come with someone else's project, so a link is not followed.
        before: Settings that apply without this file, by name.

    Raises:
        UsageError: as for :func:`read_settings_file`, or the file has a setting that only the user may change.
    """
    if path.is_symlink():
        message = "a link, and no file of the project"
        raise UsageError(message, path=path, hint="Put a file there, or move the link away.")
    values = read_settings_file(path)
    check_project_values(values, path, before)
    return values


def check_project_values(values: Mapping[str, object], path: Path, before: Mapping[str, object]) -> None:
    """Refuse settings that only the user may change, but not the settings file of a project.

    Such a file must not name a path to read or to write, a server or an executor, or require less support for rules
    than the user does.

    Raises:
        UsageError: the file has such a setting.
    """
    if values.get("executor", "local") != "local":
        _refuse("name an executor", "executor", path)
    for name in ("model", "judge_model", "embedder"):
        value = str(values.get(name, ""))
        if _may_be_path(value):
            _refuse(f"name a {'server' if '://' in value else 'path'} as {name}", name, path)
    if values.get("server_hosts"):
        message = "a project's file cannot allow a server"
        raise UsageError(message, path=path, hint=f"Put server_hosts into your own file ({user_file()}).")
    default = defaults()["workspace"]
    if values.get("workspace", default) != default:
        _refuse("name the workspace", "workspace", path)
    least = before.get("min_support", defaults()["min_support"])
    asked = values.get("min_support", least)
    if isinstance(asked, int) and isinstance(least, int) and asked < least:
        _refuse(f"lower min_support from {least} to {asked}", "min_support", path)


def _may_be_path(value: str) -> bool:
    """Return whether *value* can be the path of a file or folder."""
    looks_like_one = any(mark in value for mark in "/\\~") or value.lower().endswith(".gguf")
    return bool(value) and (looks_like_one or "\0" in value or Path(value).exists() or Path(value).is_symlink())


def _refuse(what: str, name: str, path: Path) -> NoReturn:
    option = name.replace("_", "-")
    hint = f"Use --{option}, T2S_{name.upper()}, or your own file ({user_file()})."
    message = f"a project's file cannot {what}"
    raise UsageError(message, path=path, hint=hint)


def defaults() -> dict[str, object]:
    """Return the default of every setting, by name."""
    return msgspec.structs.asdict(Settings())
