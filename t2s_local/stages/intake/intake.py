"""Files in, a corpus out: read, labelled, without secrets, screened and stored; nothing unbounded in memory.

Every trajectory is looked at twice: a secret that shows in the last file must be gone from the first one before that
is stored. Small inputs are held between the two looks, of large ones the files are read again, side by side in several
processes.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from t2s_local.errors import InputError
from t2s_local.ports.services import Progress, TrajectoryStore
from t2s_local.processes.worker_pool import usable_cores
from t2s_local.safety.redaction.sanitise import Sanitiser
from t2s_local.stages.conversations.assemble import Assembler, JoinedRun, Key
from t2s_local.stages.intake.batch import IntakeBatch, ScreenedBatch, labelled, screen_batch
from t2s_local.stages.intake.catalogue import Catalogue, Report
from t2s_local.stages.intake.corpus import HELD, Corpus, Outline
from t2s_local.stages.intake.parallel import ParallelReader
from t2s_local.stages.intake.reader import Input, Reader
from t2s_local.stages.intake.serial import SerialReader
from t2s_local.values.funnel import Loss, tally
from t2s_local.values.trajectory import Label
from t2s_local.values.value import Value

KIND = "intake"
LATEST = "latest intake"
"""The intake that wrote the stored trajectories last: another one may have redacted them by other rules."""
_MOST = 8
"""Processes beyond which the one that stores is what takes longest."""


class Intake(Value, frozen=True, kw_only=True):
    """The input as far as it is known once it is read."""

    outlines: tuple[Outline, ...]
    """Of the trajectories analysts may see, by id."""
    n_trajectories: int
    """Those set aside included."""
    losses: tuple[Loss, ...]
    report: Report
    redactions: dict[str, int]
    redaction_digest: str
    """Digest of the redaction rules and values applied; part of the key extractions are stored under."""

    def corpus(self, shelf: TrajectoryStore) -> Corpus:
        """Return the trajectories, to be loaded from *shelf*."""
        return Corpus(self.outlines, shelf)


def process_count(files: Sequence[Path]) -> int:
    """Return how many processes take in *files*: 1, which is this one, for few bytes or on one core."""
    size = sum(file.stat().st_size for file in files if file.is_file())
    return 1 if size <= HELD else min(usable_cores(), len(files), _MOST)


def take_in(
    source: Input,
    *,
    sanitiser: Sanitiser,
    shelf: TrajectoryStore,
    key: str,
    progress: Progress,
    check: Callable[[], None] = lambda: None,
) -> Intake:
    """Read the files of *source* into *shelf*; where that was done before under *key*, nothing is read.

    Args:
        source: The files, and labels for them.
        sanitiser: Takes out secrets; used up afterwards.
        shelf: Where trajectories and the result are stored.
        key: Identifies the bytes of the files and all that is done to them here.
        progress: Told how far the reading is, in files, each twice.
        check: Raises where a file is no longer what *key* says; called when all is read, before that counts.

    Raises:
        InputError: a file changed while it was read, or it cannot be read though it was a moment ago.
        InterruptedRunError: the user wants the run to stop.
    """
    stored = shelf.item(KIND, key)
    if stored is not None and shelf.item(LATEST, LATEST) == key.encode():
        return msgspec.json.decode(stored, type=Intake)
    size = source.n_processes or process_count(source.files)
    with closing(_reader(source, sanitiser, progress, size)) as reader:
        progress.stage("read", len(source.files) * 2)
        before = (*source.labels.quarantined, *source.unlisted)
        catalogue: Catalogue[None] = Catalogue(lambda _: None, quarantined=before, left_out=source.left_out)
        for item in reader.look():
            catalogue.add(item)
        entries, joined_runs, report = catalogue.sorted(source.labels, n_files=source.n_found, again=reader.recordings)
        shelf.put_item(LATEST, LATEST, b"")
        labels = {entry.key: entry.label for entry in entries}
        losses, outlines = _store(labels, joined_runs, reader, sanitiser, shelf)
    check()
    intake = Intake(
        outlines=tuple(sorted(outlines, key=lambda item: item.id)),
        n_trajectories=len(entries),
        losses=sanitiser.without_secrets(tally(losses)),
        report=sanitiser.without_secrets(report),
        redactions=sanitiser.redactions,
        redaction_digest=sanitiser.digest,
    )
    shelf.put_item(KIND, key, msgspec.json.encode(intake))
    shelf.put_item(LATEST, LATEST, key.encode())
    return intake


def _reader(source: Input, sanitiser: Sanitiser, progress: Progress, size: int) -> Reader:
    if size == 1:
        return SerialReader(source, sanitiser=sanitiser, progress=progress)
    return ParallelReader(source, sanitiser=sanitiser, progress=progress, size=size)


def _store(
    labels: Mapping[Key, Label | None],
    joined_runs: Sequence[JoinedRun],
    reader: Reader,
    sanitiser: Sanitiser,
    shelf: TrajectoryStore,
) -> tuple[list[Loss], list[Outline]]:
    """Store the trajectories that *labels* names, each once.

    Raises:
        InputError: one of them is gone from its file.
    """
    shelved = _Shelved(shelf)
    assembler, batch = Assembler(joined_runs), IntakeBatch()
    fragments = frozenset(fragment.key for run in joined_runs for fragment in run)
    for item in reader.cleaned(labels, fragments):
        if isinstance(item, ScreenedBatch):
            shelved.put(item)
            continue
        for run in assembler.assembled([item]):
            key = (run.id, run.source)
            if key in labels:
                batch.add(key, sanitiser.clean(labelled(run, labels[key])))
            if batch.is_full:
                shelved.put(screen_batch(batch.drained()))
    shelved.put(screen_batch(batch.drained()))
    missing = labels.keys() - shelved.keys
    if missing:
        message = "changed while it was read"
        raise InputError(message, path=min(source for _, source in missing), hint="Repeat the command.")
    return shelved.losses, shelved.outlines


class _Shelved:
    """Batches on the shelf, each once, and what is known of them."""

    def __init__(self, shelf: TrajectoryStore) -> None:
        self.keys: set[Key] = set()
        self.outlines: list[Outline] = []
        self.losses: list[Loss] = []
        self._shelf = shelf
        self._tasks: dict[str, str] = {}

    def put(self, batch: ScreenedBatch) -> None:
        """Store *batch* unless it came before."""
        if not batch.rows or not self.keys.isdisjoint(batch.keys):
            return
        self.keys.update(batch.keys)
        self.losses += batch.losses
        for outline in batch.outlines:
            task = None if outline.task is None else self._tasks.setdefault(outline.task, outline.task)
            self.outlines.append(msgspec.structs.replace(outline, task=task))
        self._shelf.put_trajectories(batch.rows)
