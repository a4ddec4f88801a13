"""Find actions that delete or empty databases, volumes, repositories and other stores of data."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.safety.actions.effect import Effect
from t2s_local.safety.actions.stores.queries import emptied, emptied_in_code
from t2s_local.safety.actions.words import parts, pattern, table
from t2s_local.text.shell.command import Command

_REHEARSAL = frozenset(
    {
        *("test", "tests", "testing", "tmp", "temp", "ci", "sandbox", "scratch", "demo", "dev", "development"),
        *("fixture", "fixtures", "memory", "shadow", "playground"),
    }
)
"""Parts of the names of stores that are made to be thrown away."""
_REAL = frozenset({"prod", "production"})
"""Parts of the names of stores that people work with."""
_SURE = frozenset({"--force", "--linked", "-f"})
_BESIDE = frozenset({"-o", "-L", "-S", "-u", "-U", "-i", "-f", "-h"})
"""Options of clients of databases whose value is a file, a user or a host."""
_BESIDE_PARTS = frozenset(
    {
        *("output", "out", "log", "logfile", "file", "history", "socket", "user", "username", "host", "path", "dir"),
        *("config", "cert", "key", "password", "variable", "set", "format"),
    }
)
"""Parts of the names of long options whose value names no store."""
_DELETING = frozenset({"delete", "destroy", "drop", "terminate", "purge", "wipe", "rm", "remove", "reset"})
_LOOKED_AT = 4
"""Number of operands in which a service program names what it deletes."""
_HELP = frozenset({"--help", "help", "--dry-run", "--dryrun"})


def effects(commands: Sequence[Command]) -> Iterator[Effect]:
    """Yield the effects of shell commands that delete or empty stores of data.

    Deletion counts as common where the store, by its name, is one to be thrown away, or is one of this machine.
    """
    printed: dict[tuple[int, int], str] = {}
    for command in commands:
        if command.program in ("echo", "printf", "cat"):
            printed[command.statement, command.place] = command.given or " ".join(command.arguments)
        if _HELP & {*command.arguments}:
            continue
        if command.program in table("database_clients"):
            piped = printed.get((command.statement, command.place - 1), "")
            yield from _of_queries(command, "\n".join([*command.arguments, command.given or "", piped]))
        if command.program not in table("showing"):
            yield from _of_program(command)


def of_code(text: str) -> Iterator[Effect]:
    """Yield the effects of the queries that a program executes; tests and migrations have such queries too."""
    yield from (Effect(kind="removal", what=query[:80], is_common=True) for query in emptied_in_code(text))


def _of_queries(command: Command, text: str) -> Iterator[Effect]:
    for query in emptied(text):
        yield Effect(kind="removal", what=query[:80], is_common=_is_rehearsal(command, query))


def _of_program(command: Command) -> Iterator[Effect]:
    whole = " ".join([command.program, *command.arguments])
    if pattern("resetting_commands").match(whole):
        settings = [value for _, value in command.variables]
        is_real = bool(_SURE & {*command.arguments}) or any(map(_is_real, (*settings, *command.arguments)))
        yield Effect(kind="removal", what=whole[:80], is_common=not is_real or _is_rehearsal(command, ""))
    elif pattern("dropping_commands").match(whole) or _deletes_store(command):
        is_common = command.program in table("local_stores") or _is_rehearsal(command, "")
        yield Effect(kind="removal", what=whole[:80], is_common=is_common)


def _deletes_store(command: Command) -> bool:
    """Return whether a service program deletes a store: it names the kind of store before the verb, or with it."""
    if command.program in table("stores_apart"):
        return False
    operands = [word for word in command.arguments if not word.startswith("-")][:_LOOKED_AT]
    nouns = ""
    for word in operands:
        own = re.split(r"[-:_]", word.lower())
        named = bool({*own, nouns} & table("stores"))
        if _DELETING & {own[0], own[-1]} and named and re.fullmatch(r"[\w:-]+", word):
            return True
        nouns = word.lower()
    return False


def _is_rehearsal(command: Command, query: str) -> bool:
    """Return whether a command's store is one for tests, by its name, its settings or its folder."""
    settings = (value for _, value in command.variables if not value.startswith("/"))
    names = [*_places(command), *re.findall(r"[\w.]+", query), *settings]
    return not any(map(_is_real, names)) and any(_REHEARSAL & {*parts(name)} for name in names)


def _is_real(name: str) -> bool:
    """Return whether *name* is that of a store that people work with: ``prod_eu``, but not ``prod_test``."""
    words = {*parts(name)}
    return bool(words & _REAL) and not words & _REHEARSAL


def _places(command: Command) -> Iterator[str]:
    """Yield the arguments of *command* that may name its store: no query, and no value of an option for another thing.

    Only a client of a database has short options with a known meaning, as ``-o`` with the file for its output.
    """
    is_client = command.program in table("database_clients")
    before = ""
    for word in command.arguments:
        name = word.partition("=")[0] if word.startswith("--") and "=" in word else before
        is_beside = (is_client and name in _BESIDE) or (name.startswith("--") and _BESIDE_PARTS & {*parts(name)})
        if " " not in word and not is_beside:
            yield word
        before = word
