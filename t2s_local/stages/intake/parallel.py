"""Intake with several worker processes, which read and later redact one file at a time; this process stores results."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.files import printable
from t2s_local.ports.format import Quarantined
from t2s_local.ports.services import Progress, stop_if_asked
from t2s_local.processes.worker_pool import Done, Lost, WorkerPool
from t2s_local.safety.redaction.sanitise import Sanitiser, SanitiserNotes
from t2s_local.stages.conversations.assemble import Key
from t2s_local.stages.intake.batch import ScreenedBatch
from t2s_local.stages.intake.reader import Input, Seen, checked, holding
from t2s_local.stages.intake.worker import MODULE, Clean, Look, Looked, WorkerSettings
from t2s_local.stages.reading.reading import read_file
from t2s_local.values.trajectory import Label, Trajectory

_OTHERS = "The system may have ended them for their memory: repeat the command, or leave the file out."


class ParallelReader:
    """A :class:`~t2s_local.stages.intake.reader.Reader` whose work is done by worker processes."""

    def __init__(self, source: Input, *, sanitiser: Sanitiser, progress: Progress, size: int) -> None:
        """Start *size* processes.

        Args:
            source: The files.
            sanitiser: Redacts trajectories; it receives the secrets that the processes found.
            progress: Receives every file twice.
            size: Number of processes.
        """
        self._source = source
        self._sanitiser = sanitiser
        self._progress = progress
        self._pool = WorkerPool(MODULE, WorkerSettings(source.format_name, source.layout, sanitiser.brief()), size)

    def look(self) -> Iterator[Seen]:
        """Yield the contents of the files, in the order of the files, with a glimpse for every trajectory."""
        ready: dict[int, Looked] = {}
        place = 0
        for number, answer in self._pool.work([Look(str(file)) for file in self._source.files], self._stop_if_asked):
            if isinstance(answer, Done) and isinstance(answer.result, Looked):
                ready[number] = answer.result
            elif isinstance(answer, Lost):
                ready[number] = lost(self._source.files[number], answer)
            self._progress.step()
            while place in ready:
                looked = ready.pop(place)
                self._sanitiser.take_over(looked.noted)
                for item in looked.items:
                    yield checked(item, self._source.files[place], self._source)
                place += 1

    def recordings(self, wanted: frozenset[Key]) -> Iterator[Trajectory]:
        """Yield recordings again: at least all in *wanted*, possibly more."""
        for file in holding(self._source.files, wanted):
            for item in read_file(
                file, source=printable(file), format_name=self._source.format_name, layout=self._source.layout
            ):
                stop_if_asked(self._progress)
                if isinstance(item, Trajectory):
                    yield item

    def cleaned(
        self, labels: Mapping[Key, Label | None], fragments: frozenset[Key]
    ) -> Iterator[ScreenedBatch | Trajectory]:
        """Yield the recordings with keys in *labels*, redacted and in batches, and *fragments* as recorded.

        Files with none of them are not read again: one of them may have ended the processes that read it before.
        If a process dies, its task is repeated, so a batch may be yielded twice.

        Raises:
            InputError: several processes in turn ended while they redacted a file that could be read before.
        """
        self._pool.tell(self._sanitiser.secrets)
        own, parts = _by_file(self._source.files, labels), _by_file(self._source.files, fragments)
        tasks = [
            Clean(str(file), {key: labels[key] for key in own.get(file, ())}, frozenset(parts.get(file, ())))
            for file in self._source.files
            if file in own or file in parts
        ]
        self._progress.step(len(self._source.files) - len(tasks))
        for number, answer in self._pool.work(tasks, self._stop_if_asked):
            match answer:
                case Lost(n_ended):
                    message = f"each of {n_ended} processes that read it ended"
                    raise InputError(message, path=Path(tasks[number].path), hint=_OTHERS)
                case Trajectory() | ScreenedBatch():
                    yield answer
                case Done(SanitiserNotes() as noted):
                    self._sanitiser.take_over(noted)
                    self._progress.step()

    def close(self) -> None:
        """End the processes."""
        self._pool.close()

    def _stop_if_asked(self) -> None:
        stop_if_asked(self._progress)


def lost(file: Path, answer: Lost) -> Looked:
    """Return the contents of a file during whose reading several processes ended: a line in the report."""
    reason = f"each of {answer.n_ended} processes that read it ended; the system may have ended them for their memory"
    unread = Quarantined(path=printable(file), line=None, reason=reason)
    return Looked([unread], SanitiserNotes(frozenset(), Counter(), frozenset()))


def _by_file(files: Sequence[Path], keys: Iterable[Key]) -> dict[Path, list[Key]]:
    """Return, for each file, the *keys* of recordings that it contains, directly or as an archive."""
    known = {printable(file): file for file in files}
    held: dict[Path, list[Key]] = {}
    for key in keys:
        file = known.get(key[1])
        if file is None:
            file = next((known[name] for name in map(str, Path(key[1]).parents) if name in known), None)
        if file is not None:
            held.setdefault(file, []).append(key)
    return held
