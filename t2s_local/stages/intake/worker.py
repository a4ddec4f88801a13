"""What the processes of a crew do that take files in side by side."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from t2s_local.ports.format import Reading
from t2s_local.safety.redaction.sanitise import Brief, Noted, Sanitiser, Secrets
from t2s_local.stages.conversations.assemble import Key
from t2s_local.stages.intake.batch import Batch, labelled, rough
from t2s_local.stages.intake.catalogue import Glimpse, glimpse
from t2s_local.stages.intake.corpus import Outline
from t2s_local.stages.reading.reading import read_file
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.values.trajectory import Trajectory
from t2s_local.worker_pool import Done

MODULE = "t2s_local.stages.intake.worker"


class Orders(NamedTuple):
    """What the processes are told first."""

    format_name: str | None
    sanitiser: Brief


class Look(NamedTuple):
    """A file to be looked at; the answers are one :class:`Seen`."""

    path: str


class Seen(NamedTuple):
    """What is in a file."""

    items: list[Reading | Unrecognised | Glimpse[Outline]]
    noted: Noted


class Clean(NamedTuple):
    """A file to be taken in; the answers are clean ones, whole trajectories, and what was noted."""

    path: str
    wanted: dict[Key, Outline]
    """Those to be taken in, with the labels they get."""
    pieces: frozenset[Key]
    """Recordings to be handed over as they are, because runs are put together of them."""


class Hand:
    """Looks at files, and cleans what is in them."""

    def __init__(self, orders: object) -> None:
        """Make the rules ready."""
        assert isinstance(orders, Orders)
        self._format = orders.format_name
        brief = orders.sanitiser
        self._sanitiser = Sanitiser(allow=brief.allow, extra=brief.extra, names=brief.names)

    def do(self, task: object) -> Iterator[object]:
        """Do what is told; secrets that others saw have no answer."""
        match task:
            case Look(path):
                yield Done(self._look(path))
            case Clean():
                yield from self._clean(task)
            case Secrets():
                self._sanitiser.know(task)

    def _look(self, path: str) -> Seen:
        items: list[Reading | Unrecognised | Glimpse[Outline]] = []
        for item in read_file(Path(path), source=path, format_name=self._format):
            if isinstance(item, Trajectory):
                self._sanitiser.look(item)
                items.append(glimpse(item, rough))
            else:
                items.append(item)
        return Seen(items, self._sanitiser.hand_over())

    def _clean(self, task: Clean) -> Iterator[object]:
        batch = Batch()
        for item in read_file(Path(task.path), source=task.path, format_name=self._format):
            if not isinstance(item, Trajectory):
                continue
            key = (item.id, item.source)
            if key in task.pieces:
                yield item
            elif (outline := task.wanted.pop(key, None)) and batch.add(
                key, self._sanitiser.clean(labelled(item, outline))
            ):
                yield batch.taken()
        yield batch.taken()
        yield Done(self._sanitiser.hand_over())
