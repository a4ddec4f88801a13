"""Intake in this process alone: files are read once, and a second time if they do not fit into memory."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from t2s_local.files import printable
from t2s_local.ports.services import Progress, stop_if_asked
from t2s_local.safety.redaction.sanitise import Sanitiser
from t2s_local.stages.conversations.assemble import Key
from t2s_local.stages.intake.batch import IntakeBatch, ScreenedBatch, labelled, screen_batch
from t2s_local.stages.intake.corpus import HELD
from t2s_local.stages.intake.reader import Input, Seen, checked, glimpsed, holding, noted
from t2s_local.stages.reading.reading import read_file
from t2s_local.values.trajectory import Label, Trajectory

_STEP = 64
"""Least number of bytes of a step besides its text, so that many short steps count too."""


class SerialReader:
    """A :class:`~t2s_local.stages.intake.reader.Reader` that does everything in this process."""

    def __init__(self, source: Input, *, sanitiser: Sanitiser, progress: Progress) -> None:
        """Read nothing yet.

        Args:
            source: The files.
            sanitiser: Redacts trajectories.
            progress: Receives every file twice.
        """
        self._source = source
        self._sanitiser = sanitiser
        self._progress = progress
        self._held: list[Trajectory] | None = []
        self._room = HELD

    def look(self) -> Iterator[Seen]:
        """Yield the contents of the files, in their order; trajectories stay in memory if all of them fit."""
        for file in self._source.files:
            self._sanitiser.begin_file()
            for item in read_file(
                file, source=printable(file), format_name=self._source.format_name, layout=self._source.layout
            ):
                stop_if_asked(self._progress)
                if isinstance(item, Trajectory):
                    if (refused := noted(self._sanitiser, item)) is not None:
                        yield refused
                        continue
                    self._hold(item)
                    yield glimpsed(item)
                else:
                    yield checked(item, file, self._source)
            self._progress.step()

    def recordings(self, wanted: frozenset[Key]) -> Iterator[Trajectory]:
        """Yield recordings again: at least all in *wanted*, possibly more."""
        if self._held is not None:
            yield from self._held
            return
        for file in holding(self._source.files, wanted):
            yield from self._read_again(file)

    def cleaned(
        self, labels: Mapping[Key, Label | None], fragments: frozenset[Key]
    ) -> Iterator[ScreenedBatch | Trajectory]:
        """Yield the recordings with keys in *labels*, redacted and in batches, and *fragments* as recorded.

        Each recording leaves memory when it was yielded, so this function may be called once.
        """
        batch, handed_over = IntakeBatch(), set[Key]()
        for run in self._all_again():
            key = (run.id, run.source)
            if key in fragments:
                yield run
            elif key in labels and key not in handed_over:
                handed_over.add(key)
                batch.add(key, self._sanitiser.clean(labelled(run, labels[key])))
                if batch.is_full:
                    yield screen_batch(batch.drained())
        yield screen_batch(batch.drained())

    def close(self) -> None:
        """Do nothing, since no process was started."""

    def _all_again(self) -> Iterator[Trajectory]:
        if self._held is not None:
            self._held.reverse()
            while self._held:
                yield self._held.pop()
            self._progress.step(len(self._source.files))
            return
        for file in self._source.files:
            yield from self._read_again(file)
            self._progress.step()

    def _read_again(self, file: Path) -> Iterator[Trajectory]:
        for item in read_file(
            file, source=printable(file), format_name=self._source.format_name, layout=self._source.layout
        ):
            stop_if_asked(self._progress)
            if isinstance(item, Trajectory):
                yield item
            else:
                checked(item, file, self._source)

    def _hold(self, run: Trajectory) -> None:
        self._room -= sum(len(step.text) + _STEP for step in run.steps)
        if self._room < 0:
            self._held = None
        elif self._held is not None:
            self._held.append(run)
