"""Work that was done is not done again, and every result is stored at once."""

from collections.abc import Iterable, Iterator, Sequence

import pytest

from t2s_local.cli.progress import Silent
from t2s_local.stages.extract import extract
from t2s_local.stages.slice import slice_all
from t2s_local.types import Extraction, Lesson, LessonId, Quote, Slice, Trajectory, Unit, digest
from tests.build import step, trajectory


class Memory:
    """Remembers in a dict."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], bytes] = {}

    def item(self, kind: str, key: str) -> bytes | None:
        return self.items.get((kind, key))

    def put_item(self, kind: str, key: str, value: bytes) -> None:
        self.items[kind, key] = value


class Echo:
    """Quotes the first step of every slice, and stops the process after a number of units."""

    name = "echo"
    version = "1"

    def __init__(self, *, stop_after: int = 10_000) -> None:
        self.seen: list[str] = []
        self._left = stop_after

    def plan(self, slices: Sequence[Slice]) -> Sequence[Unit]:
        return [Unit(id=digest(self.name, piece.id), kind="slice", slices=(piece,)) for piece in slices]

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        for unit in units:
            if self._left == 0:
                raise KeyboardInterrupt
            self._left -= 1
            self.seen.append(unit.id)
            yield unit, Extraction(lessons=(quoted(unit.slices[0]),))


def quoted(piece: Slice) -> Lesson:
    run = piece.trajectory
    quote = Quote(trajectory_id=run.id, step=0, role="request", text=run.steps[0].text)
    return Lesson(
        id=LessonId(digest(piece.id)),
        when="w",
        do="d",
        because=None,
        polarity="success",
        pattern="echo",
        signature="w d",
        evidence=(quote,),
        trajectory_ids=(run.id,),
        task_ids=(run.id,),
        analyst="echo",
    )


def runs(n: int) -> list[Trajectory]:
    return [trajectory(step("user", f"task {k}"), step("assistant", "done"), source=str(k)) for k in range(n)]


def test_a_second_extraction_asks_the_analyst_nothing() -> None:
    slices, memory = slice_all(runs(5)), Memory()
    first = extract(slices, Echo(), memory=memory, progress=Silent())
    again = Echo()
    second = extract(slices, again, memory=memory, progress=Silent())
    assert again.seen == []
    assert second.lessons == first.lessons
    assert (first.n_remembered, second.n_remembered) == (0, 5)


def test_what_was_done_before_a_stop_is_kept() -> None:
    slices, memory = slice_all(runs(5)), Memory()
    with pytest.raises(KeyboardInterrupt):
        extract(slices, Echo(stop_after=3), memory=memory, progress=Silent())
    rest = Echo()
    extracted = extract(slices, rest, memory=memory, progress=Silent())
    assert len(rest.seen) == 2
    assert len(extracted.lessons) == 5
