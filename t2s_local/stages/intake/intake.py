"""Files in, a corpus out: read, labelled, without secrets, screened and stored; nothing unbounded in memory.

Every trajectory is looked at twice: a secret that shows in the last file must be gone from the first one before that
is stored. Small inputs are held between the two looks, of large ones the files are read again,
side by side in several processes.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from t2s_local.errors import InputError
from t2s_local.ports.services import Progress, Shelf
from t2s_local.safety.redaction.sanitise import Sanitiser
from t2s_local.stages.conversations.assemble import Key, Mender, Whole
from t2s_local.stages.intake.batch import Stored, labelled, rough
from t2s_local.stages.intake.catalogue import Pile, Report
from t2s_local.stages.intake.corpus import HELD, Corpus, Outline
from t2s_local.stages.intake.parallel import Together
from t2s_local.stages.intake.serial import Alone
from t2s_local.stages.reading.find import find
from t2s_local.stages.reading.label_files import Labels, load
from t2s_local.values.funnel import Loss, tally
from t2s_local.values.value import Value
from t2s_local.worker_pool import usable_cores

KIND = "intake"
LATEST = "latest intake"
"""The one that wrote the stored trajectories last: another one may have redacted them by other rules."""
_MOST = 8
"""Processes beyond which the one that stores is what takes longest."""


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


def crew_size(files: Sequence[Path]) -> int:
    """How many processes take in *files*: 1, which is this one, where they are few bytes or there is one core."""
    size = sum(file.stat().st_size for file in files if file.is_file())
    return 1 if size <= HELD else min(usable_cores(), len(files), _MOST)


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
    n_processes: int | None = None,
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
        n_processes: How many read side by side; None for as many as pay.
        check: Raises where a file is no longer what *key* says; called when all is read, before that counts.

    Raises:
        InputError: one of *paths* or *labels* does not exist, a file changed while it was read, or it cannot be read
            though it was a moment ago.
        InterruptedRunError: the user wants the run to stop.
    """
    stored = shelf.item(KIND, key)
    if stored is not None and shelf.item(LATEST, "") == key.encode():
        return msgspec.json.decode(stored, type=Intake)
    stated = load(labels) if labels is not None else Labels((), (), ())
    found = find(paths)
    files = [file for file in found.files if file != labels]
    reader = _reader(files, format_name, unreadable, progress, sanitiser, n_processes or crew_size(files))
    with closing(reader):
        progress.stage("read", len(files) * 2)
        pile = Pile(rough)
        pile.quarantined += [*stated.quarantined, *found.quarantined]
        pile.unrecognised += found.left_out
        reader.look(pile, sanitiser)
        outlines, report = pile.sorted(stated, n_files=found.n_files, again=reader.pieces)
        shelf.put_item(LATEST, "", b"")
        taken = Stored(shelf)
        _take(outlines, pile.wholes, reader, sanitiser, taken)
    check()
    intake = Intake(
        outlines=tuple(sorted(taken.outlines, key=lambda item: item.id)),
        n_trajectories=len(outlines),
        losses=sanitiser.without_secrets(tally(taken.losses)),
        report=sanitiser.without_secrets(report),
        redactions=sanitiser.redactions,
        texts=sanitiser.digest,
    )
    shelf.put_item(KIND, key, msgspec.json.encode(intake))
    shelf.put_item(LATEST, "", key.encode())
    return intake


def _reader(
    files: Sequence[Path],
    format_name: str | None,
    unreadable: frozenset[str],
    progress: Progress,
    sanitiser: Sanitiser,
    size: int,
) -> Alone:
    if size == 1:
        return Alone(files, format_name=format_name, unreadable=unreadable, progress=progress)
    return Together(
        files, format_name=format_name, unreadable=unreadable, progress=progress, sanitiser=sanitiser, size=size
    )


def _take(
    outlines: Sequence[Outline], wholes: Sequence[Whole], reader: Alone, sanitiser: Sanitiser, stored: Stored
) -> None:
    """Clean and store the trajectories of *outlines*, each once, with their labels.

    Raises:
        InputError: one of them is gone from its file.
    """
    wanted: dict[Key, Outline] = {(item.id, item.source): item for item in outlines}
    pieces = frozenset(fragment.key for whole in wholes for fragment in whole)
    for run in Mender(wholes).mended(reader.recordings(wanted, pieces, sanitiser, stored)):
        key = (run.id, run.source)
        outline = wanted.pop(key, None)
        if outline is not None:
            stored.add(key, sanitiser.clean(labelled(run, outline)))
    stored.flush()
    if wanted:
        message = "changed while it was read"
        raise InputError(message, path=min(source for _, source in wanted), hint="Repeat the command.")
