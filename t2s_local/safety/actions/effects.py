"""Find the risky effects of an action, which no agent should cause unasked; other folders import this module."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from t2s_local.safety.actions import addresses, checks, code, files, repositories, rights, sending, variables
from t2s_local.safety.actions.effect import Effect
from t2s_local.safety.actions.network import network
from t2s_local.safety.actions.shell.handed import scripts_between
from t2s_local.safety.actions.shell.parse import parse
from t2s_local.safety.actions.stores import stores
from t2s_local.safety.actions.words import parts, table
from t2s_local.text.commands import is_shell
from t2s_local.text.shell.command import Command

_COMMAND_KEYS = frozenset({"command", "cmd", "script", "commands", "bash_command", "shell", "action"})
_CODE_KEYS = frozenset({"code", "source", "python", "javascript", "js", "notebook", "cell"})
_PATH_KEYS = ("file_path", "path", "filename", "file", "target_file", "notebook_path", "absolute_path", "filepath")
_WRITING = frozenset(
    {
        "edit",
        "write",
        "create",
        "replace",
        "insert",
        "append",
        "patch",
        "update",
        "save",
        "move",
        "delete",
        "remove",
        "str",
        "apply",
    }
)
_MOST = 200
"""Largest number of strings of one call that are examined."""
_LOOKS: tuple[Callable[[tuple[Command, ...]], Iterable[Effect]], ...] = (
    network.effects,
    checks.effects,
    rights.effects,
    files.effects,
    repositories.effects,
    variables.effects,
    stores.effects,
)


def effects_of(tool: str | None, text: str, arguments: Mapping[str, object] | None = None) -> tuple[Effect, ...]:
    """Return the effects of a tool call, sorted.

    Args:
        tool: Name of the tool; None if unknown, which is treated as a shell.
        text: The action's text: the command, or the arguments as JSON.
        arguments: The arguments of the call; None if they are not an object.
    """
    if tool is None or is_shell(tool) or (arguments is None and not text.lstrip().startswith(("{", "["))):
        if text.lstrip().startswith("{") and arguments is not None:
            return _of_arguments(tool or "", arguments)
        if tool is not None and not is_shell(tool):
            return tuple(sorted({*effects_of_shell(text), *effects_of_code(text)}))
        return effects_of_shell(text)
    return _of_arguments(tool, arguments or {})


@lru_cache(maxsize=4096)
def effects_of_shell(text: str) -> tuple[Effect, ...]:
    """Return the effects of a shell line, sorted."""
    commands, is_whole, _ = parse(text)
    found = {effect for look in _LOOKS for effect in look(commands)}
    if not is_whole:
        found.add(Effect(kind="hidden", what="more commands than are looked at"))
    found.update(effect for command in commands for script in _programs(command) for effect in effects_of_code(script))
    found.update(effect for script in scripts_between(commands) for effect in effects_of_shell(script))
    if (
        any(command.program in ("iex", "invoke-expression", "powershell", "pwsh") for command in commands)
        or "[scriptblock]" in text
    ):
        found.update(code.effects(text))
    return tuple(sorted(found))


def contacts_of(tool: str | None, text: str, arguments: Mapping[str, object] | None = None) -> tuple[Effect, ...]:
    """Return the addresses on other machines that an action contacts, as effects of ordinary work, sorted.

    Args:
        tool: As for :func:`effects_of`.
        text: As for :func:`effects_of`.
        arguments: As for :func:`effects_of`.
    """
    if arguments is None or tool is None or is_shell(tool):
        lines = [text] if arguments is None else [value for _, value in _leaves(arguments, "") if value][:_MOST]
        return tuple(sorted({effect for line in lines for effect in addresses.contacts(parse(line)[0])}))
    return tuple(sorted(set(addresses.contacts_in(list(_leaves(arguments, ""))[:_MOST]))))


def effects_of_code(text: str) -> tuple[Effect, ...]:
    """Return the effects of a program in Python, JavaScript or the like, and of the shell lines it runs, sorted."""
    found = set(code.effects(text))
    for line in code.shell_lines(text):
        found.update(effects_of_shell(line))
    return tuple(sorted(found))


def _programs(command: Command) -> Iterator[str]:
    """Yield the source texts in other languages that *command* runs, such as the argument of ``python -c``."""
    if command.program.rstrip("0123456789.") in ("python", "node", "nodejs", "perl", "ruby", "php", "deno", "bun"):
        for place, word in enumerate(command.arguments[:-1]):
            if word in ("-c", "-e", "-r", "--eval", "-p", "eval", "-ne", "-pe"):
                yield command.arguments[place + 1]
        if command.given:
            yield command.given
    elif command.program in ("awk", "gawk", "mawk", "sed"):
        yield from (word for word in command.arguments if "system(" in word)


def _of_arguments(tool: str, arguments: Mapping[str, object]) -> tuple[Effect, ...]:
    found: set[Effect] = set()
    named = set(parts(tool))
    leaves = list(_leaves(arguments, ""))[:_MOST]
    for key, value in leaves:
        if key in _COMMAND_KEYS or (is_shell(tool) and key not in ("description", "timeout", "cwd")):
            found.update(effects_of_shell(value))
        elif key in _CODE_KEYS:
            found.update(effects_of_code(value))
        else:
            found.update(checks.of_setting(key, value))
            found.update(network.of_setting(key, value))
    if named & _WRITING:
        for path in [value for key, value in leaves if key in _PATH_KEYS]:
            found.update(files.of_written(path))
    if named & table("sending_verbs"):
        found.update(sending.of_sending(leaves))
    return tuple(sorted(found))


def _leaves(value: object, key: str) -> Iterator[tuple[str, str]]:
    """Yield every text, number and truth value in *value* as text, after the nearest key above it."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, str(name))
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value) and key in _COMMAND_KEYS:
            yield key, " ".join(map(str, value))
        for item in value:
            yield from _leaves(item, key)
    elif value is not None:
        yield key, str(value)
