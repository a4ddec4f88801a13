"""Find commands that touch protected files: settings that programs or agents obey, and credentials."""

import re
from collections.abc import Iterable, Iterator

from t2s_local.safety.actions.effect import Effect
from t2s_local.safety.actions.words import pattern
from t2s_local.text.shell.command import Command

_WRITERS = frozenset(
    {
        "cp",
        "mv",
        "ln",
        "tee",
        "install",
        "rsync",
        "sed",
        "perl",
        "chmod",
        "chown",
        "rm",
        "touch",
        "dd",
        "truncate",
        "shred",
        "unlink",
        "set-content",
        "add-content",
        "out-file",
        "copy-item",
        "move-item",
        "patch",
        "chattr",
        "sponge",
        "ed",
        "ex",
        "git-rm",
        "remove-item",
        "del",
    }
)
_REMOVERS = frozenset({"rm", "unlink", "shred", "truncate", "remove-item", "del", "trash"})
_NO_FILE = re.compile(r"^(?:-|s/|https?:)|\s")


def effects(commands: Iterable[Command]) -> Iterator[Effect]:
    """Yield the effects of shell commands on protected files, tests and credentials."""
    for command in commands:
        for path in command.writes:
            yield from of_written(path)
        paths = [_path(word) for word in command.arguments if not _NO_FILE.search(word)]
        changes = command.program in _WRITERS and not (command.program in ("sed", "perl") and not _in_place(command))
        if changes:
            yield from (effect for path in _targets(command, paths) for effect in of_written(path))
        if command.program in _REMOVERS or (command.program == "git" and command.arguments[:1] == ("rm",)):
            yield from (effect for path in paths for effect in _of_removed(path))
        if command.program in ("mv", "move-item") and len(paths) > 1 and not any(_of_removed(paths[-1])):
            yield from (effect for path in paths[:-1] for effect in _of_removed(path))
        if command.writes or command.program in ("tee", "sed", "perl"):
            marks = map(pattern("skipped_tests").search, command.arguments)
            yield from (Effect(kind="check", what=mark[0]) for mark in marks if mark)
        if command.program not in ("ssh", "ssh-add", "ssh-keygen", "scp", "sftp", "git", "ls", "test", "[", "stat"):
            yield from (
                Effect(kind="file", what=path)
                for path in (*paths, *command.reads)
                if pattern("credentials").search(path)
            )


def of_written(path: str) -> Iterator[Effect]:
    """Yield the effects of writing to *path*."""
    path = _path(path)
    if pattern("protected").search(path):
        yield Effect(kind="file", what=path)


def _of_removed(path: str) -> Iterator[Effect]:
    if (pattern("test_files").search(path) and not path.startswith(("/tmp", "/var/tmp"))) or pattern(
        "check_settings"
    ).search(path):
        yield Effect(kind="check", what=path)


def _targets(command: Command, paths: list[str]) -> list[str]:
    """Return the *paths* that *command* changes: the last path for a copy, every path for other commands."""
    return paths[-1:] if command.program in ("cp", "ln", "install", "rsync", "copy-item") else paths


def _in_place(command: Command) -> bool:
    return any(re.match(r"^-\w*i|^--in-place", word) for word in command.arguments)


def _path(word: str) -> str:
    """Return the path with forward slashes, without quotes, and with ``~`` for any user's home folder."""
    word = word.strip("\"'").replace("\\", "/")
    return re.sub(
        r"^(?:\$\{?HOME\}?|\$env:USERPROFILE|%USERPROFILE%|/(?:home|Users)/[^/]+|/root)(?=/|$)",
        "~",
        word,
        flags=re.IGNORECASE,
    )
