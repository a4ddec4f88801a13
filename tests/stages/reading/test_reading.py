"""Reading files and folders: what is found, what is refused, and that nothing else is lost."""

import bz2
import gzip
import json
import lzma
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from t2s_local.errors import InputError
from t2s_local.ports.format import Quarantined
from t2s_local.records import packed
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.reading.find import find
from t2s_local.stages.reading.reading import read_file
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.values.trajectory import Trajectory
from tests.places import DATA


def conversation(*said: str, **beside: object) -> str:
    messages = [{"role": "user", "content": "do it"}, *({"role": "assistant", "content": text} for text in said)]
    return json.dumps({"messages": messages, **beside}) + "\n"


def quarantined(path: Path) -> list[Quarantined]:
    return [item for item in read_file(path, source=path.name) if isinstance(item, Quarantined)]


def trajectories(path: Path) -> list[Trajectory]:
    return [item for item in read_file(path, source=path.name) if isinstance(item, Trajectory)]


def test_a_broken_line_is_named_and_costs_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(conversation("one") + '{"messages": [{"role": "user", "con\n' + "\n" + conversation("two"))
    assert [run.steps[-1].text for run in trajectories(path)] == ["one", "two"]
    assert quarantined(path) == [Quarantined(path="a.jsonl", line=2, reason="the JSON is cut off")]


def test_a_broken_first_line_does_not_hide_the_others(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"messages": [{"ro\n' + conversation("one") + conversation("two"))
    assert len(trajectories(path)) == 2
    assert [item.line for item in quarantined(path)] == [1]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"messages": [{"role": "user", "content": "\xff\xfe"}]}', "not UTF-8"),
        (b'{"messages": ' + b"[" * 100_000, "nested too deeply"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"messages": nothing}', "not JSON"),
        (b"\x00\x01\x02\x03", "not JSON"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(line: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(conversation("one").encode() + line + b"\n" + conversation("two").encode())
    assert len(trajectories(path)) == 2
    (bad,) = quarantined(path)
    assert bad.line == 2
    assert bad.reason.startswith(reason)


def test_numbers_as_python_and_javascript_write_them_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"messages": [{"role": "user", "content": "go"}], "reward": NaN, "cost": 1e999}\n' * 2)
    assert [run.score for run in trajectories(path)] == [None, None]


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"),
        (b"just some words\nand more of them\n", "text"),
        (b'{"name": "a", "version": 1}', "a JSON object with name, version"),
        (b"[1, 2, 3]", "a JSON list of 3 items"),
        (b"{}", "an empty JSON object"),
        (b'{"resolved": ["a"]}', "outcomes, which --labels can join to runs"),
        (b'{"a": {"resolved": true}}', "outcomes, which --labels can join to runs"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a Git LFS pointer instead of the file"),
        (b"[" * 100_000, "text"),
    ],
)
def test_a_file_without_a_trajectory_is_named_with_what_it_holds(content: bytes, seen: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    assert list(read_file(path, source="a.json")) == [Unrecognised(path="a.json", seen=seen)]


def test_json_that_is_cut_off_before_a_step_is_named_as_that(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"messages": [')
    (item,) = read_file(path, source="a.json")
    assert item == Quarantined(path="a.json", line=None, reason="JSON that is cut off or broken")


def test_a_line_of_200_mb_is_passed_over_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as stream:
        stream.write(conversation("one").encode())
        stream.write(b'{"messages": "')
        for _ in range(200):
            stream.write(b"x" * (1 << 20))
        stream.write(b'"}\n' + conversation("two").encode())
    script = (
        "import re, sys; from pathlib import Path; from t2s_local.stages.reading.reading import read_file;"
        "items = list(read_file(Path(sys.argv[1]), source='a'));"
        "status = Path('/proc/self/status').read_text();"
        "print([type(i).__name__ for i in items], int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    names, _, megabytes = done.stdout.rpartition(" ")
    assert names == "['Trajectory', 'Quarantined', 'Trajectory']"
    assert int(megabytes) < 250


def test_a_small_file_that_unpacks_to_very_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    with gzip.open(path, "wb", compresslevel=9) as stream:
        stream.write(conversation("one").encode())
        for _ in range(80):
            stream.write(b" " * (1 << 20))
    assert path.stat().st_size * packed.RATIO_LIMIT < 80 << 20
    assert [item.reason for item in quarantined(path)] == ["unpacks to more than 64 MB"]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
@pytest.mark.parametrize("has_lines", [True, False])
def test_a_packed_file_that_is_cut_off_is_read_up_to_there(
    pack: Callable[[bytes], bytes], has_lines: bool, tmp_path: Path
) -> None:
    lines = [conversation(f"{number * 7919 % 100_003}") for number in range(200)]
    path = tmp_path / "a.packed"
    path.write_bytes(pack("".join(lines if has_lines else ["[", ",".join(lines), "]"]).encode())[:-4])
    assert len([item for item in read_file(path, source="a") if isinstance(item, Trajectory)]) >= 100
    assert "the compressed data is broken or cut off" in [item.reason for item in quarantined(path)]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress, zstandard.compress])
def test_a_packed_file_cut_off_anywhere_never_breaks(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    data = pack("".join(conversation(f"{number * 7919 % 100_003}") for number in range(60)).encode())
    path = tmp_path / "a.packed"
    for stop in range(20, len(data) - 1, 97):
        path.write_bytes(data[:stop])
        items = list(read_file(path, source="a"))
        assert [item for item in items if not isinstance(item, Trajectory)], stop


def test_two_lists_that_may_both_be_the_conversation_are_both_named(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    first = [{"speaker": "human", "body": f"ask {n}"} for n in range(4)] + [{"speaker": "bot", "body": "yes"}]
    second = [{"speaker": "human", "body": f"beg {n}"} for n in range(4)] + [{"speaker": "bot", "body": "no"}]
    path.write_text(json.dumps({"morning": first, "evening": second}))
    (refused,) = quarantined(path)
    assert refused.reason.startswith("two lists may be the conversation: evening (5 messages) and morning (5 messages)")


def test_a_file_that_is_read_as_the_wrong_format_gives_no_trajectory(tmp_path: Path) -> None:
    items = list(read_file(DATA / "codex.jsonl", source="a", format_name="claude_code"))
    assert not [item for item in items if isinstance(item, Trajectory)]


def test_files_are_listed_once_and_in_order(tmp_path: Path) -> None:
    for name in ("b.json", "a.json", "c/d.json", ".git/x.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    found = find([tmp_path / "b.json", tmp_path, tmp_path / "c"])
    assert [file.relative_to(tmp_path).as_posix() for file in found.files] == ["a.json", "b.json", "c/d.json"]


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        find([tmp_path / "nowhere"])


def test_a_folder_without_permission_is_named_and_the_rest_is_read() -> None:
    script = (
        "import os, sys; from pathlib import Path; from t2s_local.stages.intake.read_all import read;"
        "open_, closed = map(Path, sys.argv[1:]); read([open_]);"
        "os.getuid() or os.setuid(65534);"
        "r = read([open_, closed]); print(len(r.trajectories), [q.reason for q in r.report.quarantined])"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "open.jsonl").write_text(conversation("seen"))
        (folder / "closed").mkdir(mode=0o000)
        command = [sys.executable, "-c", script, str(folder / "open.jsonl"), str(folder / "closed")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "1 ['permission denied']", done.stderr


def test_text_of_trajectories_is_inert(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    call = {
        "id": "1",
        "function": {"name": "sh\u202eell", "arguments": {"command": "ls \x1b[31m", "\u200bk": ["\x07"]}},
    }
    messages = [
        {"role": "user", "content": "red \x1b[31malert\x1b]52;c;aGk=\x07\u202e"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
    ]
    path.write_text(json.dumps({"messages": messages, "task_id": "t\x00"}) + "\n")
    (run,) = trajectories(path)
    assert (run.task_id, run.steps[0].text, run.steps[1].tool) == ("t", "red alert", "shell")
    assert run.steps[1].arguments == {"command": "ls ", "k": [""]}
    assert run.task == "red alert"


def test_a_run_that_is_already_inert_keeps_its_identity(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(conversation("plain", task_id="t") * 2)
    first, second = trajectories(path)
    assert first == second


def test_shuffled_files_give_the_same_readings(tmp_path: Path) -> None:
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
    names = sorted(path.name for path in DATA.iterdir() if path.is_file())
    for order, place in ((names, "one"), (names[::-1], "two")):
        for number, name in enumerate(order):
            (tmp_path / place / f"{number}-{name}").write_bytes((DATA / name).read_bytes())
    first, second = (read([tmp_path / place]) for place in ("one", "two"))
    named_by_file = {"swe_agent", "aider", "trace2skill", "goose"}
    kept = [[run.id for run in side.trajectories if run.format not in named_by_file] for side in (first, second)]
    assert len(kept[0]) > 20
    assert kept[0] == kept[1] == sorted(kept[0])
