"""Input files of a run, listed once, with the sizes and digests that identify them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.files import file_digest, files_under, printable
from t2s_local.ports.format import Quarantined
from t2s_local.stages.intake.reader import Input
from t2s_local.stages.reading.find import find
from t2s_local.stages.reading.label_files import load_labels
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.values.layout import Layout
from t2s_local.values.value import Value


class Stamp(Value, frozen=True, kw_only=True):
    """State of a file on the disk; a different stamp means that the file was written to or replaced."""

    inode: int
    size: int
    """Size of the file in bytes."""
    changed: int
    """Time of the last change of the content, nanoseconds since 1970."""


class InputFile(Value, frozen=True, kw_only=True):
    """One file of a run."""

    path: Path
    stamp: Stamp | None
    """State of the file on the disk; None if the file does not exist."""
    sha256: str | None
    """SHA-256 of the content; None if the file cannot be read."""


class Inputs(Value, frozen=True, kw_only=True):
    """All input files of a run, in their state when the run began."""

    files: tuple[InputFile, ...]
    """In canonical order, each once."""
    label_files: tuple[InputFile, ...]
    """Files that state how runs ended; empty if none are named."""
    labels: Path | None
    """File or folder of labels, as the user named it; None if none is named."""
    unlisted: tuple[Quarantined, ...]
    """Folders that could not be listed."""
    left_out: tuple[Unrecognised, ...] = ()
    """Paths that are no regular files and were not opened."""

    @property
    def n_bytes(self) -> int:
        """Number of bytes of all files together."""
        return sum(file.stamp.size for file in self.files if file.stamp is not None)

    @property
    def digests(self) -> tuple[tuple[str, str | None], ...]:
        """Name and SHA-256 of every file; the SHA-256 is None for a file that cannot be read."""
        return tuple((printable(file.path), file.sha256) for file in self.files)

    @property
    def labels_digest(self) -> str | None:
        """Digest of the label files; None if none are named."""
        return None if self.labels is None else "".join(file.sha256 or "" for file in self.label_files)

    def source(self, format_name: str | None, layout: Layout | None = None) -> Input:
        """Return the files and their labels in the form that intake reads.

        Args:
            format_name: Format of the files; None to detect it for each file.
            layout: Map that states where in the files the runs are; None for none.

        Raises:
            InputError: the file of labels contains no label.
        """
        return Input(
            files=tuple(file.path for file in self.files if file.path != self.labels),
            format_name=format_name,
            layout=layout,
            unreadable=frozenset(file.path for file in self.files if file.sha256 is None),
            labels=load_labels(self.labels),
            unlisted=self.unlisted,
            left_out=self.left_out,
            n_found=len(self.files) + len(self.left_out),
        )

    def refuse_changed(self) -> None:
        """Refuse the whole input if a file changed since it was listed.

        Raises:
            InputError: a file was removed, replaced or written to; the message names the file.
        """
        for file in (*self.files, *self.label_files):
            now = _stamp(file.path)
            if now != file.stamp:
                message = "was removed while it was read" if now is None else "changed while it was read"
                hint = "Nothing of it counts. Repeat the command when it is whole."
                raise InputError(message, path=file.path, hint=hint)


def refuse_missing(paths: Iterable[Path]) -> None:
    """Refuse paths that do not exist, before any work is done.

    Raises:
        InputError: one of *paths* does not exist, or is neither a file nor a folder.
    """
    for path in paths:
        next(files_under(path), None)


def list_inputs(paths: Sequence[Path], *, labels: Path | None) -> Inputs:
    """List the files at or below *paths*, and read each once to compute its digest.

    Raises:
        InputError: one of *paths* or *labels* does not exist, or a file of labels cannot be read.
    """
    listed = find(paths)
    named = () if labels is None else [path for path in files_under(labels) if isinstance(path, Path)]
    stamps = [_stamp(path) for path in listed.files]
    return Inputs(
        files=tuple(
            InputFile(path=path, stamp=stamp, sha256=_digest(path))
            for path, stamp in zip(listed.files, stamps, strict=True)
        ),
        label_files=tuple(InputFile(path=path, stamp=_stamp(path), sha256=file_digest(path)) for path in named),
        labels=labels,
        unlisted=listed.quarantined,
        left_out=listed.left_out,
    )


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return Stamp(inode=status.st_ino, size=status.st_size, changed=status.st_mtime_ns)


def _digest(path: Path) -> str | None:
    try:
        return file_digest(path)
    except InputError:
        return None
