"""Shell lines that commands hand to a shell: as an argument, over a pipe, in a file, under another name."""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from t2s_local.safety.actions.shell.command import HOLE, Command
from t2s_local.safety.actions.words import parts, table

_TAKES_LINE = re.compile(r"-\w*c|/c|-command", re.IGNORECASE)
_RUN_LATER = frozenset({"command", "cmd", "ssh", "editor", "pager", "askpass", "helper", "wrapper", "external"})
"""Parts of the names of variables whose value another program runs."""
_OPENERS = frozenset(
    {
        *("chmod", "dpkg", "rpm", "installer", "msiexec", "start", "open", "start-process", "insmod", "pip", "pip3"),
        *("npm", "apt", "apt-get", "apt-key", "gpg", "java", "unshare", "ld.so", "docker"),
    }
)


def scripts_in(command: Command) -> Iterator[str]:
    """Shell lines that *command* hands to a shell by itself."""
    arguments = command.arguments
    yield from (value for name, value in command.variables if " " in value and _RUN_LATER & {*parts(name)})
    if command.program in table("shells"):
        yield from _of_shell(command)
    elif command.program in ("eval", "iex", "invoke-expression", "su", "ssh", "watch", "parallel"):
        yield from (word for word in arguments if " " in word)
    elif command.program in ("docker", "podman", "kubectl") and "-c" in arguments[:-1]:
        yield arguments[arguments.index("-c") + 1]
    elif command.program == "find" and "-exec" in arguments:
        words = arguments[arguments.index("-exec") + 1 :]
        yield shlex.join(word for word in words if word not in ("{}", ";", "+"))
    elif command.program in ("alias", "git"):
        yield from _under_another_name(command)


def scripts_between(commands: Sequence[Command]) -> Iterator[str]:
    """Shell lines that one command prints or writes and another one runs."""
    printed: dict[tuple[int, int], str] = {}
    written: dict[str, str] = {}
    for command in commands:
        text = _printed(command)
        if text:
            printed[command.statement, command.place] = text
            written |= {PurePosixPath(name).name: text for name in _targets(command)}
        elif command.program in table("shells") and (before := printed.get((command.statement, command.place - 1))):
            yield before
        yield from (written[name] for name in files_run(command) if name in written)


def files_run(command: Command) -> Iterator[str]:
    """Names of the files that *command* runs or makes fit to be run."""
    yield PurePosixPath(command.program).name
    yield f"{command.program}.exe"
    if command.program in table("interpreters") or command.program in _OPENERS:
        yield from (
            PurePosixPath(word.replace("\\", "/")).name
            for word in (*command.arguments, *command.reads)
            if word and not word.startswith("-")
        )


def _of_shell(command: Command) -> Iterator[str]:
    arguments = command.arguments
    for place, word in enumerate(arguments[:-1]):
        if _TAKES_LINE.fullmatch(word):
            is_rest = command.program in ("cmd", "powershell", "pwsh")
            yield " ".join(arguments[place + 1 :]) if is_rest else arguments[place + 1]
            break
    if command.given and HOLE not in command.given:
        yield command.given


def _under_another_name(command: Command) -> Iterator[str]:
    for word in command.arguments:
        name, sign, value = word.partition("=")
        if command.program == "alias" and sign:
            yield value
        elif command.program == "git":
            text = value if sign and value.startswith("!") else word
            if text.startswith("!"):
                yield text[1:]
            elif " " in text and "config" in command.arguments and text is word:
                yield text
            elif sign and _RUN_LATER & {*parts(name)}:
                yield value


def _printed(command: Command) -> str:
    """The text that *command* prints, as far as it stands in the line."""
    if command.program in ("echo", "printf"):
        return " ".join(word for word in command.arguments if not re.fullmatch(r"-\w+", word))
    return command.given or "" if command.program in ("cat", "tee", "sponge") else ""


def _targets(command: Command) -> Iterator[str]:
    yield from command.writes
    if command.program == "tee":
        yield from (word for word in command.arguments if not word.startswith("-"))
