"""Protocol of the readers of intake: read all files once for secrets, then yield their contents redacted."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from t2s_local.errors import InputError
from t2s_local.files import printable
from t2s_local.ports.format import Quarantined, Reading
from t2s_local.processes.memory import SPARE, memory_limited
from t2s_local.records.budget import limit_of
from t2s_local.safety.redaction.sanitise import Sanitiser
from t2s_local.stages.conversations.assemble import Key
from t2s_local.stages.intake.batch import ScreenedBatch
from t2s_local.stages.intake.catalogue import Glimpse, glimpse
from t2s_local.stages.reading.label_files import NO_LABELS, Labels
from t2s_local.stages.reading.unread import Unreadable, Unrecognised
from t2s_local.values.layout import Layout
from t2s_local.values.trajectory import Label, Trajectory
from t2s_local.values.value import Value

Seen = Reading | Unrecognised | Glimpse[None]


class Input(Value, frozen=True, kw_only=True):
    """Files to read, and settings for reading them."""

    files: tuple[Path, ...]
    """Files in canonical order, each once, without label files."""
    format_name: str | None = None
    """The format of the files; None to detect it for each file."""
    layout: Layout | None = None
    """The map to read all files by, whatever their format; None for no map."""
    unreadable: frozenset[Path] = frozenset()
    """Files that are known to be unreadable; an unreadable file that is not listed here is an error."""
    labels: Labels = NO_LABELS
    """Labels from files; they outrank the labels in the recordings."""
    unlisted: tuple[Quarantined, ...] = ()
    """Folders that could not be listed."""
    left_out: tuple[Unrecognised, ...] = ()
    """Paths that are no regular files and were not opened."""
    n_found: int
    """Number of files that were found, including label files."""
    n_processes: int | None = None
    """Number of processes that read in parallel; None to choose it by the size of the files."""


class Reader(Protocol):
    """Reads every file of an input twice, so that a secret found in the last file is removed from the first too."""

    def look(self) -> Iterator[Seen]:
        """Yield the contents of the files, in their order, with a glimpse for every trajectory; note all secrets.

        Raises:
            InputError: a file cannot be read.
        """

    def recordings(self, wanted: frozenset[Key]) -> Iterator[Trajectory]:
        """Yield recordings again: at least all in *wanted*, possibly more."""

    def cleaned(
        self, labels: Mapping[Key, Label | None], fragments: frozenset[Key]
    ) -> Iterator[ScreenedBatch | Trajectory]:
        """Yield the recordings with keys in *labels*, redacted and in batches, each at least once.

        Args:
            labels: Key of every recording to yield, with its label.
            fragments: Keys of recordings that are parts of joined runs; they are yielded without redaction.
        """

    def close(self) -> None:
        """End all processes that were started."""


def glimpsed(run: Trajectory) -> Glimpse[None]:
    """Return a glimpse of *run* with only the data that decides which trajectories are kept."""
    return glimpse(run, lambda _: None)


def noted(sanitiser: Sanitiser, run: Trajectory) -> Quarantined | None:
    """Note the secrets of *run* in *sanitiser*; return a refusal if this needs too much time or memory, else None."""
    try:
        sanitiser.look(run)
    except InputError as error:
        return Quarantined(path=run.source, line=None, reason=error.message)
    except MemoryError:
        return Quarantined(path=run.source, line=None, reason="needs more memory than there is")
    return None


def limited(file: Path) -> AbstractContextManager[None]:
    """Return a context in which a child process that reads *file* may use only a limited amount of memory."""
    return memory_limited(SPARE + 2 * limit_of(file))


def checked(item: Seen, file: Path, source: Input) -> Seen:
    """Return *item*.

    Raises:
        InputError: the item says that *file* is unreadable, and the file is not known to be.
    """
    if isinstance(item, Unreadable) and file not in source.unreadable:
        raise InputError(item.reason, path=file, hint="Repeat the command: what was stored is kept.")
    return item


def holding(files: Sequence[Path], wanted: frozenset[Key]) -> list[Path]:
    """Return the *files* that contain the wanted recordings, directly or as archives."""
    sources = {source for _, source in wanted}
    inside = {str(folder) for source in sources for folder in Path(source).parents}
    return [file for file in files if printable(file) in sources or printable(file) in inside]
