"""Read the task of a command: from its words, a file, a pipe, or the record of a run."""

import errno
import os
import re
import sys
from pathlib import Path
from typing import TextIO

import msgspec

from t2s_local.errors import InputError, UsageError
from t2s_local.files import reason_of, regular_bytes
from t2s_local.safety.characters import safe
from t2s_local.text.text import clip
from t2s_local.values.value import Value

LARGEST_TASK = 1_000_000
"""Largest size of a task in bytes; a whole manual is no task."""
LARGEST_RECORD = 200_000_000
"""Largest size in bytes of a file with recorded runs of a task."""
_PATH = re.compile(
    r"(?!\S*://)(?:(?:\.{0,2}/|~/|[a-z]:\\)[^\s/]\S*|\S+\.(?:md|txt|json|jsonl|markdown|rst))", re.IGNORECASE | re.ASCII
)
"""One word that can only be the path of a file."""
_CLOSED = "standard input is closed"
_HINT = "Write the task in quotes, name a file with it, or use - for a pipe."


class TaskText(Value, frozen=True, kw_only=True):
    """The task of a command."""

    text: str
    origin: str
    """Source of the text: ``words``, ``stdin``, or the path of the file."""
    task_id: str | None = None
    """Id of the task, from the record of a run; None if only the text is known."""
    runs: tuple[str, ...] = ()
    """Ids of the recorded runs in the file; empty if the file is no recording."""
    conversations: tuple[str, ...] = ()
    """Conversations of the runs in *runs*."""


def task_text(words: str, *, stdin: TextIO | None = None) -> TaskText:
    """Return the task that *words* state: the words, the content of the file of that name, or standard input for ``-``.

    From a file with recorded runs of one task, only the task and its id are used, and no step, answer or outcome.

    Args:
        words: The argument of a command.
        stdin: Standard input; None for the standard input of this process.

    Raises:
        InputError: the file cannot be read, or is no text.
        UsageError: there is no task, a file is missing or contains several tasks or another kind of record, or the pipe
            contains a record, is closed or cannot be read.
    """
    if words == "-":
        data = _piped(stdin or sys.stdin)
        if _is_record(data):
            message = "standard input holds a record, and no text of a task"
            raise UsageError(
                message, hint="Name the file: of a recording the task alone is taken, and its own runs aside."
            )
        return _told(_decoded(data, None), "stdin")
    path = Path(words) if len(words) < 4096 and "\n" not in words and "\0" not in words else None
    if path is not None and _is_file(path):
        return _of_file(path)
    if _PATH.fullmatch(words.strip()):
        named = clip(words.strip(), 200)
        is_folder = path is not None and _is_folder(path)
        message = f"{named} is a folder, and no task" if is_folder else f"no such file: {named}"
        raise UsageError(message, hint=_HINT)
    return _told(words, "words")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _piped(stream: TextIO | None) -> bytes:
    """Return the bytes of a pipe.

    Raises:
        UsageError: the pipe is closed or cannot be read.
    """
    if stream is None or stream.closed:
        raise UsageError(_CLOSED, hint=_HINT)
    try:
        data = stream.buffer.read(LARGEST_TASK + 1) if hasattr(stream, "buffer") else stream.read().encode()
    except OSError as error:
        message = _CLOSED if error.errno == errno.EBADF else f"standard input cannot be read: {reason_of(error)}"
        raise UsageError(message, hint=_HINT) from error
    return data


def _of_file(path: Path) -> TaskText:
    data = regular_bytes(path, LARGEST_RECORD)
    if data is None:
        message = f"more than {LARGEST_RECORD:,} bytes, too much for a task"
        raise InputError(message, path=path)
    if _is_record(data):
        return _recorded(path)
    return _told(_decoded(data, path), os.fspath(path))


def _is_record(data: bytes) -> bool:
    """Return whether a file is JSON or begins with a line of JSON: such a file is a record, not the text of a task."""
    start = data.lstrip()
    if start[:1] not in (b"{", b"["):
        return False
    for part in (start, start.split(b"\n", 1)[0]):
        try:
            msgspec.json.decode(part, type=dict | list)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        return True
    return False


def _recorded(path: Path) -> TaskText:
    """Return the task of the recorded runs in a file.

    Raises:
        UsageError: the file contains no run, a run without a task, or runs of several tasks.
    """
    from t2s_local.stages.intake.read_all import read

    runs = read([path]).trajectories
    tasks = {run.task for run in runs if run.task}
    if len(tasks) != 1:
        found = f"runs of {len(tasks)} tasks" if tasks else "a record without a task that can be told from its answer"
        message = f"{path} holds {found}"
        raise UsageError(message, hint="Write the text of the task alone into a file.")
    names = sorted({run.task_id for run in runs if run.task_id})
    return TaskText(
        text=_told(tasks.pop(), os.fspath(path)).text,
        origin=os.fspath(path),
        task_id=names[0] if names else None,
        runs=tuple(sorted(run.id for run in runs)),
        conversations=tuple(sorted({name for run in runs for name in (run.session_id, run.parent_id) if name})),
    )


def _decoded(data: bytes, path: Path | None) -> str:
    if len(data) > LARGEST_TASK:
        message = f"more than {LARGEST_TASK:,} bytes, too much for a task"
        raise InputError(message, path=path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "not UTF-8 text"
        raise InputError(message, path=path) from error
    if "\0" in text:
        message = "not text"
        raise InputError(message, path=path)
    return text


def _told(text: str, origin: str) -> TaskText:
    shown = safe(text).strip()
    if not shown:
        message = "the task is empty"
        raise UsageError(message, hint=_HINT)
    return TaskText(text=shown, origin=origin)
