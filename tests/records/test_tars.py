"""Archives of tar: every file in them is read, whatever is wrong with the others."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import zstandard

from t2s_local.ports.format import Quarantined
from t2s_local.records.tars import is_tar, tar_members
from t2s_local.stages.reading.reading import read_file
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.values.trajectory import Trajectory
from tests.readings import DATA, runs, sample, told

NAMES = ("claude_code", "codex", "openai_chat", "gemini_cli", "qwen")


def tarred(members: Mapping[str, bytes], *, form: int = tarfile.PAX_FORMAT) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()


SAMPLES = {f"runs/{name}/{sample(name).name}": sample(name).read_bytes() for name in NAMES}
WHOLE = [told(run) for name in NAMES for run in runs(sample(name))]


def read(
    folder: Path, data: bytes, name: str = "runs.tar"
) -> tuple[list[Trajectory], list[Quarantined | Unrecognised]]:
    path = folder / name
    path.write_bytes(data)
    items = list(read_file(path, source="runs.tar"))
    return (
        [item for item in items if isinstance(item, Trajectory)],
        [item for item in items if isinstance(item, Quarantined | Unrecognised)],
    )


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress, lzma.compress, bz2.compress])
def test_every_member_is_read_as_the_file_it_was(pack: type[bytes], form: int, tmp_path: Path) -> None:
    found, wrong = read(tmp_path, pack(tarred(SAMPLES, form=form)))
    assert [told(run) for run in found] == WHOLE
    assert found[0].source == f"runs.tar/runs/claude_code/{sample('claude_code').name}"
    assert wrong == []


def test_members_may_be_packed_themselves_and_their_names_anything(tmp_path: Path) -> None:
    data = sample("codex").read_bytes()
    long = "/".join(["a-folder"] * 40) + "/" + "x" * 220 + ".jsonl"
    found, wrong = read(tmp_path, tarred({"a.jsonl.gz": gzip.compress(data), long: data, "caf\udce9.jsonl": data}))
    assert [told(run) for run in found] == [told(run) for run in runs(sample("codex"))] * 3
    assert found[2].source == "runs.tar/caf\\xe9.jsonl"
    assert wrong == []


def zipped(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def tree_of_opencode() -> dict[str, bytes]:
    time = {"created": 1, "updated": 2}
    said = {"id": "m", "sessionID": "s", "role": "user", "time": time}
    files = {
        "x/storage/part/m/p.json": {"id": "p", "messageID": "m", "sessionID": "s", "type": "text", "text": "Look."},
        "x/storage/part/m/q.json": "broken",
        "x/storage/message/s/m.json": said,
        "x/storage/session/p/s.json": {"id": "s", "projectID": "p", "directory": "/x", "title": "t", "time": time},
    }
    return {name: b"{" if value == "broken" else json.dumps(value).encode() for name, value in files.items()}


@pytest.mark.parametrize("pack", [tarred, zipped, lambda members: lzma.compress(tarred(members))])
def test_what_lies_beside_a_member_is_found(pack: Callable[[Mapping[str, bytes]], bytes], tmp_path: Path) -> None:
    found, wrong = read(tmp_path, pack(tree_of_opencode()))
    assert [told(run) for run in found] == [["user: Look."]]
    assert {item.path for item in wrong} == {"runs.tar/x/storage/part/m/q.json"}


def test_events_of_openhands_in_an_archive_are_one_run(tmp_path: Path) -> None:
    events = {
        f"c/events/{number}.json": {"id": number, "source": "user", "action": "message", "args": {"content": text}}
        for number, text in enumerate(("Look.", "Once more."))
    }
    found, wrong = read(tmp_path, tarred({name: json.dumps(event).encode() for name, event in events.items()}))
    assert ([told(run) for run in found], wrong) == ([["user: Look.", "user: Once more."]], [])


def test_members_that_cannot_lie_together_are_read_alone(tmp_path: Path) -> None:
    data = sample("codex").read_bytes()
    names = ["a.jsonl", "./a.jsonl", "a.jsonl/b.jsonl", "../../a.jsonl", "/etc/a.jsonl"]
    found, wrong = read(tmp_path, tarred(dict.fromkeys(names, data)))
    assert (len(found), wrong) == (len(names), [])
    assert sorted(run.source for run in found) == sorted(f"runs.tar/{name}" for name in names)


def test_links_archives_and_strange_files_are_named(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(sample("codex"), "a.jsonl")
        for name, kind in (("link", tarfile.SYMTYPE), ("device", tarfile.CHRTYPE), ("folder", tarfile.DIRTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        inner = tarfile.TarInfo("inner.tar")
        data = tarred(SAMPLES)
        inner.size = len(data)
        archive.addfile(inner, io.BytesIO(data))
    found, wrong = read(tmp_path, packed.getvalue())
    assert len(found) == 1
    assert [(item.path, isinstance(item, Unrecognised)) for item in wrong] == [
        ("runs.tar/link", False),
        ("runs.tar/device", False),
        ("runs.tar/inner.tar", True),
    ]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress, bz2.compress])
def test_an_archive_cut_off_anywhere_gives_its_whole_members_and_says_so(pack: type[bytes], tmp_path: Path) -> None:
    members = {"a.jsonl": sample("codex").read_bytes(), "b.jsonl": sample("qwen").read_bytes()}
    data = pack(tarred(members))
    whole = [told(run) for name in ("codex", "qwen") for run in runs(sample(name))]
    end = data.rstrip(b"\0")
    for stop in range(600 if pack is bytes else 20, len(end) - 8, 97 * 3):
        found, wrong = read(tmp_path, data[:stop])
        assert [told(run) for run in found] == whole[: len(found)]
        assert len(found) == 2 or wrong


def test_flipped_bytes_never_break_it(tmp_path: Path) -> None:
    data = bytearray(tarred({"a.jsonl": sample("codex").read_bytes()}))
    for place in range(0, 1024, 7):
        data[place] ^= 0xFF
        found, wrong = read(tmp_path, bytes(data))
        data[place] ^= 0xFF
        assert found or wrong, place


def test_a_header_that_fills_the_memory_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("a.jsonl")
        member.pax_headers = {"comment": "x" * (8 << 20)}
        archive.addfile(member)
    found, wrong = read(tmp_path, gzip.compress(packed.getvalue()))
    assert found == []
    assert [item.path for item in wrong] == ["runs.tar"]


def test_members_beyond_the_limit_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(tarred({name: b"x" for name in "abc"}))
    assert [name for name, _ in tar_members(path, tmp_path / "member", most=2)] == ["a", "b", ""]


def test_other_files_are_no_tars() -> None:
    assert not [path for path in DATA.iterdir() if path.is_file() and is_tar(path.read_bytes())]
    assert not is_tar(bytes(1024))
