"""What runs took on this machine: measured by every whole run, kept beside the user's other caches."""

import contextlib
import os
import platform
import shutil
from pathlib import Path

import msgspec

from t2s_local.errors import T2SError
from t2s_local.files import private_folder, write_atomic
from t2s_local.stages.distill import Tools
from t2s_local.stages.predict import Rates
from t2s_local.types import digest

_MOST = 50


def rates_file() -> Path:
    """Path of the file, whether it exists or not."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("t2s")) / "rates.json"


def measured(tools: Tools) -> Rates | None:
    """What the last whole run with these plug-ins took here; None where there was none."""
    return _stored().get(_key(tools))


def remember(tools: Tools, rates: Rates) -> None:
    """Keep what a whole run took; where the cache cannot be written, nothing is kept."""
    key = _key(tools)
    stored = {name: value for name, value in _stored().items() if name != key}
    kept = dict([*stored.items(), (key, rates)][-_MOST:])
    with contextlib.suppress(T2SError):
        private_folder(rates_file().parent)
        write_atomic(rates_file(), msgspec.json.encode(kept))


def free_disk(folder: Path) -> int:
    """Bytes that can still be written where *folder* is or will be."""
    there = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    return shutil.disk_usage(there).free


def free_memory() -> int:
    """Bytes of memory that can be had without swapping."""
    import psutil

    return int(psutil.virtual_memory().available)


def _key(tools: Tools) -> str:
    names = (tools.analyst.name, tools.analyst.version, tools.embedder.digest, tools.clusterer.name, tools.writer.name)
    return digest(platform.node(), platform.machine(), str(os.cpu_count()), *names)


def _stored() -> dict[str, Rates]:
    try:
        return msgspec.json.decode(rates_file().read_bytes(), type=dict[str, Rates])
    except (OSError, msgspec.DecodeError):
        return {}
