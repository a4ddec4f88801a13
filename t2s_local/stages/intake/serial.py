"""Files taken in by this process alone: read once, and once more where they were too much to hold."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.ports.format import Reading
from t2s_local.ports.services import Progress
from t2s_local.ports.stopping import heed
from t2s_local.safety.redaction.sanitise import Sanitiser
from t2s_local.stages.conversations.assemble import Key
from t2s_local.stages.intake.batch import Stored
from t2s_local.stages.intake.catalogue import Pile
from t2s_local.stages.intake.corpus import HELD, Outline
from t2s_local.stages.intake.gather import holding
from t2s_local.stages.reading.reading import read_file
from t2s_local.stages.reading.unread import Unreadable, Unrecognised
from t2s_local.values.trajectory import Trajectory

_STEP = 64
"""Bytes of a step besides its text, as few as they can be: so many short ones are no little either."""


class Alone:
    """Looks at files, then gives what is in them."""

    def __init__(
        self, files: Sequence[Path], *, format_name: str | None, unreadable: frozenset[str], progress: Progress
    ) -> None:
        """Read nothing yet.

        Args:
            files: In the order in which they are read.
            format_name: The format to read them as, found out file by file where it is None.
            unreadable: Files that are known not to be readable; any other one must be.
            progress: Told of every file, twice.
        """
        self._files = files
        self._format = format_name
        self._unreadable = unreadable
        self._progress = progress
        self._held: list[Trajectory] | None = []
        self._room = HELD

    def look(self, pile: Pile[Outline], sanitiser: Sanitiser) -> None:
        """Pile up what is in the files.

        Raises:
            InputError: one of them cannot be read.
        """
        for file in self._files:
            for item in self._read(file):
                pile.add(item)
                if isinstance(item, Trajectory):
                    sanitiser.look(item)
                    self._hold(item)
            self._progress.step()

    def pieces(self, wanted: frozenset[Key]) -> Iterator[Trajectory]:
        """Recordings, those of *wanted* among them."""
        if self._held is not None:
            yield from self._held
            return
        for file in holding(self._files, wanted):
            yield from (item for item in self._read(file) if isinstance(item, Trajectory))

    def recordings(
        self, wanted: dict[Key, Outline], pieces: frozenset[Key], sanitiser: Sanitiser, stored: Stored
    ) -> Iterator[Trajectory]:
        """Every recording; the other arguments are for those that store some of them on the way."""
        del wanted, pieces, sanitiser, stored
        if self._held is not None:
            yield from self._held
            self._progress.step(len(self._files))
            return
        for file in self._files:
            yield from (item for item in self._read(file) if isinstance(item, Trajectory))
            self._progress.step()

    def readable(self, item: Reading | Unrecognised, file: Path) -> Reading | Unrecognised:
        """Give on *item*.

        Raises:
            InputError: it says that *file* cannot be read, which was not known.
        """
        if isinstance(item, Unreadable) and str(file) not in self._unreadable:
            raise InputError(item.reason, path=file, hint="Repeat the command: what was stored is kept.")
        return item

    def close(self) -> None:
        """Nothing has to end."""

    def _read(self, file: Path) -> Iterator[Reading | Unrecognised]:
        for item in read_file(file, source=str(file), format_name=self._format):
            heed(self._progress)
            yield self.readable(item, file)

    def _hold(self, run: Trajectory) -> None:
        self._room -= sum(len(step.text) + _STEP for step in run.steps)
        if self._room < 0:
            self._held = None
        elif self._held is not None:
            self._held.append(run)
