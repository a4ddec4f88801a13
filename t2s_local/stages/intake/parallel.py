"""Files taken in by several processes: each looks at one file and later cleans it; this one stores what they made."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from t2s_local.ports.services import Progress
from t2s_local.ports.stopping import heed
from t2s_local.safety.redaction.sanitise import Noted, Sanitiser
from t2s_local.stages.conversations.assemble import Key
from t2s_local.stages.intake.batch import Stored, Taken
from t2s_local.stages.intake.catalogue import Glimpse, Pile
from t2s_local.stages.intake.corpus import Outline
from t2s_local.stages.intake.serial import Alone
from t2s_local.stages.intake.worker import MODULE, Clean, Look, Orders, Seen
from t2s_local.values.trajectory import Trajectory
from t2s_local.worker_pool import Crew, Done


class Together(Alone):
    """As :class:`Alone`, with the work given to a crew."""

    def __init__(
        self,
        files: Sequence[Path],
        *,
        format_name: str | None,
        unreadable: frozenset[str],
        progress: Progress,
        sanitiser: Sanitiser,
        size: int,
    ) -> None:
        """Start *size* processes; the other arguments are those of :class:`Alone`."""
        super().__init__(files, format_name=format_name, unreadable=unreadable, progress=progress)
        self._held = None
        self._crew = Crew(MODULE, Orders(format_name, sanitiser.brief()), size)

    def look(self, pile: Pile[Outline], sanitiser: Sanitiser) -> None:
        """Have the files looked at; what is in them is piled up in their order.

        Raises:
            InputError: one of them cannot be read.
        """
        ready: dict[int, Seen] = {}
        place = 0
        for number, answer in self._crew.work([Look(str(file)) for file in self._files], self._heed):
            if isinstance(answer, Done) and isinstance(answer.result, Seen):
                ready[number] = answer.result
            self._progress.step()
            while place in ready:
                self._pile_up(self._files[place], ready.pop(place), pile, sanitiser)
                place += 1

    def recordings(
        self, wanted: dict[Key, Outline], pieces: frozenset[Key], sanitiser: Sanitiser, stored: Stored
    ) -> Iterator[Trajectory]:
        """Have the files cleaned and store what comes.

        Args:
            wanted: Those to be stored, with their labels; what is stored is taken out.
            pieces: Recordings that runs are put together of: they alone come out.
            sanitiser: Knows all secrets, and is told what was done.
            stored: Where clean ones go.
        """
        self._crew.tell(sanitiser.secrets)
        own = _by_file(self._files, wanted)
        parts = _by_file(self._files, pieces)
        tasks = [
            Clean(str(file), {key: wanted[key] for key in own.get(file, ())}, frozenset(parts.get(file, ())))
            for file in self._files
        ]
        for _, answer in self._crew.work(tasks, self._heed):
            match answer:
                case Trajectory():
                    yield answer
                case Taken(keys=keys) if all(key in wanted for key in keys):
                    stored.put(answer)
                    for key in keys:
                        del wanted[key]
                case Done(Noted() as noted):
                    sanitiser.take_over(noted)
                    self._progress.step()

    def close(self) -> None:
        """End the processes."""
        self._crew.close()

    def _pile_up(self, file: Path, seen: Seen, pile: Pile[Outline], sanitiser: Sanitiser) -> None:
        sanitiser.take_over(seen.noted)
        for item in seen.items:
            if isinstance(item, Glimpse):
                pile.hold(item)
            else:
                pile.add(self.readable(item, file))

    def _heed(self) -> None:
        heed(self._progress)


def _by_file(files: Sequence[Path], keys: Iterable[Key]) -> dict[Path, list[Key]]:
    """*keys* by the file that holds them, by itself or as an archive."""
    known = {str(file): file for file in files}
    found: dict[Path, list[Key]] = {}
    for key in keys:
        file = known.get(key[1])
        if file is None:
            file = next((known[name] for name in map(str, Path(key[1]).parents) if name in known), None)
        if file is not None:
            found.setdefault(file, []).append(key)
    return found
