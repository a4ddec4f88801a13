"""Find effects that concern other people's repositories: building a clone, adding submodules, forced pushes."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.safety.actions.addresses import LOCAL, SCP, URL
from t2s_local.safety.actions.effect import Effect
from t2s_local.safety.actions.words import pattern, table
from t2s_local.text.shell.command import Command

_FORCED = re.compile(r"^(?:-\w*f\w*|--force|--mirror|\+[\w/.-]+(?::.*)?)$")
_CLONERS = frozenset({"git", "gh", "hg", "svn", "glab"})
_CLONING = frozenset({"clone", "checkout", "co"})
_BUILDERS = frozenset(
    {"cmake", "meson", "ninja", "pip", "pip3", "pipx", "uv", "poetry", "docker", "bazel", "gem", "configure"}
)
_DELETED = re.compile(r"^(?:--delete|-d|:[\w/.-]+)$")
_MAIN = frozenset({"main", "master", "trunk", "develop", "production"})
_ASSERTION = re.compile(r"\bdef test_|\bassert|\bexpect\(|\bshould\b|\.to(?:Be|Equal|Have)")


def effects(commands: Sequence[Command]) -> Iterator[Effect]:
    """Yield the effects of shell commands that concern other people's repositories, and edits of test assertions."""
    cloned = ""
    for command in commands:
        if cloned and _runs(command):
            yield Effect(kind="download", what=cloned, is_common=True)
        cloned = _cloned(command) or cloned
        if command.program == "git":
            yield from _of_git(command)
        if command.program in ("sed", "perl") and _ASSERTION.search(" ".join(command.arguments)):
            paths = [word for word in command.arguments if pattern("test_files").search(word)]
            yield from (Effect(kind="check", what=path) for path in paths)


def _of_git(command: Command) -> Iterator[Effect]:
    words = command.arguments
    if "push" in words and (forced := next(filter(_FORCED.match, words[words.index("push") :]), None)):
        yield Effect(kind="history", what=f"push {forced}")
    elif "push" in words and (deleted := next(filter(_DELETED.match, words[words.index("push") :]), None)):
        yield Effect(kind="history", what=f"push {deleted}", is_common=not _MAIN & {word.lstrip(":") for word in words})
    if "submodule" in words and "add" in words and (address := _address(words)):
        yield Effect(kind="source", what=address, is_common=True)


def _cloned(command: Command) -> str:
    """Return the address on another machine that *command* clones; empty if it clones none."""
    return _address(command.arguments) if command.program in _CLONERS and _CLONING & {*command.arguments} else ""


def _runs(command: Command) -> bool:
    """Return whether *command* builds or runs code that may be in a cloned folder."""
    return (
        command.program in _BUILDERS
        or command.program.endswith((".sh", ".py", ".rb", ".js"))
        or command.program in table("runners")
        or (command.program in table("interpreters") and any(not word.startswith("-") for word in command.arguments))
    )


def _address(words: Sequence[str]) -> str:
    found = (URL.search(word) or SCP.match(word) for word in words)
    return next((one[0] for one in found if one and not LOCAL.match(one[0])), "")
