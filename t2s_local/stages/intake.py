"""Files in, a corpus out: read, labelled, without secrets, screened and stored; nothing unbounded in memory.

Every trajectory is looked at twice: a secret that shows in the last file must be gone from the first one before that
is stored. Small inputs are held between the two looks, of large ones the files are read again.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from t2s_local.errors import InputError
from t2s_local.funnel import Loss, tally
from t2s_local.ports import Reading
from t2s_local.services import Progress, Shelf
from t2s_local.stages.corpus import HELD, Corpus, Outline, outline_of
from t2s_local.stages.label_files import Labels, load
from t2s_local.stages.mend import Key, Mender, Whole
from t2s_local.stages.pile import Pile, Report, Unreadable, Unrecognised
from t2s_local.stages.poison import screen
from t2s_local.stages.read import find, holding, read_file
from t2s_local.stages.redact import Sanitiser
from t2s_local.stages.stop import heed
from t2s_local.types import Trajectory, TrajectoryId, Value

KIND = "intake"
LATEST = "latest intake"
"""The one that wrote the stored trajectories last: another one may have redacted them by other rules."""
_BATCH = 4 << 20
"""Characters of trajectories stored in one transaction."""


class Intake(Value, frozen=True, kw_only=True):
    """What is known of the input once it is read."""

    outlines: tuple[Outline, ...]
    """Of the trajectories analysts may see, by id."""
    n_trajectories: int
    """Those set aside included."""
    losses: tuple[Loss, ...]
    report: Report
    redactions: dict[str, int]
    texts: str
    """Identifies what was done to the texts."""

    def corpus(self, shelf: Shelf) -> Corpus:
        """The trajectories, to be loaded from *shelf*."""
        return Corpus(self.outlines, shelf)


def take_in(
    paths: Sequence[Path],
    *,
    format_name: str | None,
    labels: Path | None,
    sanitiser: Sanitiser,
    shelf: Shelf,
    key: str,
    unreadable: frozenset[str],
    progress: Progress,
    check: Callable[[], None] = lambda: None,
) -> Intake:
    """Read everything at or below *paths* into *shelf*; where that was done before under *key*, nothing is read.

    Args:
        paths: Files and folders.
        format_name: The format to read them as, found out file by file where it is None.
        labels: A file or folder that says how runs ended.
        sanitiser: Takes out secrets; used up afterwards.
        shelf: Where trajectories and the result are stored.
        key: Identifies the bytes of the files and all that is done to them here.
        unreadable: Files that are known not to be readable; any other one must be.
        progress: Told how far the reading is, in files, each twice.
        check: Raises where a file is no longer what *key* says; called when all is read, before that counts.

    Raises:
        InputError: one of *paths* or *labels* does not exist, a file changed while it was read, or it cannot be read
            though it was a moment ago.
        InterruptedRunError: the user wants the run to stop.
    """
    stored = shelf.item(KIND, key)
    if stored is not None and shelf.item(LATEST, "") == key.encode():
        return msgspec.json.decode(stored, type=Intake)
    reader = _Reader(paths, format_name, labels, unreadable, progress)
    rough, report = reader.look(sanitiser)
    shelf.put_item(LATEST, "", b"")
    taken = _Taken()
    for run in reader.again({(item.id, item.source): item for item in rough}):
        taken.add(sanitiser.clean(run), shelf)
    taken.store(shelf)
    check()
    intake = Intake(
        outlines=tuple(sorted(taken.outlines, key=lambda item: item.id)),
        n_trajectories=len(rough),
        losses=tally(taken.losses),
        report=report,
        redactions=sanitiser.redactions,
        texts=sanitiser.digest,
    )
    shelf.put_item(KIND, key, msgspec.json.encode(intake))
    shelf.put_item(LATEST, "", key.encode())
    return intake


class _Reader:
    """Reads the files once, and a second time where they were too much to hold."""

    def __init__(
        self,
        paths: Sequence[Path],
        format_name: str | None,
        labels: Path | None,
        unreadable: frozenset[str],
        progress: Progress,
    ) -> None:
        self._stated = load(labels) if labels is not None else Labels((), (), ())
        found = find(paths)
        self._quarantined = [*self._stated.quarantined, *found.quarantined]
        self._files = [file for file in found.files if file != labels]
        self._n_files = len(found.files)
        self._format = format_name
        self._unreadable = unreadable
        self._progress = progress
        self._held: list[Trajectory] | None = []
        self._room = HELD
        self._wholes: tuple[Whole, ...] = ()

    def look(self, sanitiser: Sanitiser) -> tuple[list[Outline], Report]:
        """Outlines of the trajectories that stay, labelled, by id."""
        pile = Pile(_rough)
        pile.quarantined += self._quarantined
        self._progress.stage("read", len(self._files) * 2)
        for file in self._files:
            for item in self._read(file):
                pile.add(item)
                if isinstance(item, Trajectory):
                    sanitiser.look(item)
                    self._hold(item)
            self._progress.step()
        result = pile.sorted(self._stated, n_files=self._n_files, again=self._pieces)
        self._wholes = pile.wholes
        return result

    def again(self, wanted: dict[tuple[TrajectoryId, str], Outline]) -> Iterator[Trajectory]:
        """The whole trajectories of *wanted*, each once, with their labels.

        Raises:
            InputError: one of them is gone from its file.
        """
        for run in Mender(self._wholes).mended(self._held if self._held is not None else self._reread()):
            outline = wanted.pop((run.id, run.source), None)
            if outline is not None:
                yield msgspec.structs.replace(
                    run, outcome=outline.outcome, score=outline.score, label_source=outline.label_source
                )
        if wanted:
            message = "changed while it was read"
            raise InputError(message, path=min(source for _, source in wanted), hint="Repeat the command.")
        if self._held is not None:
            self._progress.step(len(self._files))

    def _read(self, file: Path) -> Iterator[Reading | Unrecognised]:
        for item in read_file(file, source=str(file), format_name=self._format):
            heed(self._progress)
            if isinstance(item, Unreadable) and str(file) not in self._unreadable:
                raise InputError(item.reason, path=file, hint="Repeat the command: what was stored is kept.")
            yield item

    def _pieces(self, wanted: frozenset[Key]) -> Iterator[Trajectory]:
        if self._held is not None:
            yield from self._held
            return
        for file in holding(self._files, wanted):
            yield from (item for item in self._read(file) if isinstance(item, Trajectory))

    def _hold(self, run: Trajectory) -> None:
        self._room -= sum(len(step.text) for step in run.steps)
        if self._room < 0:
            self._held = None
        elif self._held is not None:
            self._held.append(run)

    def _reread(self) -> Iterator[Trajectory]:
        for file in self._files:
            for item in self._read(file):
                if isinstance(item, Trajectory):
                    yield item
            self._progress.step()


class _Taken:
    """Clean trajectories on their way to the shelf."""

    def __init__(self) -> None:
        self.outlines: list[Outline] = []
        self.losses: list[Loss] = []
        self._batch: list[Trajectory] = []
        self._size = 0
        self._tasks: dict[str, str] = {}

    def add(self, run: Trajectory, shelf: Shelf) -> None:
        self._batch.append(run)
        self._size += sum(len(step.text) for step in run.steps)
        if self._size >= _BATCH:
            self.store(shelf)

    def store(self, shelf: Shelf) -> None:
        """Store what has gathered, set aside what an analyst must not see."""
        screened = screen(self._batch)
        self.losses += screened.losses
        for run in screened.trajectories:
            outline = outline_of(run)
            if outline.task is not None:
                outline = msgspec.structs.replace(outline, task=self._tasks.setdefault(outline.task, outline.task))
            self.outlines.append(outline)
        shelf.put_trajectories(self._batch)
        self._batch = []
        self._size = 0


def _rough(run: Trajectory) -> Outline:
    """What tells which trajectories stay: neither texts nor cuts, which redaction and labels may still change."""
    return Outline(
        id=run.id,
        source=run.source,
        format=run.format,
        outcome=run.outcome,
        score=run.score,
        label_source=run.label_source,
    )
