"""Results of models of this machine that were tried with our questions, kept beside the user's other caches."""

from pathlib import Path

import msgspec

from t2s_local.errors import T2SError
from t2s_local.files import private_folder, write_atomic
from t2s_local.values.value import Value
from t2s_local.weights.catalog import InstalledModel


class KeptTry(Value, frozen=True, kw_only=True):
    """Result of asking a model our questions."""

    asked: int
    right: int
    seconds: float

    @property
    def rank(self) -> tuple[float, float]:
        """Share of right answers, and among equals the faster."""
        return (self.right / self.asked, -self.seconds / self.asked)


def keep(path: Path, found: KeptTry) -> None:
    """Keep what the model at *path* made of our questions, where there is a folder for it."""
    kept = _tries() | {_key(path): found}
    try:
        private_folder(_file().parent)
        write_atomic(_file(), msgspec.json.encode(kept))
    except (T2SError, OSError):
        return


def best_tried(models: tuple[InstalledModel, ...]) -> tuple[InstalledModel, KeptTry] | None:
    """Return the one of *models* that did best when it was tried, and how; None where none was tried as it is now."""
    kept = _tries()
    tried = [(model, kept[key]) for model in models if (key := _key(model.path.absolute())) in kept]
    return max(tried, key=lambda pair: pair[1].rank, default=None)


def _key(path: Path) -> str:
    """The file as it is now: another one in its place was not tried."""
    found = path.stat()
    return f"{path} {found.st_size} {found.st_mtime_ns}"


def _file() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("t2s")) / "tries.json"


def _tries() -> dict[str, KeptTry]:
    try:
        return msgspec.json.decode(_file().read_bytes(), type=dict[str, KeptTry])
    except (OSError, msgspec.DecodeError):
        return {}
