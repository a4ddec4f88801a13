"""Input that is made to break things: bombs, traps and files that pretend."""

import bz2
import gzip
import io
import json
import lzma
import os
import shutil
import stat
import tarfile
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import zstandard

from t2s_local.errors import InputError
from t2s_local.files import private_folder
from tests.commands import Ran, in_own_process
from tests.places import SAMPLES

GOOD = json.dumps({"messages": [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "hi"}]})
Make = Callable[[Path], None]
T2S = Callable[..., Ran]


@pytest.fixture
def t2s(tmp_path: Path) -> T2S:
    """The command as a process of its own in an empty folder, with 4 GB of address space and 60 seconds."""

    def run(*arguments: str, environment: Mapping[str, str] | None = None) -> Ran:
        limited = ("bash", "-c", 'ulimit -v 4000000; exec "$@"', "t2s")
        variables = {"HOME": str(tmp_path / "home"), "OMP_NUM_THREADS": "1", **(environment or {})}
        return in_own_process(*arguments, cwd=tmp_path, environment=variables, before=limited, timeout=60)

    (tmp_path / "home").mkdir()
    (tmp_path / "runs").mkdir()
    return run


def beside(runs: Path, name: str, data: bytes) -> None:
    """Put a good file and a bad one in one folder."""
    (runs / "good.jsonl").write_text(GOOD + "\n")
    (runs / name).write_bytes(data)


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip file of *members*."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def tarred(members: Mapping[str, bytes], *, comment: str = "") -> bytes:
    """A tar file of *members*, with a comment in the header of each."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            member.pax_headers = {"comment": comment} if comment else {}
            archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()


LINE = b'{"messages": [{"role": "user", "content": "'
MADE: dict[str, Callable[[], bytes]] = {
    "bomb.jsonl.gz": lambda: gzip.compress(LINE + b"0" * (80 << 20), compresslevel=1),
    "bomb.jsonl.zst": lambda: zstandard.ZstdCompressor(level=1).compress(LINE + b"0" * (80 << 20)),
    "bomb.jsonl.xz": lambda: lzma.compress(LINE + b"0" * (80 << 20), preset=0),
    "bomb.jsonl.bz2": lambda: bz2.compress(LINE + b"0" * (80 << 20), 1),
    "window.jsonl.xz": lambda: lzma.compress(
        LINE * 9, filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 512 << 20}]
    ),
    "deep.json": lambda: b'{"messages":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep-objects.jsonl": lambda: b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "digits.jsonl": lambda: b'{"messages": [], "n": ' + b"9" * 1_000_000 + b"}",
    "exponent.jsonl": lambda: b'{"messages": [], "n": 1e999999999}',
    "line.jsonl": lambda: LINE + b"0" * (80 << 20) + b'"}]}',
    "random.bin": lambda: bytes(range(256)) * 4096,
    "cut.jsonl": lambda: GOOD.encode()[:-20],
    "utf16.jsonl": lambda: GOOD.encode("utf-16"),
    "fake.gz": lambda: b"\x1f\x8b" + b"no gzip at all",
    "fake.zst": lambda: b"\x28\xb5\x2f\xfd" + b"no zstandard at all",
    "fake.xz": lambda: b"\xfd7zXZ\0" + b"no xz at all",
    "fake.bz2": lambda: b"BZh91AY&SY" + b"no bzip2 at all",
    "empty.json": bytes,
    "bomb.eval": lambda: zipped({"header.json": b"{}", "samples/1_epoch_1.json": LINE + b"0" * (600 << 20)}),
    "climbing.eval": lambda: zipped({"header.json": b"{}", "../samples/1.json": b"{}", "/samples/2.json": b"{}"}),
    "bomb.tar.gz": lambda: gzip.compress(tarred({"a.jsonl": LINE + b"0" * (80 << 20)}), compresslevel=1),
    "members.tar": lambda: tarred({f"{number}.txt": b"" for number in range(3_000)}),
    "header.tar.gz": lambda: gzip.compress(tarred({"a.jsonl": b""}, comment="x" * (80 << 20)), compresslevel=1),
    "zeros.jsonl": lambda: LINE + bytes(80 << 20) + LINE,
    "glued.jsonl": lambda: b'{"messages": [' * 200_000,
    "fake.eval": lambda: b"PK\x03\x04" + b"no archive at all",
}


@pytest.mark.parametrize("name", MADE.keys())
def test_a_bomb_costs_one_line_and_nothing_else(tmp_path: Path, t2s: T2S, name: str) -> None:
    beside(tmp_path / "runs", name, MADE[name]())
    done = t2s("read", "runs", "--json")
    assert done.code in (0, 3), done.err
    assert "Traceback" not in done.err
    assert "good.jsonl" in done.out
    assert len(done.err.splitlines()) <= 6


@pytest.mark.slow
@pytest.mark.parametrize("start", [LINE, b"", b'{"messages": ['])
def test_a_line_of_a_gigabyte_costs_one_line_and_little_memory(tmp_path: Path, t2s: T2S, start: bytes) -> None:
    beside(tmp_path / "runs", "line.jsonl", start)
    os.truncate(tmp_path / "runs" / "line.jsonl", 1 << 30)
    began = time.monotonic()
    done = t2s("read", "runs", "--json")
    assert done.code in (0, 3), done.err
    assert "Traceback" not in done.err
    assert "good.jsonl" in done.out
    assert len(done.err.splitlines()) <= 6
    assert time.monotonic() - began < 30


def test_a_control_sequence_in_a_file_name_reaches_no_terminal(tmp_path: Path, t2s: T2S) -> None:
    name = "a\x1b]52;c;aGk=\x07\x1b[31m\u202eb.jsonl"
    (tmp_path / "runs" / name).write_text('{"messages": broken\n')
    (tmp_path / "runs" / f"2{name}").write_text(GOOD + "\n")
    done = t2s("read", "runs")
    assert not {"\x1b", "\x07", "\u202e"} & {*done.out, *done.err}
    missing = t2s("read", name)
    assert not {"\x1b", "\x07", "\u202e"} & {*missing.out, *missing.err}


def test_links_to_folders_are_not_followed(tmp_path: Path, t2s: T2S) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "private.jsonl").write_text(GOOD + "\n")
    (tmp_path / "runs" / "good.jsonl").write_text(GOOD.replace("hello", "hallo") + "\n")
    (tmp_path / "runs" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "runs" / "loop").symlink_to(tmp_path / "runs")
    done = t2s("read", "runs", "--json")
    assert [json.loads(line)["source"] for line in done.out.splitlines()] == ["runs/good.jsonl"]


@pytest.mark.parametrize(
    "setting",
    [
        'model = "weights/evil.gguf"',
        'model = "evil.gguf"',
        'embedder = "./evil"',
        'workspace = "/tmp/x"',
        'workspace = "../x"',
        'workspace = "inside"',
        'model = "MODEL.GGUF"',
        'model = "runs"',
        'embedder = "runs"',
        'embedder = ".."',
        "min_support = 2",
    ],
)
def test_the_file_of_somebodys_project_names_no_paths(tmp_path: Path, t2s: T2S, setting: str) -> None:
    (tmp_path / "t2s.toml").write_text(setting + "\n")
    done = t2s("read", "runs")
    assert done.code == 2
    assert done.err.startswith("Error: t2s.toml: a project's file cannot")


@pytest.mark.parametrize(
    "make",
    [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero"), lambda path: path.symlink_to("elsewhere.toml")],
)
def test_a_project_file_that_is_no_file_keeps_nobody_waiting(tmp_path: Path, t2s: T2S, make: Make) -> None:
    make(tmp_path / "t2s.toml")
    done = t2s("read", "runs")
    assert done.code == 2, done.err
    assert done.err.startswith("Error: t2s.toml: ")


@pytest.mark.parametrize("value", ["0", "-1", "-999"])
def test_no_support_below_one_is_taken(tmp_path: Path, t2s: T2S, value: str) -> None:
    (tmp_path / "t2s.toml").write_text(f"min_support = {value}\n")
    assert t2s("read", "runs").code == 2
    (tmp_path / "t2s.toml").unlink()
    assert t2s("distill", "runs", "-o", "out", "--min-support", value).code == 2


def test_a_run_says_what_the_file_of_the_project_decides(tmp_path: Path, t2s: T2S) -> None:
    (tmp_path / "t2s.toml").write_text('min_support = 4\nseed = 5\nalgorithm = "auto"\n')
    command = ("distill", "runs", "-o", "out", "--model", "none", "--workspace", "ws", "-q")
    assert "t2s.toml of this folder sets min_support = 4, seed = 5.\n" in t2s(*command).err
    assert "sets seed = 5.\n" in t2s(*command, "--min-support", "3").err


@pytest.mark.parametrize("text", ["x = 1", "= 1", "model = 1", "a = " + "[" * 5000])
def test_a_broken_project_file_is_named(tmp_path: Path, t2s: T2S, text: str) -> None:
    (tmp_path / "t2s.toml").write_text(text)
    done = t2s("read", "runs")
    assert done.code == 2, done.err
    assert "Traceback" not in done.err
    assert "t2s.toml" in done.err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_workspace_of_another_user_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ws").mkdir()
    os.chown(tmp_path / "ws", 65534, 65534)
    with pytest.raises(InputError, match="belongs to another user"):
        private_folder(tmp_path / "ws")


def test_the_workspace_is_private_and_the_skills_are_not(tmp_path: Path, t2s: T2S) -> None:
    shutil.copytree(SAMPLES, tmp_path / "runs" / "samples")
    done = t2s("distill", "runs", "-o", "out/skills", "--workspace", "ws", "--model", "none", "-q")
    assert done.code == 0, done.err
    private = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "ws").rglob("*") if path.is_file()}
    assert private == {0o600}
    assert stat.S_IMODE((tmp_path / "ws").stat().st_mode) == 0o700
    shared = [path for path in (tmp_path / "out" / "skills").rglob("*.md")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in shared} == {0o644}
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in shared} == {0o755}


@pytest.mark.parametrize(
    "front",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
        "name: !!python/object/apply:os.system ['true']\n",
        "name: x\nname: y\n",
        "name: " + "{" * 2000,
    ],
)
def test_front_matter_that_is_a_trap_is_a_finding(tmp_path: Path, t2s: T2S, front: str) -> None:
    (tmp_path / "skill").mkdir()
    (tmp_path / "skill" / "SKILL.md").write_text(f"---\n{front}---\nbody\n")
    for command in ("lint", "scan"):
        done = t2s(command, "skill")
        assert done.code in (0, 4), done.err
        assert "Traceback" not in done.err
