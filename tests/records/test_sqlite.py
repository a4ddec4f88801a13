"""Databases with a log beside them: what was committed is read, nothing is written beside them."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from t2s_local.records.sqlite import database_of, logs_of, rows, tables
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.reading.find import find
from t2s_local.stages.reading.harvest import harvest
from tests.formats.test_fuzz import BINARIES
from tests.places import DATA


def opencode(path: Path, sessions: list[str], *, of_log: list[str]) -> None:
    """Sessions in a database, the later ones in its log alone, as a program that was ended hard leaves them."""
    export = json.loads((DATA / "opencode.json").read_text())
    schema = (
        "CREATE TABLE session (id TEXT)",
        "CREATE TABLE message (id TEXT, session_id TEXT, data TEXT)",
        "CREATE TABLE part (id TEXT, message_id TEXT, data TEXT)",
    )
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA wal_autocheckpoint = 0")
        for statement in schema:
            database.execute(statement)
        for session in [*sessions, "checkpoint", *of_log]:
            if session == "checkpoint":
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                continue
            database.execute("INSERT INTO session VALUES (?)", (session,))
            for message in export["messages"]:
                info = message["info"] | {"id": f"{session}-{message['info']['id']}"}
                database.execute("INSERT INTO message VALUES (?, ?, ?)", (info["id"], session, json.dumps(info)))
                for part in message["parts"]:
                    data = json.dumps(part).replace("notes.txt", f"{session}.txt")
                    database.execute("INSERT INTO part VALUES (?, ?, ?)", (part["id"], info["id"], data))
        for ending in ("", "-wal"):
            shutil.copyfile(f"{path}{ending}", f"{path}.copy{ending}")
    for ending in ("", "-wal"):
        Path(f"{path}.copy{ending}").replace(f"{path}{ending}")


def state(folder: Path) -> dict[str, tuple[int, int]]:
    return {file.name: (file.stat().st_size, file.stat().st_mtime_ns) for file in folder.iterdir()}


def test_what_lies_in_the_log_is_read_and_nothing_is_written_beside_it(tmp_path: Path) -> None:
    opencode(tmp_path / "opencode.db", ["ses_1"], of_log=["ses_2", "ses_3"])
    before = state(tmp_path)
    for named in (tmp_path, tmp_path / "opencode.db"):
        found = read([named])
        assert sorted(str(run.session_id) for run in found.trajectories) == ["ses_1", "ses_2", "ses_3"]
        assert not found.report.unrecognised
    assert (
        state(tmp_path)
        == before
        == {"opencode.db": before["opencode.db"], "opencode.db-wal": before["opencode.db-wal"]}
    )


@pytest.mark.parametrize("name", sorted(BINARIES.keys() - {"inspect_ai"}))
def test_every_format_with_a_database_reads_what_lies_in_its_log_alone(name: str, tmp_path: Path) -> None:
    whole, path, store = tmp_path / "whole.db", tmp_path / "a.db", tmp_path / "store"
    BINARIES[name](whole)
    store.mkdir()
    with closing(sqlite3.connect(whole)) as database:
        written = "\n".join(database.iterdump())
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA wal_autocheckpoint = 0")
        database.executescript(written)
        for ending in ("", "-wal"):
            shutil.copyfile(f"{path}{ending}", store / f"a.db{ending}")
    before = state(store)
    assert [run.steps for run in read([store]).trajectories] == [run.steps for run in read([whole]).trajectories]
    assert state(store) == before


def test_a_folder_that_nobody_may_write_to_is_enough(tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    opencode(store / "opencode.db", [], of_log=["ses_1"])
    store.chmod(0o500)
    try:
        assert [run.session_id for run in read([store]).trajectories] == ["ses_1"]
    finally:
        store.chmod(0o700)


def test_a_transaction_that_was_not_finished_is_taken_back(tmp_path: Path) -> None:
    path, half = tmp_path / "whole.db", tmp_path / "half.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA cache_size = 1")
        database.execute("CREATE TABLE message (text TEXT)")
        database.execute("INSERT INTO message VALUES ('kept')")
        database.execute("BEGIN")
        database.executemany("INSERT INTO message VALUES (?)", [("lost" * 500,)] * 200)
        for ending in ("", "-journal"):
            shutil.copyfile(f"{path}{ending}", f"{half}{ending}")
        database.execute("ROLLBACK")
    assert list(rows(half, "SELECT text FROM message")) == [("kept",)]


def test_a_log_that_grows_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    opencode(path, ["ses_1"], of_log=["ses_2"])
    assert len(list(rows(path, "SELECT id FROM session"))) == 2
    path.unlink()
    Path(f"{path}-wal").unlink()
    opencode(path, ["ses_1"], of_log=["ses_2", "ses_3"])
    assert len(list(rows(path, "SELECT id FROM session"))) == 3


def test_the_log_counts_among_the_files_that_identify_the_input(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    opencode(path, ["ses_1"], of_log=["ses_2"])
    assert [file.name for file in find([path]).files] == ["opencode.db", "opencode.db-wal"]
    assert database_of(tmp_path / "opencode.db-wal") == path
    assert database_of(DATA / "opencode.json") is None
    assert logs_of(DATA / "opencode.json") == ()


@pytest.mark.parametrize("log", [b"", b"no log at all" * 100, bytes(4096)])
def test_a_log_that_is_none_does_no_harm(log: bytes, tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    opencode(path, ["ses_1"], of_log=[])
    Path(f"{path}-wal").write_bytes(log)
    assert list(rows(path, "SELECT id FROM session")) == [("ses_1",)]
    assert "session" in tables(path)


def test_a_harvest_sees_the_log_grow(tmp_path: Path) -> None:
    store = tmp_path / ".local" / "share" / "opencode"
    store.mkdir(parents=True)
    opencode(store / "opencode.db", ["ses_1"], of_log=["ses_2"])
    (first,) = harvest(tmp_path, environment={}).sources
    with Path(f"{store}/opencode.db-wal").open("ab") as log:
        log.write(bytes(32))
    (second,) = harvest(tmp_path, environment={}).sources
    assert first.stamp != second.stamp
    assert second.bytes == first.bytes + 32


def test_a_journal_that_is_no_longer_there_when_it_is_copied_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE message (text TEXT)")
        database.commit()
    Path(f"{path}-journal").write_bytes(b"x")
    assert "message" in tables(path)
    Path(f"{path}-journal").unlink()
    assert "message" in tables(path)
