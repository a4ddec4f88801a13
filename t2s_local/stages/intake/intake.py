"""Turn files into a corpus: read, label, redact, screen and store trajectories, in bounded memory.

Every trajectory is read twice, since a secret found in the last file must be removed from the first file before that is
stored. Small inputs stay in memory between the two passes; the files of large inputs are read again, in parallel in
several processes.
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
"""Key of the last intake that wrote the stored trajectories: other intakes may have used other redaction rules."""
_SHARED = ("source", "format", "task", "agent", "project", "day")
"""Fields of an outline with texts that many outlines of a run have in common."""
_MOST = 8
"""Largest number of processes; with more, the process that stores the trajectories is the bottleneck."""


class Intake(Value, frozen=True, kw_only=True):
    """Result of reading the input."""

    outlines: tuple[Outline, ...]
    """Outlines of the trajectories that analysts may see, sorted by id."""
    n_trajectories: int
    """Number of all trajectories, including trajectories set aside by screening."""
    losses: tuple[Loss, ...]
    report: Report
    redactions: dict[str, int]
    redaction_digest: str
    """Digest of the applied redaction rules and values; it is part of the keys of stored extractions."""

    def corpus(self, shelf: TrajectoryStore) -> Corpus:
        """Return the trajectories as a corpus that loads them from *shelf*."""
        return Corpus(self.outlines, shelf)


def process_count(files: Sequence[Path]) -> int:
    """Return the number of processes to read *files* with: 1, for this process alone, for few bytes or on one core."""
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
    """Read the files of *source* into *shelf*; if the last intake had the same *key*, return its stored result.

    Args:
        source: The files, and labels for them.
        sanitiser: Redacts trajectories; it cannot be used again afterwards.
        shelf: Store for the trajectories and the result.
        key: Digest of the bytes of the files and of all settings that change the result.
        progress: Receives the progress in files; each file counts twice.
        check: Raises an error if the files no longer match *key*; called after reading, before the result is stored.

    Raises:
        InputError: a file changed while it was read, or can no longer be read.
        InterruptedRunError: the user wants the run to stop.
    """
    stored = shelf.item(KIND, key)
    if stored is not None and shelf.item(LATEST, LATEST) == key.encode():
        return msgspec.json.decode(stored, type=Intake)
    size = source.n_processes or process_count(source.files)
    with closing(_reader(source, sanitiser, progress, size)) as reader:
        progress.stage("read", len(source.files) * 2)
        labels, joined_runs, report = _looked_through(source, reader)
        shelf.put_item(LATEST, LATEST, b"")
        losses, outlines = _store(labels, joined_runs, reader, sanitiser, shelf)
    check()
    intake = Intake(
        outlines=tuple(sorted(outlines, key=lambda item: item.id)),
        n_trajectories=len(labels),
        losses=sanitiser.without_secrets(tally(losses)),
        report=sanitiser.without_secrets(report),
        redactions=sanitiser.redactions,
        redaction_digest=sanitiser.digest,
    )
    sanitiser.forget()
    shelf.put_item(KIND, key, msgspec.json.encode(intake))
    shelf.put_item(LATEST, LATEST, key.encode())
    return intake


def _looked_through(source: Input, reader: Reader) -> tuple[dict[Key, Label | None], tuple[JoinedRun, ...], Report]:
    """Read all files once; what is needed to find runs that were recorded twice is freed again.

    Returns:
        The final label of every trajectory that remains, the runs to assemble, and the report.

    Raises:
        InputError: a file changed while it was read.
    """
    before = (*source.labels.quarantined, *source.unlisted)
    catalogue: Catalogue[None] = Catalogue(lambda _: None, quarantined=before, left_out=source.left_out)
    for item in reader.look():
        catalogue.add(item)
    entries, joined_runs, report = catalogue.sorted(source.labels, n_files=source.n_found, again=reader.recordings)
    return {entry.key: entry.label for entry in entries}, joined_runs, report


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
    """Store each trajectory that is a key of *labels* once; return the losses and outlines.

    Raises:
        InputError: a trajectory disappeared from its file.
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
    """Writes batches to the store, each once, and collects their keys, outlines and losses."""

    def __init__(self, shelf: TrajectoryStore) -> None:
        self.keys: set[Key] = set()
        self.outlines: list[Outline] = []
        self.losses: list[Loss] = []
        self._shelf = shelf
        self._texts: dict[str, str] = {}

    def put(self, batch: ScreenedBatch) -> None:
        """Store *batch* unless it was stored before."""
        if not batch.rows or not self.keys.isdisjoint(batch.keys):
            return
        self.keys.update(batch.keys)
        self.losses += batch.losses
        self.outlines += map(self._shared, batch.outlines)
        self._shelf.put_trajectories(batch.rows)

    def _shared(self, outline: Outline) -> Outline:
        """Return *outline* with one copy in memory of each text that other outlines have too."""
        shared = {name: self._texts.setdefault(text, text) for name in _SHARED if (text := getattr(outline, name))}
        return msgspec.structs.replace(outline, **shared)
