"""Digests of model files at the time of their download, to notice later changes."""

from pathlib import Path
from typing import Literal

import msgspec

from t2s_local.errors import InputError, ModelError
from t2s_local.files import file_digest, private_folder, write_atomic
from t2s_local.values.value import Value
from t2s_local.weights.catalog import InstalledModel

PinState = Literal["as pulled", "changed", "not pinned"]


class Pin(Value, frozen=True, kw_only=True):
    """Digest and size of a file at the time of its download."""

    sha256: str
    bytes: int
    repo: str
    revision: str


def _pins_file() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("t2s")) / "models.json"


def pins() -> dict[str, Pin]:
    """Return the pins of all downloaded files, by path.

    Raises:
        InputError: the file with the pins is damaged.
    """
    path = _pins_file()
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Pin])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(str(error), path=path, hint="Delete it, and pull your models again.") from error


def remember(path: Path, pin: Pin | None) -> None:
    """Store *pin* for *path*, or remove the stored pin if *pin* is None."""
    kept = {name: one for name, one in pins().items() if name != str(path)}
    if pin is not None:
        kept[str(path)] = pin
    private_folder(_pins_file().parent)
    write_atomic(_pins_file(), msgspec.json.format(msgspec.json.encode(kept)))


def state_of(path: Path) -> PinState:
    """Return whether *path* is unchanged since its download; reads the whole file."""
    pin = pins().get(str(path))
    if pin is None:
        return "not pinned"
    return "as pulled" if path.stat().st_size == pin.bytes and file_digest(path) == pin.sha256 else "changed"


def remove(model: InstalledModel) -> int:
    """Delete a downloaded model, both its link and its blob.

    Returns:
        The number of freed bytes.

    Raises:
        ModelError: the model belongs to another program, or was named by its path.
    """
    if model.source != "Hugging Face":
        message = f"it belongs to {model.source}" if model.source != "file" else "it is a file of your own"
        raise ModelError(message, path=model.path, hint="Delete it there.")
    freed = 0
    for part in sorted(model.path.parent.glob(model.path.name.replace("00001", "*", 1))):
        blob = part.resolve()
        freed += blob.stat().st_size
        part.unlink()
        blob.unlink(missing_ok=True)
        remember(part, None)
    return freed
