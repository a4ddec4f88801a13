"""A workspace is trusted where this user's t2s wrote it: not what came with a project, whatever it looks like."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from t2s_local.errors import InputError
from t2s_local.packing import packed
from t2s_local.workspace import About, adopt_workspace, holder, open_workspace, read_workspace
from tests.build import step, trajectory
from tests.conftest import Command

RUN = trajectory(step("user", "words"))
ABOUT = About(command=("t2s",), folder="/", line="", host="here", versions={})


def made(folder: Path) -> Path:
    with open_workspace(folder, command="t2s") as workspace:
        workspace.ledger.start("r", b"{}", ABOUT, now=1.0, restart=False)
        attempt = workspace.attempt("r")
        attempt.put_trajectories([(RUN.id, packed(RUN))])
        attempt.put_item("k", "1", b"one")
        attempt.flush()
        workspace.ledger.finish("r", b"{}", {"a-name": ("l",)}, now=2.0)
    return folder


def change(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "store.db")) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def everything(folder: Path) -> tuple[object, ...]:
    with read_workspace(folder) as workspace:
        return (
            list(workspace.ledger),
            list(workspace.items("k", run_id="r")),
            workspace.names(),
            workspace.item("k", "1"),
            workspace.trajectory(RUN.id),
        )


FORGERIES = {
    "a result": "UPDATE runs SET result = '{\"skills\": []}'",
    "a manifest": "UPDATE runs SET manifest = '{\"x\": 1}'",
    "how it was called": "UPDATE runs SET about = '{}'",
    "when it was": "UPDATE runs SET finished = 99.0",
    "that it is whole": "UPDATE runs SET restarting = 1",
    "an id": "UPDATE runs SET id = '../x'",
    "an item": "UPDATE items SET value = x'00'",
    "the key of an item": "UPDATE items SET key = '1', value = (SELECT value FROM trajectories)",
    "a trajectory": "UPDATE trajectories SET value = (SELECT value FROM items)",
    "a name": "UPDATE names SET name = '../../x'",
    "lessons of a name": "UPDATE names SET lessons = '[]'",
    "no mark": "UPDATE runs SET mark = NULL",
    "a mark of another row": "UPDATE runs SET mark = (SELECT mark FROM names)",
    "a mark that is text": "UPDATE items SET mark = 'x'",
    "the mark of the store": "UPDATE made SET mark = x'00'",
    "no store mark": "DELETE FROM made",
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON items BEGIN DELETE FROM names; END",
    "a view": "CREATE VIEW v AS SELECT 1",
    "an older version": "PRAGMA user_version = 2",
    "no version": "PRAGMA user_version = 0",
    "a new run": "INSERT INTO runs (id, started, manifest) VALUES ('s', 1.0, '{}')",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_what_somebody_else_wrote_into_a_store_is_refused(tmp_path: Path, forgery: str) -> None:
    change(made(tmp_path / "w"), forgery)
    with pytest.raises(InputError):
        everything(tmp_path / "w")


def test_progress_that_is_no_progress_is_unknown(tmp_path: Path) -> None:
    change(made(tmp_path / "w"), "UPDATE runs SET state = '{broken'")
    with read_workspace(tmp_path / "w") as workspace:
        assert [run.state for run in workspace.ledger] == [None]


def test_a_workspace_that_its_user_moves_or_copies_stays_whole(tmp_path: Path) -> None:
    made(tmp_path / "w")
    before = everything(tmp_path / "w")
    assert before[-1] == RUN
    shutil.copytree(tmp_path / "w", tmp_path / "copied")
    (tmp_path / "w").rename(tmp_path / "moved")
    for folder in (tmp_path / "copied", tmp_path / "moved"):
        assert everything(folder) == before


def test_the_workspace_of_another_user_is_taken_over_when_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, t2s: Command
) -> None:
    with monkeypatch.context() as other:
        other.setenv("XDG_DATA_HOME", str(tmp_path / "other"))
        made(tmp_path / "w")
    refused = t2s("runs", "ls", "--workspace", tmp_path / "w")
    assert refused.code == 3
    assert f"t2s adopt {tmp_path / 'w'}" in refused.err
    assert t2s("adopt", tmp_path / "w").code == 0
    everything(tmp_path / "w")


def test_nothing_foreign_is_merged(tmp_path: Path) -> None:
    change(
        made(tmp_path / "other"),
        "UPDATE runs SET result = '{\"skills\": [1]}'",
        "UPDATE items SET value = x'00'",
        "UPDATE trajectories SET value = x'00'",
    )
    with open_workspace(tmp_path / "w", command="t2s") as workspace:
        assert workspace.take_over(tmp_path / "other" / "store.db") == 0
        assert list(workspace.ledger) == []
        assert workspace.trajectory(RUN.id) is None


def linked(place: Path, victim: Path) -> None:
    place.symlink_to(victim)


def dangling(place: Path, victim: Path) -> None:
    place.symlink_to(victim.with_name("not-there"))


def second_name(place: Path, victim: Path) -> None:
    os.link(victim, place)


def pipe(place: Path, _victim: Path) -> None:
    os.mkfifo(place)


def folder(place: Path, _victim: Path) -> None:
    place.mkdir()


@pytest.mark.parametrize(
    "name", ["lock", "store.db", "store.db-wal", "store.db-shm", "store.v1.partial", "store.v1.db"]
)
@pytest.mark.parametrize("make", [linked, dangling, second_name, pipe, folder])
def test_a_file_of_ours_that_leads_elsewhere_is_refused(
    tmp_path: Path, name: str, make: Callable[[Path, Path], None]
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "w").mkdir()
    make(tmp_path / "w" / name, victim)
    with pytest.raises(InputError), open_workspace(tmp_path / "w", command="t2s"):
        pass
    assert victim.read_text() == "mine"
    assert not (tmp_path / "not-there").exists()


def test_a_link_in_place_of_the_workspace_is_refused(tmp_path: Path) -> None:
    made(tmp_path / "w")
    (tmp_path / "link").symlink_to(tmp_path / "w")
    with pytest.raises(InputError) as refused, open_workspace(tmp_path / "link", command="t2s"):
        pass
    assert str(tmp_path / "w") in (refused.value.hint or "")


@pytest.mark.parametrize("said", ["1\nforged\nline", "²\nx", "9" * 4000 + "\nx", "-1\nx"])
def test_a_lock_that_came_along_says_nothing_that_breaks_a_line(tmp_path: Path, said: str) -> None:
    (tmp_path / "lock").write_text(said)
    assert "\n" not in (holder(tmp_path) or "")


def test_a_pipe_in_place_of_the_lock_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lock")
    assert holder(tmp_path) is None


def test_a_key_that_others_can_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    made(tmp_path / "w")
    key = tmp_path / "data" / "t2s" / "key"
    assert key.stat().st_mode & 0o777 == 0o600
    adopt_workspace(tmp_path / "w")
