"""What is no file of an input is named and never opened; members of archives need no names on the disk."""

import json
import os
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from t2s_local.errors import InputError
from t2s_local.files import file_digest, open_regular
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.reading.find import find

RUN = {"session_id": "s", "steps": [{"kind": "user", "text": "hello"}, {"kind": "assistant", "text": "done"}]}


def run(number: int) -> str:
    return json.dumps({**RUN, "session_id": f"s{number}"}) + "\n"


def bound(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(str(path))


ODD: dict[str, tuple[Callable[[Path], None], str]] = {
    "pipe": (os.mkfifo, "a pipe"),
    "socket": (bound, "a socket"),
    "link to a pipe": (lambda path: _to_pipe(path), "a link to a pipe"),
    "link to a device": (lambda path: path.symlink_to("/dev/zero"), "a link that leads out of the folder"),
    "link to proc": (lambda path: path.symlink_to("/proc/self/pagemap"), "a link that leads out of the folder"),
    "link to a file outside": (lambda path: path.symlink_to(path.parent.parent / "o.jsonl"), "a link that leads out"),
    "relative link outside": (lambda path: path.symlink_to("../o.jsonl"), "a link that leads out of the folder"),
    "link to nothing": (lambda path: path.symlink_to("nowhere"), "a link that leads nowhere"),
    "link to itself": (lambda path: path.symlink_to(path.name), "a link that leads nowhere"),
    "link to a folder": (lambda path: path.symlink_to("."), "a link to a folder"),
    "link to a folder outside": (lambda path: path.symlink_to(".."), "a link that leads out of the folder"),
    "link through a link": (lambda path: _twice(path), "a link that leads out of the folder"),
}


def _to_pipe(path: Path) -> None:
    (path.parent / ".git").mkdir()
    os.mkfifo(path.parent / ".git" / "pipe")
    path.symlink_to(".git/pipe")


def _twice(path: Path) -> None:
    (path.parent / ".git").mkdir()
    (path.parent / ".git" / "x").symlink_to("../../o.jsonl")
    path.symlink_to(".git/x")


@pytest.mark.parametrize(("make", "said"), ODD.values(), ids=ODD)
def test_what_is_no_file_of_the_folder_is_named_and_not_opened(
    tmp_path: Path, make: Callable[[Path], None], said: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "o.jsonl").write_text(run(9))
    (tmp_path / "in" / "a.jsonl").write_text(run(1))
    make(tmp_path / "in" / "b.jsonl")
    found = read([tmp_path / "in"])
    assert [item.session_id for item in found.trajectories] == ["s1"]
    assert [(item.path, said in item.seen) for item in found.report.unrecognised] == [
        (str(tmp_path / "in" / "b.jsonl"), True)
    ]
    assert found.report.n_files == 2


def test_a_link_to_a_file_of_the_folder_is_followed_and_one_that_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "o.jsonl").write_text(run(1))
    (tmp_path / "in" / "a.jsonl").write_text(run(2))
    (tmp_path / "in" / "b.jsonl").symlink_to("a.jsonl")
    (tmp_path / "link.jsonl").symlink_to("o.jsonl")
    (tmp_path / "folder").symlink_to("in")
    assert [file.name for file in find([tmp_path / "in", tmp_path / "link.jsonl"]).files] == [
        "a.jsonl",
        "b.jsonl",
        "link.jsonl",
    ]
    assert len(find([tmp_path / "folder"]).files) == 2


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/null"])
def test_a_device_that_is_named_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="a device"):
        find([Path(name)])


@pytest.mark.parametrize("name", ["/proc/self/maps", "/proc/self/pagemap"])
def test_a_file_that_holds_more_than_it_says_has_no_digest(name: str) -> None:
    if not Path(name).exists():
        pytest.skip("no such file on this system")
    with pytest.raises(InputError, match=r"more than it says|not permitted|permission"):
        file_digest(Path(name))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="a pipe"):
        open_regular(tmp_path / "pipe")


MEMBERS = [
    "b/..",
    "..",
    ".",
    "/",
    "//",
    "a/./..",
    "b" * 300 + ".jsonl",
    "ä" * 150,
    "../../x.jsonl",
    "/etc/passwd",
    "a\\..",
    "a\nb",
]


@pytest.mark.parametrize("name", MEMBERS)
def test_a_member_with_an_odd_name_costs_no_other_member(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for number, member in enumerate(("a.jsonl", name, "c.jsonl")):
            archive.writestr(member, run(number))
    found = read([tmp_path / "x.zip"])
    assert str(tmp_path / "x.zip/a.jsonl") in {run.source for run in found.trajectories}
    assert {run.session_id for run in found.trajectories} == {"s0", "s1", "s2"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.zip"]


def test_a_member_finds_no_file_beside_its_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    session = {"id": "s", "projectID": "p", "directory": "/x", "time": {"created": 1, "updated": 2}}
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("session/p/s.json", json.dumps(session))
    for folder in (tmp_path, tmp_path.parent):
        (folder / "message" / "s").mkdir(parents=True)
        (folder / "message" / "s" / "m.json").write_text(json.dumps({"id": "m", "sessionID": "s", "role": "user"}))
    assert read([tmp_path / "x.zip"]).trajectories == ()
