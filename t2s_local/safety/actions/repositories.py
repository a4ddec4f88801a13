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
_LEASED = re.compile(r"^--force-(?:with-lease|if-includes)(?:=.*)?$")
_DELETED = re.compile(r"^(?:--delete|-d|:[\w/.-]+)$")
_MAIN = frozenset({"main", "master", "trunk", "develop", "production"})
_REWRITING = frozenset({"filter-branch", "filter-repo", "fast-import"})
_BRANCH_GONE = re.compile(r"^(?:-[a-zA-Z]*D[a-zA-Z]*|-[a-zA-Z]*[dD]|--delete)$")
_BRANCH_FORCED = re.compile(r"^(?:-[a-zA-Z]*[Df][a-zA-Z]*|--force)$")
_OWN_FOLDER = re.compile(r"(?:^|/)\.git/?$")
_GIT_VALUES = frozenset({"-C", "-c", "--git-dir", "--work-tree", "--namespace", "--exec-path"})
_HELP = frozenset({"--help", "-h", "--dry-run", "-n", "--list", "-l"})
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
        yield from _of_history(command)
        if command.program in ("sed", "perl") and _ASSERTION.search(" ".join(command.arguments)):
            paths = [word for word in command.arguments if pattern("test_files").search(word)]
            yield from (Effect(kind="check", what=path) for path in paths)


def _of_git(command: Command) -> Iterator[Effect]:
    words = command.arguments
    verb, options = _verb_of(words)
    if verb == "push" and _names_main(options) and (leased := next(filter(_LEASED.match, options), None)):
        yield Effect(kind="history", what=f"push {leased}")
    if verb == "push" and "--prune" in options:
        yield Effect(kind="history", what="push --prune")
    if "push" in words and (forced := next(filter(_FORCED.match, words[words.index("push") :]), None)):
        yield Effect(kind="history", what=f"push {forced}")
    elif "push" in words and (deleted := next(filter(_DELETED.match, words[words.index("push") :]), None)):
        yield Effect(kind="history", what=f"push {deleted}", is_common=not _MAIN & {word.lstrip(":") for word in words})
    if "submodule" in words and "add" in words and (address := _address(words)):
        yield Effect(kind="source", what=address, is_common=True)


def _of_history(command: Command) -> Iterator[Effect]:
    """Yield the effects of commands that rewrite a history, or delete what leads back to its commits."""
    words = command.arguments
    if _HELP & {*words}:
        return
    verb, options = _verb_of(words) if command.program == "git" else (command.program.removeprefix("git-"), [*words])
    whole = " ".join([command.program, *words])[:80]
    is_git = command.program == "git" or command.program.startswith("git-")
    if (is_git and verb in _REWRITING) or pattern("rewriting_commands").match(whole):
        yield Effect(kind="history", what=whole)
    elif command.program == "git" and _loses_branch(verb, options):
        yield Effect(kind="history", what=whole, is_common=not _names_main(options))
    elif command.program == "git" and pattern("forgetting_commands").match(f"{verb} {' '.join(options)}"):
        yield Effect(kind="history", what=whole, is_common=verb not in ("reflog",))
    elif command.program in ("rm", "remove-item", "rd", "rmdir") and _is_recursive(words):
        folders = [word for word in words if _OWN_FOLDER.search(word) and not word.startswith(("/tmp", "/var/tmp"))]
        yield from (Effect(kind="history", what=folder) for folder in folders)


def _loses_branch(verb: str, options: Sequence[str]) -> bool:
    """Return whether git deletes a branch or another reference without a look at what is only there."""
    if verb == "update-ref":
        return bool({"-d", "--delete"} & {*options})
    return verb == "branch" and any(map(_BRANCH_GONE.match, options)) and any(map(_BRANCH_FORCED.match, options))


def _names_main(words: Sequence[str]) -> bool:
    """Return whether *words* name a main branch, alone, as a reference, or as the target of a push."""
    return any(_MAIN & {*re.split(r"[:/+]", word)} for word in words)


def _verb_of(words: Sequence[str]) -> tuple[str, list[str]]:
    """Return the subcommand of git among *words*, and all words after it."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in _GIT_VALUES else 1
    return (words[at], [*words[at + 1 :]]) if at < len(words) else ("", [])


def _is_recursive(words: Sequence[str]) -> bool:
    return any(re.match(r"(?i)^(?:-\w*r\w*|--recursive|-recurse|/s)$", word) for word in words)


def _cloned(command: Command) -> str:
    """Return the address on another machine that *command* clones; empty if it clones none."""
    return _address(command.arguments) if command.program in _CLONERS and _CLONING & {*command.arguments} else ""


def _runs(command: Command) -> bool:
    """Return whether *command* builds or runs code that may be in a folder from elsewhere."""
    return (
        command.program in _BUILDERS
        or command.program.endswith((".sh", ".py", ".rb", ".js"))
        or bool(command.folder and not command.folder.startswith(tuple(table("system_folders"))))
        or command.program in table("runners")
        or (command.program in table("interpreters") and any(not word.startswith("-") for word in command.arguments))
    )


def _address(words: Sequence[str]) -> str:
    found = (URL.search(word) or SCP.match(word) for word in words)
    return next((one[0] for one in found if one and not LOCAL.match(one[0])), "")
