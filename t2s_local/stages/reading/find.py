"""The files below some paths."""

from collections.abc import Sequence
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.files import files_under, printable
from t2s_local.ports.format import Quarantined
from t2s_local.records.sqlite import logs_of
from t2s_local.values.value import Value


class FileListing(Value, frozen=True, kw_only=True):
    """The files below some paths."""

    files: tuple[Path, ...]
    """In canonical order, each once."""
    quarantined: tuple[Quarantined, ...]
    """Folders that could not be listed."""


def find(paths: Sequence[Path]) -> FileListing:
    """List the files at or below *paths*, sorted by name, each once; the log of a database comes with it.

    Raises:
        InputError: one of *paths* does not exist.
    """
    files: dict[str, Path] = {}
    failed: list[Quarantined] = []
    for path in paths:
        for item in files_under(path):
            if isinstance(item, InputError):
                failed.append(Quarantined(path=printable(str(item.path)), line=None, reason=item.message))
            else:
                files |= {str(file.absolute()): file for file in (item, *logs_of(item))}
    ordered = sorted(files.values(), key=lambda file: file.as_posix())
    return FileListing(files=tuple(ordered), quarantined=tuple(failed))
