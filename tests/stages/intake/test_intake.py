"""Taking in, alone and side by side."""

import json
import tracemalloc
import zipfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from t2s_local.errors import InterruptedRunError
from t2s_local.packing import unpacked
from t2s_local.ports.services import Progress
from t2s_local.runs.inputs import list_inputs
from t2s_local.safety.redaction.sanitise import Sanitiser
from t2s_local.stages.intake.intake import Intake, take_in
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.workspace.memory import MemoryStore
from tests.places import DATA

SECRET = "kx9-Tq4v-77Zr"
"""Known for one only where it is said to be a password."""


class Counted(Progress):
    """Counts files, and stops after some of them."""

    def __init__(self, stop_after: int | None = None) -> None:
        """Begin with none."""
        self.total: int | None = None
        self.done = 0
        self._stop_after = stop_after

    @property
    def is_stopping(self) -> bool:
        return self._stop_after is not None and self.done >= self._stop_after

    def stage(self, name: str, total: int | None = None) -> None:
        assert name == "read"
        self.total = total

    def begin(self, n: int = 1) -> None:
        return None

    def step(self, n: int = 1, *, n_remembered: int = 0, n_refused: int = 0) -> None:
        assert n_remembered == n_refused == 0
        self.done += n


def taken(
    paths: Sequence[Path], n_processes: int, *, labels: Path | None = None, progress: Counted | None = None
) -> tuple[Intake, dict[TrajectoryId, bytes]]:
    shelf, counted = MemoryStore(), progress or Counted()
    source = list_inputs(paths, labels=labels).source(None)
    intake = take_in(
        msgspec.structs.replace(source, n_processes=n_processes),
        sanitiser=Sanitiser(names=("quillon",)),
        shelf=shelf,
        key="key",
        progress=counted,
    )
    assert counted.done == counted.total
    assert msgspec.json.decode(shelf.items["intake", "key"], type=Intake) == intake
    return intake, shelf.rows


def chat(*texts: str, **fields: str) -> str:
    """A conversation, user and assistant in turns."""
    messages = [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(texts)]
    return json.dumps({**fields, "messages": messages})


def told(number: int, n_turns: int) -> list[str]:
    return [f"Turn {turn} of talk {number}: what do you see in the log of the build?" for turn in range(n_turns)]


@pytest.fixture
def inputs(tmp_path: Path) -> list[Path]:
    """Samples of all formats, and what several processes could get wrong."""
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(5):
        (folder / f"{n}.txt").write_text("Nothing to take in, before anything that is.\n" * 9)
    (folder / "a.json").write_text(chat("How do I log in?", f"The settings say password = '{SECRET}'."))
    (folder / "b.json").write_text(chat(f"What does {SECRET} open?", "The host quillon answers to ops@corp.example"))
    (folder / "c.json").write_text(chat(*told(3, 12), session_id="talk"))
    (folder / "d.json").write_text(chat(*told(3, 16)[4:], session_id="talk"))
    (folder / "e.json").write_text('{"messages": [{"role": "user", "content": "cut o')
    (folder / "f.txt").write_text("Not a recording of anything.\n" * 9)
    with zipfile.ZipFile(folder / "g.zip", "w") as archive:
        archive.writestr("inner.json", chat(*told(7, 6)))
    return [folder, DATA]


@pytest.mark.parametrize("n_processes", [2, 3])
def test_several_processes_take_in_what_one_does(inputs: list[Path], n_processes: int) -> None:
    alone, rows = taken(inputs, 1)
    together, same_rows = taken(inputs, n_processes)
    assert together == alone
    assert same_rows == rows
    assert len(rows) == alone.n_trajectories > 40
    assert alone.report.n_joined >= 1
    assert alone.report.quarantined
    assert alone.report.unrecognised
    assert alone.redactions["seen-again"] >= 1
    assert alone.redactions["machine-name"] >= 1
    stored = {step.text for row in rows.values() for step in unpacked(row).steps}
    assert "What does <SECRET_1> open?" in stored
    assert not any(SECRET in text for text in stored)


def test_labels_reach_what_other_processes_took_in(tmp_path: Path) -> None:
    for n in range(6):
        (tmp_path / f"{n}.json").write_text(chat(*told(n, 4), task_id=f"t{n}"))
    labels = tmp_path / "labels.csv"
    labels.write_text("task_id,outcome\n" + "".join(f"t{n},{'success' if n % 2 else 'failure'}\n" for n in range(6)))
    alone, rows = taken([tmp_path], 1, labels=labels)
    together, same_rows = taken([tmp_path], 2, labels=labels)
    assert (together, same_rows) == (alone, rows)
    assert sorted(str(outline.outcome) for outline in alone.outlines) == ["failure"] * 3 + ["success"] * 3


def test_the_user_stops_several_processes(inputs: list[Path]) -> None:
    with pytest.raises(InterruptedRunError):
        taken(inputs, 2, progress=Counted(stop_after=5))


def test_what_is_stored_tells_the_project_and_the_day_and_not_whose_home_it_is_in(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    steps = [
        {"kind": "user", "text": "add a till", "at": "2026-05-04T10:00:00Z"},
        {"kind": "assistant", "text": "done", "at": "2026-05-04T10:01:00Z"},
    ]
    record = {"steps": steps, "project": "/Users/zoltan/src/shop", "started_at": "2026-05-04T10:00:00Z"}
    file.write_text(json.dumps(record) + "\n", encoding="utf-8")
    intake, stored = taken([file], 1)
    (outline,) = intake.outlines
    assert outline.project is not None
    assert outline.project.endswith("/src/shop")
    assert outline.day == "2026-05-04"
    assert "zoltan" not in msgspec.json.encode(intake).decode()
    assert all("zoltan" not in str(unpacked(data)) for data in stored.values())


def test_texts_leave_memory_when_they_are_stored(tmp_path: Path) -> None:
    shelf, sanitisers, size = MemoryStore(), [Sanitiser(), Sanitiser()], 2_000_000

    def left_after(sanitiser: Sanitiser, n_lines: int) -> int:
        (tmp_path / "chat.json").write_text(chat("What is in the log?", "line of a log " * n_lines, "And then?"))
        source = list_inputs([tmp_path], labels=None).source(None)
        take_in(source, sanitiser=sanitiser, shelf=shelf, key=str(n_lines), progress=Counted())
        shelf.rows.clear()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before, after = [left_after(one, n_lines) for one, n_lines in zip(sanitisers, (1, size // 14), strict=True)]
    finally:
        tracemalloc.stop()
    assert after - before < size / 4
