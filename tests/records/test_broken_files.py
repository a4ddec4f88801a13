"""Files that are not whole: what is whole in them is read, what is lost is named with its line."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from t2s_local.ports.format import Quarantined
from t2s_local.stages.reading.reading import read_file
from t2s_local.values.trajectory import Trajectory
from tests.readings import copied, runs, sample, told

STREAMS = (
    "antigravity",
    "claude_code",
    "claude_stream",
    "codex",
    "codex_exec",
    "copilot_cli",
    "gemini_cli",
    "kimi",
    "openclaw",
    "qwen",
)
"""Formats of one record a line, several lines a run."""
Lines = list[bytes]
ZEROS = bytes(4096)
LOG = b"Loaded cached credentials.\n[mcp] 2 servers, 1 failed {retry: 3}\n"


def stub(line: bytes) -> bytes:
    """The start of a record, cut inside of a text."""
    return line[: line.index(b'": "') + 6] if b'": "' in line else line[: line.index(b'":"') + 5]


def glued(lines: Lines) -> bytes:
    return b"\n".join([lines[0], lines[1], lines[2] + lines[3], *lines[4:]]) + b"\n"


def glued_from_the_first_on(lines: Lines) -> bytes:
    return b"".join(lines)


def spliced(lines: Lines) -> bytes:
    return b"\n".join([*lines[:3], stub(lines[1]) + lines[3], *lines[4:]]) + b"\n"


def spliced_twice(lines: Lines) -> bytes:
    return b"\n".join([*lines[:3], stub(lines[1]) + stub(lines[2]) + lines[3] + lines[4], *lines[5:]]) + b"\n"


def zeros_before(lines: Lines) -> bytes:
    return b"\n".join([*lines[:3], ZEROS + lines[3], *lines[4:]]) + b"\n"


def zeros_behind(lines: Lines) -> bytes:
    return b"\n".join([*lines[:3], lines[3] + ZEROS, *lines[4:]]) + b"\n" + ZEROS


def zeros_between_glued(lines: Lines) -> bytes:
    return b"\n".join([*lines[:3], lines[3] + ZEROS + lines[4], *lines[5:]]) + b"\n"


def behind_a_log(lines: Lines) -> bytes:
    return LOG + b"\n".join(lines) + b"\n"


def behind_a_word(lines: Lines) -> bytes:
    return b"MCP issues detected. Run /mcp list for status." + b"\n".join(lines) + b"\n"


def behind_a_long_log(lines: Lines) -> bytes:
    return b"npm warn deprecated something@1.0.0\n" * 300 + b"\n".join(lines) + b"\n"


def with_a_mark_at_each_line(lines: Lines) -> bytes:
    return b"".join(b"\xef\xbb\xbf" + line + b"\r\n" for line in lines)


def as_a_text_sequence(lines: Lines) -> bytes:
    return b"".join(b"\x1e" + line + b"\n" for line in lines)


def indented(lines: Lines) -> bytes:
    return "\n".join(json.dumps(json.loads(line), indent=2) for line in lines).encode()


def indented_further_on(lines: Lines) -> bytes:
    return b"\n".join(lines[:3]) + b"\n" + indented(lines[3:])


def list_without_its_end(lines: Lines) -> bytes:
    return b"[\n" + b",\n".join(lines) + b",\n"


WHOLE: tuple[Callable[[Lines], bytes], ...] = (
    glued,
    glued_from_the_first_on,
    with_a_mark_at_each_line,
    as_a_text_sequence,
    indented,
    indented_further_on,
)
"""Ways of writing records of which nothing is lost."""
DAMAGED: dict[Callable[[Lines], bytes], list[int]] = {
    spliced: [4],
    spliced_twice: [4],
    zeros_before: [4],
    zeros_behind: [4, -1],
    zeros_between_glued: [4],
    behind_a_log: [1, 2],
    behind_a_word: [1],
    list_without_its_end: [],
}
"""Damages that leave every record whole, with the lines on which something else stands; -1 is the last line."""
MARKED = {
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "utf-32": "utf-32",
    "utf-8": "utf-8-sig",
}


def lines_of(name: str) -> Lines:
    return sample(name).read_bytes().rstrip(b"\n").split(b"\n")


def read(path: Path) -> tuple[list[list[str]], list[Quarantined]]:
    items = list(read_file(path, source="x"))
    found = [told(item) for item in items if isinstance(item, Trajectory)]
    return found, [item for item in items if isinstance(item, Quarantined)]


def whole(name: str) -> list[list[str]]:
    return [told(run) for run in runs(sample(name))]


LISTS = tuple(name for name in STREAMS if name not in ("claude_stream", "codex", "copilot_cli", "kimi", "openclaw"))
"""Streams that are read in a list too."""


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("write", WHOLE)
def test_records_are_read_however_they_are_parted(write: Callable[[Lines], bytes], name: str, tmp_path: Path) -> None:
    path = copied(name, tmp_path, data=write(lines_of(name)))
    assert read(path) == (whole(name), [])


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("damage", DAMAGED)
def test_what_is_whole_is_read_and_the_rest_is_named(
    damage: Callable[[Lines], bytes], name: str, tmp_path: Path
) -> None:
    if damage is list_without_its_end and name not in LISTS:
        pytest.skip("the format has no lists")
    lines = lines_of(name)
    found, broken = read(copied(name, tmp_path, data=damage(lines)))
    assert found == whole(name)
    last = len(lines) + 1
    assert [item.line for item in broken] == [last if line < 0 else line for line in DAMAGED[damage]]


@pytest.mark.parametrize("name", STREAMS)
def test_a_long_log_before_a_stream_hides_nothing_of_it(name: str, tmp_path: Path) -> None:
    found, broken = read(copied(name, tmp_path, data=behind_a_long_log(lines_of(name))))
    assert found == whole(name)
    assert {item.reason for item in broken} == {"no JSON"}


@pytest.mark.parametrize("name", [*STREAMS, "openai_chat", "aider", "react", "sharegpt"])
@pytest.mark.parametrize("encoding", MARKED)
def test_the_encoding_of_a_file_is_told_by_how_it_starts(encoding: str, name: str, tmp_path: Path) -> None:
    text = sample(name).read_text()
    if encoding == "utf-16-be" and not text[:16].isascii():
        pytest.skip("without a mark, only ASCII tells")
    path = copied(name, tmp_path, data=text.replace("\n", "\r\n").encode(MARKED[encoding]))
    assert read(path) == (whole(name), [])
    packed = copied(name, tmp_path, data=gzip.compress(text.encode(MARKED[encoding])))
    assert read(packed) == (whole(name), [])


@pytest.mark.parametrize("name", ["claude_code", "qwen", "codex_exec"])
def test_an_object_inside_of_a_broken_record_is_no_record(name: str, tmp_path: Path) -> None:
    lines = lines_of(name)
    for stop in range(1, len(lines[3]), 7):
        found, broken = read(copied(name, tmp_path, data=b"\n".join([*lines[:3], lines[3][:stop], *lines[4:]]) + b"\n"))
        without, _ = read(copied(name, tmp_path, data=b"\n".join([*lines[:3], *lines[4:]]) + b"\n"))
        assert [said for run in found for said in run] == [said for run in without for said in run]
        assert [item.line for item in broken] == [4]


def test_a_document_that_is_cut_off_is_read_up_to_its_last_whole_message(tmp_path: Path) -> None:
    messages = [{"role": "user", "content": "Count."}, {"role": "assistant", "content": "Three."}] * 3
    data = json.dumps([{"id": "one", "messages": messages}], indent=1).encode()
    path = tmp_path / "a.json"
    path.write_bytes(data[: data.rindex(b"Three.") + 3])
    found, broken = read(path)
    assert found == [["user: Count.", "assistant: Three.", "user: Count.", "assistant: Three.", "user: Count."]]
    assert [item.line for item in broken] == [data[: data.rindex(b"Three.")].count(b"\n") + 1]


def test_a_broken_item_of_a_list_is_named_and_the_items_behind_it_are_read(tmp_path: Path) -> None:
    rows = [
        json.dumps(
            {"id": name, "messages": [{"role": "user", "content": name}, {"role": "assistant", "content": "ok"}]}
        )
        for name in ("one", "two", "three")
    ]
    path = tmp_path / "a.json"
    path.write_text("[\n" + ",\n".join([rows[0], rows[1].replace('"two"}', '"tw'), rows[2]]) + "\n]\n")
    found, broken = read(path)
    assert found == [["user: one", "assistant: ok"], ["user: three", "assistant: ok"]]
    assert [item.line for item in broken] == [3]


def test_a_document_behind_the_lines_a_program_printed_is_read(tmp_path: Path) -> None:
    path = copied("openai_chat", tmp_path, data=b"Starting.\nDone in 3 s.\n" + sample("openai_chat").read_bytes())
    found, broken = read(path)
    assert found == whole("openai_chat")
    assert [(item.line, item.reason) for item in broken] == [(1, "no JSON")]


@pytest.mark.parametrize("name", ["claude_stream", "codex", "codex_exec", "copilot_cli", "gemini_cli", "openclaw"])
def test_runs_one_after_another_in_one_file_are_several(name: str, tmp_path: Path) -> None:
    data = sample(name).read_bytes()
    first = runs(sample(name))[0]
    assert first.session_id is not None
    again = data.replace(first.session_id.encode(), b"another-session")
    path = copied(name, tmp_path, data=data + again)
    found = runs(path)
    assert [told(run) for run in found] == whole(name) * 2
    assert len({run.id for run in found}) == len(found)
    assert "another-session" in {run.session_id for run in found}


def test_no_file_is_passed_over_without_a_word(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"type": "session", "version": 3, "cwd": "/srv"}\n')
    assert list(read_file(path, source="x"))
    assert list(read_file(path, source="x", format_name="atif"))
