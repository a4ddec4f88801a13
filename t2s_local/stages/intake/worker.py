"""The work of one intake process among several: read a file for secrets, and later redact its contents."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from t2s_local.files import printable
from t2s_local.processes.worker_pool import Done
from t2s_local.safety.redaction.sanitise import Sanitiser, SanitiserNotes, SanitiserSettings, Secrets
from t2s_local.stages.conversations.assemble import Key
from t2s_local.stages.intake.batch import IntakeBatch, labelled, screen_batch
from t2s_local.stages.intake.reader import Seen, glimpsed, limited, noted
from t2s_local.stages.reading.reading import read_file
from t2s_local.values.layout import Layout
from t2s_local.values.trajectory import Label, Trajectory

MODULE = "t2s_local.stages.intake.worker"


class WorkerSettings(NamedTuple):
    """Settings that every worker process receives as its first message."""

    format_name: str | None
    layout: Layout | None
    sanitiser: SanitiserSettings


class Look(NamedTuple):
    """Task to read a file for secrets; the answer is one :class:`Looked`."""

    path: str


class Looked(NamedTuple):
    """The contents of a file, with a glimpse for every trajectory, and the secrets that were found."""

    items: list[Seen]
    noted: SanitiserNotes


class Clean(NamedTuple):
    """Task to redact a file; the answers are screened batches, unredacted fragments, and the sanitiser's notes."""

    path: str
    labels: dict[Key, Label | None]
    """Key of every recording to return, with its label."""
    fragments: frozenset[Key]
    """Keys of recordings to return as recorded, because they are parts of joined runs."""


class Worker:
    """Reads files for secrets, and redacts their contents."""

    def __init__(self, orders: object) -> None:
        """Prepare the redaction rules in *orders*, which are :class:`WorkerSettings`."""
        assert isinstance(orders, WorkerSettings)
        self._format, self._layout = orders.format_name, orders.layout
        brief = orders.sanitiser
        self._sanitiser = Sanitiser(allow=brief.allow, extra=brief.extra, names=brief.names)

    def do(self, task: object) -> Iterator[object]:
        """Yield the answers to *task*; a task that only passes on secrets of other processes has none."""
        match task:
            case Look(path):
                with limited(Path(path)):
                    looked = self._look(path)
                yield Done(looked)
            case Clean():
                with limited(Path(task.path)):
                    yield from self._clean(task)
            case Secrets():
                self._sanitiser.know(task)

    def _look(self, path: str) -> Looked:
        items: list[Seen] = []
        self._sanitiser.begin_file()
        for item in read_file(Path(path), source=printable(path), format_name=self._format, layout=self._layout):
            if isinstance(item, Trajectory):
                items.append(noted(self._sanitiser, item) or glimpsed(item))
            else:
                items.append(item)
        return Looked(items, self._sanitiser.hand_over())

    def _clean(self, task: Clean) -> Iterator[object]:
        batch, handed_over = IntakeBatch(), set[Key]()
        for item in read_file(
            Path(task.path), source=printable(task.path), format_name=self._format, layout=self._layout
        ):
            if not isinstance(item, Trajectory):
                continue
            key = (item.id, item.source)
            if key in task.fragments:
                yield item
            elif key in task.labels and key not in handed_over:
                handed_over.add(key)
                batch.add(key, self._sanitiser.clean(labelled(item, task.labels[key])))
                if batch.is_full:
                    yield screen_batch(batch.drained())
        yield screen_batch(batch.drained())
        yield Done(self._sanitiser.hand_over())
