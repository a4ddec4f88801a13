"""Store the results of models of this machine that were tried with sample questions, in the user's cache folder."""

from pathlib import Path

import msgspec

from t2s_local.errors import T2SError
from t2s_local.files import private_folder, write_atomic
from t2s_local.values.value import Value
from t2s_local.weights.catalog import InstalledModel


class KeptTry(Value, frozen=True, kw_only=True):
    """Stored result of asking a model the sample questions."""

    asked: int
    right: int
    seconds: float

    @property
    def rank(self) -> tuple[float, float]:
        """Sort key: share of right answers, then speed; larger is better."""
        return (self.right / self.asked, -self.seconds / self.asked)


def keep(path: Path, found: KeptTry) -> None:
    """Store the result of the model at *path*; nothing is stored if the cache folder cannot be written."""
    kept = _tries() | {_key(path): found}
    try:
        private_folder(_file().parent)
        write_atomic(_file(), msgspec.json.encode(kept))
    except (T2SError, OSError):
        return


def best_tried(models: tuple[InstalledModel, ...]) -> tuple[InstalledModel, KeptTry] | None:
    """Return the best tried model of *models* with its result; None if none was tried in its current state."""
    kept = _tries()
    tried = [(model, kept[key]) for model in models if (key := _key(model.path.absolute())) in kept]
    return max(tried, key=lambda pair: pair[1].rank, default=None)


def _key(path: Path) -> str:
    """Return a key of the file in its current state: a replaced file counts as not tried."""
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
