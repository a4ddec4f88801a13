"""Settings: flag, then environment, then project file, then user file, then the default that stands here."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from t2s_local.errors import UsageError
from t2s_local.values.value import Value

PROJECT_FILE = Path("t2s.toml")


class Settings(Value, frozen=True, kw_only=True):
    """What a run can be told, each default with its reason."""

    model: str = "auto"
    """The best installed model that fits, otherwise none: the embedded analyst needs no weights."""
    embedder: str = "static"
    """Ships with the package and loads in 0.1 s; groups planted lessons as well as MiniLM does."""
    algorithm: str = "auto"
    """Linkage for few lessons, HDBSCAN above: each is better on its side of about 300 lessons."""
    workspace: str = ".t2s"
    """Beside the work, so that two projects never share lessons by accident."""
    min_support: int = 3
    """A rule needs three independent trajectories before an agent is told to follow it."""
    seed: int = 0
    """Fixed, so that the same input gives the same bytes."""
    executor: str = "local"
    """One process with one model: Ray takes 10 s to start, and pays where there are several GPUs or machines."""
    actors: int = 2
    """With one there is nothing to share; how many fit, only who knows the machines can say."""
    gpus_per_actor: float = 0.0
    """None is taken unasked: many machines have none, and Ray waits for ever for what is not there."""


def user_file() -> Path:
    """Path of the user's settings file, whether it exists or not."""
    import platformdirs

    return Path(platformdirs.user_config_dir("t2s")) / "config.toml"


def read_settings_file(path: Path) -> dict[str, object]:
    """Settings a file names, checked; empty where there is no such file.

    Raises:
        UsageError: it is not TOML, or names a setting that does not exist, or a value of the wrong type.
    """
    try:
        values = tomllib.loads(path.read_text("utf-8"))
        msgspec.convert(values, Settings)
    except FileNotFoundError:
        return {}
    except RecursionError as error:
        message = "nested too deeply"
        raise UsageError(message, path=path, hint="`t2s config show` lists the settings.") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(str(error), path=path, hint="`t2s config show` lists the settings.") from error
    return values


def check_project_values(values: Mapping[str, object], path: Path) -> None:
    """Refuse what a settings file that came with somebody's project must not decide: which files are loaded or written.

    Raises:
        UsageError: the model or the embedder is a path, or the workspace lies outside the project.
    """
    if values.get("executor", "local") != "local":
        message = "a project's file cannot name an executor"
        raise UsageError(message, path=path, hint=f"Use --executor, T2S_EXECUTOR, or your own file ({user_file()}).")
    for name in ("model", "embedder"):
        value = str(values.get(name, ""))
        if "/" in value or "\\" in value or value.startswith("~") or value.endswith(".gguf"):
            message = f"a project's file cannot name a path as {name}"
            hint = f"Use --{name}, T2S_{name.upper()}, or your own file ({user_file()})."
            raise UsageError(message, path=path, hint=hint)
    workspace = Path(str(values.get("workspace", ".t2s")))
    if workspace.is_absolute() or ".." in workspace.parts or str(workspace).startswith("~"):
        message = "a project's file cannot put the workspace outside the project"
        raise UsageError(message, path=path, hint="Use --workspace or T2S_WORKSPACE.")


def defaults() -> dict[str, object]:
    """Every setting's default by name."""
    return msgspec.structs.asdict(Settings())
