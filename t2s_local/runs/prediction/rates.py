"""Store measured rates and predictions of runs on this machine in the user's cache folder."""

import contextlib
import os
import platform
import shutil
import statistics
from pathlib import Path
from typing import TypeVar

import msgspec

from t2s_local.errors import T2SError
from t2s_local.files import private_folder, write_atomic
from t2s_local.ports.tools import Tools
from t2s_local.runs.prediction.predict import Prediction, Rates
from t2s_local.values.value import Value, digest

T = TypeVar("T")

_MOST = 50
_COMPARED = 5
"""Number of last runs that the correction is computed from: one run on a busy machine must not change the median."""


class KnownRates(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Stored rates, predictions and corrections of this machine."""

    rates: dict[str, Rates] = msgspec.field(default_factory=dict)
    """Rates of the last whole run, by plug-ins and main input format, and by plug-ins alone."""
    predictions: dict[str, Prediction] = msgspec.field(default_factory=dict)
    """Predictions of dry runs, by run id."""
    ratios: dict[str, tuple[float, ...]] = msgspec.field(default_factory=dict)
    """Measured over predicted (uncorrected) time of the last runs, by plug-ins."""


def rates_file() -> Path:
    """Return the path of the file of rates, whether it exists or not."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("t2s")) / "rates.json"


def measured(tools: Tools, format_name: str | None = None) -> Rates | None:
    """Return the rates of the last whole run with these plug-ins, if possible on the same format.

    None if there was no whole run with these plug-ins.
    """
    known = _stored().rates
    return known.get(f"{_key(tools)} {format_name}") or known.get(_key(tools))


def of_format(tools: Tools, format_name: str | None) -> Rates | None:
    """Return the rates of the last whole run with these plug-ins on that format; None if there was none."""
    return _stored().rates.get(f"{_key(tools)} {format_name}")


def of_any_format(tools: Tools) -> tuple[Rates, ...]:
    """Return the rates of the last whole run of each format with these plug-ins."""
    return tuple(rates for key, rates in _stored().rates.items() if key.startswith(f"{_key(tools)} "))


def remember(tools: Tools, rates: Rates, format_name: str | None) -> None:
    """Store the rates of a whole run; nothing is stored if the cache cannot be written."""
    known = _stored()
    _store(
        msgspec.structs.replace(
            known, rates=_with(known.rates, {_key(tools): rates, f"{_key(tools)} {format_name}": rates})
        )
    )


def predicted(run_id: str) -> Prediction | None:
    """Return the prediction of a dry run for a run; None if there was no dry run."""
    return _stored().predictions.get(run_id)


def remember_prediction(run_id: str, prediction: Prediction) -> None:
    """Store the prediction of a dry run for a run."""
    known = _stored()
    _store(msgspec.structs.replace(known, predictions=_with(known.predictions, {run_id: prediction})))


def remember_ratio(tools: Tools, ratio: float) -> None:
    """Store the ratio of measured to predicted time of a run."""
    known, key = _stored(), _key(tools)
    ratios = (*known.ratios.get(key, ()), ratio)[-_COMPARED:]
    _store(msgspec.structs.replace(known, ratios=_with(known.ratios, {key: ratios})))


def correction(tools: Tools) -> tuple[float, int]:
    """Return the median of measured over predicted time of the last runs (1.0 if there is none), and their number."""
    ratios = _stored().ratios.get(_key(tools), ())
    return (statistics.median(ratios), len(ratios)) if ratios else (1.0, 0)


def _with(known: dict[str, T], new: dict[str, T]) -> dict[str, T]:
    kept = {name: value for name, value in known.items() if name not in new}
    return dict([*kept.items(), *new.items()][-_MOST:])


def _store(known: KnownRates) -> None:
    with contextlib.suppress(T2SError):
        private_folder(rates_file().parent)
        write_atomic(rates_file(), msgspec.json.encode(known))


def free_disk(folder: Path) -> int:
    """Return the free bytes on the disk of *folder*, which need not exist yet."""
    there = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    return shutil.disk_usage(there).free


def free_memory() -> int:
    """Return the bytes of memory that are available without swapping."""
    import psutil

    return int(psutil.virtual_memory().available)


def _key(tools: Tools) -> str:
    names = (
        tools.executor,
        tools.analyst.name,
        tools.analyst.version,
        tools.embedder.digest,
        tools.clusterer.name,
        tools.writer.name,
    )
    return digest(platform.node(), platform.machine(), str(os.cpu_count()), *names)


def _stored() -> KnownRates:
    try:
        return msgspec.json.decode(rates_file().read_bytes(), type=KnownRates)
    except (OSError, msgspec.DecodeError):
        return KnownRates()
