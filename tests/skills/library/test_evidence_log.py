"""The evidence log: a chain that shows every change, and loses no line, whoever writes at once or is killed."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from t2s_local.errors import InputError
from t2s_local.skills.library.evidence_log import append, head_of, read_log, verify_log
from t2s_local.skills.library.library import OWN
from t2s_local.values.event import Event
from tests.commands import in_process
from tests.libraries import AT, skill, write
from tests.places import ROOT

KEYS = ["at", "kind", "skill", "digest", "run", "task", "category", "outcome", "use", "verdict", "source", "reason"]


def event(number: int) -> Event:
    return Event(at=AT, kind="written", skill=f"s{number}", digest=f"{number:064x}")


def test_every_line_holds_the_digest_of_the_line_before(tmp_path: Path) -> None:
    log = tmp_path / "log"
    append(log, [event(1), event(2)])
    append(log, [event(3)])
    lines = log.read_bytes().splitlines()
    assert [json.loads(line)["prev"] for line in lines] == [
        None,
        *(hashlib.sha256(line).hexdigest() for line in lines[:2]),
    ]
    assert list(json.loads(lines[0])) == [*KEYS, "prev"]
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_changed_line_is_named(tmp_path: Path) -> None:
    log = tmp_path / "log"
    append(log, [event(number) for number in range(5)])
    head = head_of(log)
    assert verify_log(log, head) == (5, ())
    for number in range(5):
        lines = log.read_bytes().splitlines(keepends=True)
        whole = lines[number]
        lines[number] = whole.replace(b"written", b"Written")
        log.write_bytes(b"".join(lines))
        assert [item.line for item in verify_log(log, head)[1]] == [number + 1]
        lines[number] = whole
        log.write_bytes(b"".join(lines))
    log.write_bytes(b"".join(lines[:3]))
    assert [item.line for item in verify_log(log, head)[1]] == [4]
    log.write_bytes(b"x\n" + b"".join(lines))
    assert verify_log(log, None)[1][0].line == 1
    with pytest.raises(InputError) as caught:
        list(read_log(log))
    assert caught.value.line == 1


def test_a_line_that_a_killed_process_left_half_written_is_replaced(tmp_path: Path) -> None:
    log = tmp_path / "log"
    append(log, [event(1)])
    with log.open("ab") as stream:
        stream.write(b'{"at":"2026')
    assert [one.skill for one in read_log(log)] == ["s1"]
    append(log, [event(2)])
    assert verify_log(log, None) == (2, ())


WRITER = """
import sys
from pathlib import Path
from tests.skills.library.test_evidence_log import event
from t2s_local.skills.library.evidence_log import append

first, n, each = map(int, sys.argv[2:])
for number in range(first, first + n, each):
    append(Path(sys.argv[1]), [event(number + k) for k in range(each)])
"""


def test_two_processes_that_append_at_once_lose_none(tmp_path: Path) -> None:
    log, n = tmp_path / "log", 10_000
    command = [sys.executable, "-c", WRITER, str(log)]
    writers = [subprocess.Popen([*command, str(first), str(n), "50"], cwd=ROOT) for first in (0, n)]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert verify_log(log, None) == (2 * n, ())
    assert sorted(int(one.digest or "", 16) for one in read_log(log)) == list(range(2 * n))


def test_the_log_of_a_library_holds_names_and_digests_alone(tmp_path: Path) -> None:
    write(tmp_path, [skill("a", "A quote of a run.")])
    write(tmp_path, [skill("a", "Another quote.")])
    events = list(read_log(tmp_path / OWN / "log.jsonl"))
    assert [(one.kind, one.skill, one.run) for one in events] == [("written", "a", "run")] * 2
    assert b"quote" not in msgspec.json.encode(events)


def test_the_command_names_what_was_changed_and_ends_with_4(tmp_path: Path) -> None:
    write(tmp_path, [skill("a"), skill("b")])
    done = in_process("library", "verify", tmp_path)
    assert (done.code, done.out, done.err) == (0, "", "2 events, 2 versions: whole.\n")
    log = tmp_path / OWN / "log.jsonl"
    log.write_bytes(log.read_bytes().replace(b"support 3", b"support 9", 1))
    done = in_process("library", "verify", tmp_path)
    assert done.code == 4
    assert f"{log}:1: is not the line that was written" in done.out
    assert in_process("library", "log", tmp_path).code == 0


def test_a_text_that_was_changed_is_named(tmp_path: Path) -> None:
    write(tmp_path, [skill("a")])
    text = next(path for path in (tmp_path / OWN / "texts").iterdir() if path.read_bytes().startswith(b"# a"))
    text.write_text("planted")
    done = in_process("library", "verify", tmp_path)
    assert (done.code, "a text of a, version" in done.out) == (4, True)
    assert in_process("library", "diff", f"{tmp_path}/a", "--from", "1").code == 3
