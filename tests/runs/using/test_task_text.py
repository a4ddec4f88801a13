"""Tests of reading the task of a command."""

import io
import json
from pathlib import Path

import pytest

from t2s_local.errors import InputError, UsageError
from t2s_local.runs.using.task_text import task_text

ANSWER = "GOLD-7f3a"


def test_words_are_the_task_themselves() -> None:
    found = task_text("  Fix the failing test of the parser \n")
    assert (found.text, found.origin) == ("Fix the failing test of the parser", "words")


def test_a_file_gives_its_text_and_a_pipe_too(tmp_path: Path) -> None:
    file = tmp_path / "task.md"
    file.write_text("\ufeffSum the column\n", "utf-8")
    assert task_text(str(file)).text == "Sum the column"
    assert task_text("-", stdin=io.TextIOWrapper(io.BytesIO(b"Sum the row\n"))).text == "Sum the row"


@pytest.mark.parametrize("words", ["", "  \n", "\u200b"])
def test_an_empty_task_is_refused(words: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        task_text(words)


def test_a_path_without_a_file_is_no_task() -> None:
    for words in ("tasks/none.md", "none.txt", "./none", "~/none", "/nowhere/none"):
        with pytest.raises(UsageError, match="no such file"):
            task_text(words)


def test_a_folder_is_no_task(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder, and no task"):
        task_text(str(tmp_path))


@pytest.mark.parametrize("words", ["and/or", "修复登录/注册页面的构建错误", "https://x.example/a.md", "CI/CD"])
def test_one_word_with_a_slash_is_a_task(words: str) -> None:
    assert task_text(words).text == words


def test_a_recording_in_a_pipe_is_refused() -> None:
    data = json.dumps({"task": "Sum the orders", "steps": [], "answer": ANSWER}).encode()
    with pytest.raises(UsageError, match="holds a record"):
        task_text("-", stdin=io.TextIOWrapper(io.BytesIO(data)))


def test_a_list_nested_without_end_is_no_record(tmp_path: Path) -> None:
    file = tmp_path / "deep.md"
    file.write_text("[" * 200_000, "utf-8")
    assert task_text(str(file)).text.startswith("[[[")


def test_a_closed_pipe_is_named() -> None:
    stream = io.TextIOWrapper(io.BytesIO(b"x"))
    stream.close()
    with pytest.raises(UsageError, match="standard input is closed"):
        task_text("-", stdin=stream)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    for name, data in (("a.md", b"\xff\xfe\x00a"), ("b.md", b"a\x00b")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match="not"):
            task_text(str(tmp_path / name))


def test_of_a_recording_only_the_task_and_its_ids_are_taken(tmp_path: Path) -> None:
    run = {
        "instance_id": "shop-7",
        "trajectory_format": "mini-swe-agent-1.1",
        "info": {"exit_status": "Submitted", "submission": ANSWER},
        "messages": [
            {"role": "system", "content": "You act in a shell."},
            {"role": "user", "content": "Sum the orders of May"},
            {"role": "assistant", "content": f"The answer is {ANSWER}"},
        ],
    }
    file = tmp_path / "shop-7.traj.json"
    file.write_text(json.dumps(run), "utf-8")
    found = task_text(str(file))
    assert (found.text, found.task_id) == ("Sum the orders of May", "shop-7")
    assert ANSWER not in str(found)


def test_a_record_whose_task_cannot_be_told_from_its_answer_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    file.write_text(json.dumps({"q": "Sum the orders", "gold": ANSWER}), "utf-8")
    with pytest.raises(UsageError, match="without a task"):
        task_text(str(file))


def test_a_text_that_begins_like_a_record_is_a_text(tmp_path: Path) -> None:
    file = tmp_path / "task.md"
    file.write_text("[Sum](table.csv) the orders of {May}\n", "utf-8")
    assert task_text(str(file)).text == "[Sum](table.csv) the orders of {May}"
