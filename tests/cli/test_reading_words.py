"""What was left out is told in a few lines, and in full where it is asked for."""

import json
import re
from pathlib import Path

from t2s_local.cli.reading_words import account, left_out
from t2s_local.ports.format import Passed
from t2s_local.stages.intake.catalogue import Report
from t2s_local.stages.reading.unread import Unrecognised
from tests.conftest import Command
from tests.many import write_runs

KINDS = {f"kind-{number}": number for number in range(1, 88)}
REPORT = Report(
    n_files=40,
    passed=tuple(Passed(path="", record=kind, count=count) for kind, count in KINDS.items()),
    unrecognised=(
        *(Unrecognised(path=f"{number}.txt", seen="text") for number in range(36)),
        Unrecognised(path="a.bin", seen="binary"),
    ),
)


def test_many_kinds_of_records_and_files_take_one_line_each_and_nothing_is_uncounted() -> None:
    files, records = left_out(REPORT)
    assert files == "37 files without a trajectory: 36 text; 1 binary (-v names each)"
    assert records.startswith(
        "Passed over: 3,828 records of 87 kinds that hold no step of a run: 87 kind-87; 86 kind-86; 85 kind-85; "
    )
    assert records.endswith("3,570 of 84 other kinds (-v names each)")
    assert sum(KINDS.values()) == 3828 == 87 + 86 + 85 + 3570


def test_in_full_every_file_and_every_kind_has_a_line_of_its_own() -> None:
    lines = left_out(REPORT, verbose=True)
    assert {line for line in lines if "no trajectory" in line} == {
        f"{item.path}: no trajectory, {item.seen}" for item in REPORT.unrecognised
    }
    told = dict(re.findall(r"^Records without a step: (\d+) (\S+)$", "\n".join(lines), re.MULTILINE))
    assert {count: kind for kind, count in KINDS.items()} == {int(count): kind for count, kind in told.items()}


def test_a_few_are_named_without_being_asked() -> None:
    few = Report(
        n_files=1,
        passed=(Passed(path="", record="summary", count=2), Passed(path="", record="ping", count=1)),
        unrecognised=(Unrecognised(path="notes.txt", seen="text"),),
    )
    assert account(few, n_trajectories=1) == [
        "notes.txt: no trajectory, text",
        "Passed over, as they hold no step of a run: 2 summary; 1 ping records",
        "1 trajectory from 1 file",
    ]


def test_a_run_tells_of_reading_once_and_its_json_holds_every_kind(tmp_path: Path, t2s: Command) -> None:
    write_runs(tmp_path / "in", 3)
    for number in range(9):
        (tmp_path / "in" / f"{number}.txt").write_text("words")
    where = ("-o", tmp_path / "out", "--model", "none", "--workspace", tmp_path / "ws")
    short = t2s("distill", tmp_path / "in", *where)
    assert [line for line in short.err.splitlines() if "without a trajectory" in line] == [
        "9 files without a trajectory: 9 text (-v names each)"
    ]
    long = t2s("distill", tmp_path / "in", *where, "-v")
    assert all(f"{number}.txt: no trajectory, text" in long.err for number in range(9))
    told = json.loads(t2s("distill", tmp_path / "in", *where, "--json").out)
    assert {"stage": "read", "reason": "file without a trajectory", "count": 9} in told["funnel"]["losses"]
    assert len(told["skipped"]["unrecognised"]) == 9


def test_reading_in_full_names_each_file(tmp_path: Path, t2s: Command) -> None:
    write_runs(tmp_path, 2)
    for number in range(9):
        (tmp_path / f"{number}.txt").write_text("words")
    assert "9 files without a trajectory: 9 text (-v names each)" in t2s("read", tmp_path).err
    assert t2s("read", tmp_path, "--verbose").err.count(": no trajectory, text") == 9
