"""The protocol of intake's readers: look at all files once, then hand over what is in them, clean."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from t2s_local.errors import InputError
from t2s_local.files import printable
from t2s_local.ports.format import Quarantined, Reading
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
    """Files to be taken in, and how to read them."""

    files: tuple[Path, ...]
    """In canonical order, each once; files of labels are none of them."""
    format_name: str | None = None
    """The format to read them as, found out file by file where it is None."""
    layout: Layout | None = None
    """The map to read them by, whatever their format; None for none."""
    unreadable: frozenset[Path] = frozenset()
    """Files that are known not to be readable; any other one must be."""
    labels: Labels = NO_LABELS
    """Labels from files; they outrank what the recordings say."""
    unlisted: tuple[Quarantined, ...] = ()
    """Folders that could not be listed."""
    left_out: tuple[Unrecognised, ...] = ()
    """What is no file to be read; it was not opened."""
    n_found: int
    """Files that were found, those of labels included."""
    n_processes: int | None = None
    """Processes that read side by side; None for as many as pay."""


class Reader(Protocol):
    """Reads every file of an input twice: a secret seen in the last file must be gone from the first one."""

    def look(self) -> Iterator[Seen]:
        """Yield what is in the files, in their order, a glimpse for every trajectory; note all secrets.

        Raises:
            InputError: a file cannot be read.
        """

    def recordings(self, wanted: frozenset[Key]) -> Iterator[Trajectory]:
        """Yield recordings again: at least all in *wanted*, possibly more."""

    def cleaned(
        self, labels: Mapping[Key, Label | None], fragments: frozenset[Key]
    ) -> Iterator[ScreenedBatch | Trajectory]:
        """Yield the recordings that *labels* names, clean and in batches, each at least once.

        Args:
            labels: Label of every recording to hand over.
            fragments: Recordings that runs are put together of; they are yielded as they are.
        """

    def close(self) -> None:
        """End whatever was started."""


def glimpsed(run: Trajectory) -> Glimpse[None]:
    """Return a glimpse of *run* that keeps nothing beside what tells which trajectories stay."""
    return glimpse(run, lambda _: None)


def noted(sanitiser: Sanitiser, run: Trajectory) -> Quarantined | None:
    """Let *sanitiser* look at *run*; where it holds more secrets than can be taken out, say so."""
    try:
        sanitiser.look(run)
    except InputError as error:
        return Quarantined(path=run.source, line=None, reason=error.message)
    return None


def checked(item: Seen, file: Path, source: Input) -> Seen:
    """Return *item*.

    Raises:
        InputError: it says that *file* cannot be read, which was not known.
    """
    if isinstance(item, Unreadable) and file not in source.unreadable:
        raise InputError(item.reason, path=file, hint="Repeat the command: what was stored is kept.")
    return item


def holding(files: Sequence[Path], wanted: frozenset[Key]) -> list[Path]:
    """Return those of *files* that hold the wanted recordings, by themselves or as archives."""
    sources = {source for _, source in wanted}
    inside = {str(folder) for source in sources for folder in Path(source).parents}
    return [file for file in files if printable(file) in sources or printable(file) in inside]
