"""``t2s read`` as a person and as a script use it."""

import json
from pathlib import Path

import pytest

from tests.commands import Ran, in_own_process
from tests.conftest import Command
from tests.many import write_runs
from tests.places import DATA

KEYS = [
    *("id", "source", "format", "session_id", "task_id", "task", "steps", "tool_calls", "errors"),
    *("outcome", "score", "termination", "label_source"),
]


def t2s_read(*arguments: str | Path) -> Ran:
    return in_own_process("read", *arguments)


def test_json_is_one_object_a_trajectory_with_exactly_the_keys_promised() -> None:
    done = t2s_read(DATA / "tau_bench.json", "--json")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0
    assert [list(row) for row in rows] == [KEYS, KEYS]
    by_session = {row["session_id"]: row for row in rows}
    assert by_session["library-7:0"] | {"id": "", "source": ""} == {
        "id": "",
        "source": "",
        "format": "tau_bench",
        "session_id": "library-7:0",
        "task_id": "library-7",
        "task": "Count the lines of notes.txt and tell me the number.",
        "steps": 10,
        "tool_calls": 2,
        "errors": 0,
        "outcome": "success",
        "score": 1.0,
        "termination": "user_stop",
        "label_source": "field:reward",
    }


def test_the_table_has_a_line_a_trajectory_and_words_go_to_stderr() -> None:
    done = t2s_read(DATA / "claude_code.jsonl")
    assert [line.split()[1] for line in done.out.splitlines()] == ["FORMAT", "claude_code", "claude_code"]
    assert "1 file-history-snapshot" in done.err
    assert "2 trajectories from 1 file\n" in done.err


def test_unreadable_input_is_named_with_its_line_and_the_rest_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = {"messages": [{"role": "user", "content": "go"}, {"role": "assistant", "content": "gone"}]}
    path.write_text(json.dumps(good) + '\n{"messages": [{"ro')
    done = t2s_read(path, "--json")
    assert done.code == 3
    assert len(done.out.splitlines()) == 1
    assert f"{path}:2: the JSON is cut off" in done.err
    assert "Traceback" not in done.err


def test_an_empty_folder_is_nothing_found(tmp_path: Path) -> None:
    done = t2s_read(tmp_path)
    assert (done.code, done.out) == (10, "")
    assert "no trajectory in an empty folder" in done.err


def test_a_folder_without_a_trajectory_is_described(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text("words")
    (tmp_path / "d.png").write_bytes(b"\x89PNG\0")
    done = t2s_read(tmp_path)
    assert done.code == 10
    assert "no trajectory in 3 .txt files, 1 .png file" in done.err


def test_a_path_that_does_not_exist_is_a_fault_of_the_command_line(tmp_path: Path) -> None:
    done = t2s_read(tmp_path / "nowhere")
    assert done.code == 2
    assert done.err == f"Error: {tmp_path / 'nowhere'}: no such file or folder\n"


def test_an_unknown_format_is_a_usage_error_that_lists_the_known_ones() -> None:
    done = t2s_read(DATA, "--format", "nonsense")
    assert done.code == 2
    assert "claude_code" in done.err


def test_labels_are_joined_and_counted(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("id,reward\nmini_swe_agent.json,0.5\nnobody,1\n")
    done = t2s_read(DATA / "mini_swe_agent.json", "--labels", labels, "--json")
    row = json.loads(done.out)
    assert (row["outcome"], row["score"], row["label_source"]) == ("partial", 0.5, "labels:labels.csv")
    assert "1 run labelled, 1 label matches no run" in done.err


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_the_paths_does_not_show(order: int) -> None:
    paths = sorted(DATA.iterdir())[::order]
    first, second = t2s_read(*paths, "--json"), t2s_read(DATA, "--json")
    assert first.out == second.out


def test_a_single_file_without_a_trajectory_is_named_with_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"name": 1}')
    done = t2s_read(tmp_path / "a.json")
    assert done.code == 10
    assert "no trajectory in this file: a JSON object with name" in done.err


def test_a_file_read_as_the_wrong_format_is_no_empty_folder() -> None:
    done = t2s_read(DATA / "codex.jsonl", "--format", "langfuse")
    assert done.code == 10
    assert "no trajectory in 1 file" in done.err


def test_one_file_of_broken_json_among_others_is_named_and_ends_with_3(here: Path, t2s: Command) -> None:
    write_runs(here / "in", 8)
    (here / "in" / "cut.jsonl").write_text('{"a": 1}\n{"type": "user", "mes')
    (here / "in" / "notes.txt").write_text("nothing")
    for words in (("read", "in"), ("distill", "in", "-o", "out", "--model", "none")):
        ran = t2s(*words)
        assert ran.code == 3, words
        assert "in/cut.jsonl: JSON that is cut off or broken" in ran.err
    (here / "in" / "cut.jsonl").unlink()
    assert t2s("read", "in").code == 0
