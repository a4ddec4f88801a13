"""List the files at or below some paths."""

from collections.abc import Sequence
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.files import LeftOutError, files_under, printable
from t2s_local.ports.format import Quarantined
from t2s_local.records.sqlite import logs_of
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.values.value import Value


class FileListing(Value, frozen=True, kw_only=True):
    """The files at or below some paths."""

    files: tuple[Path, ...]
    """Files in canonical order, each once."""
    quarantined: tuple[Quarantined, ...]
    """Folders that could not be listed."""
    left_out: tuple[Unrecognised, ...] = ()
    """Paths that are no regular files and were not opened: pipes, devices, links to other places."""

    @property
    def n_files(self) -> int:
        """Number of files, including those left out."""
        return len(self.files) + len(self.left_out)


def find(paths: Sequence[Path]) -> FileListing:
    """List the files at or below *paths*, sorted by path, each once; a database is listed with its log files.

    Raises:
        InputError: one of *paths* does not exist.
    """
    files: dict[str, Path] = {}
    failed: list[Quarantined] = []
    left_out: dict[str, Unrecognised] = {}
    for path in paths:
        for item in files_under(path):
            if isinstance(item, LeftOutError):
                name = printable(str(item.path))
                left_out.setdefault(name, Unrecognised(path=name, seen=item.message))
            elif isinstance(item, InputError):
                failed.append(Quarantined(path=printable(str(item.path)), line=None, reason=item.message))
            else:
                files |= {str(file.absolute()): file for file in (item, *logs_of(item))}
    ordered = sorted(files.values(), key=lambda file: file.as_posix())
    named = {*map(str, ordered)}
    odd = tuple(left_out[path] for path in sorted(left_out) if path not in named)
    return FileListing(files=tuple(ordered), quarantined=tuple(failed), left_out=odd)
