"""Find shell lines that commands pass to a shell: as an argument, over a pipe, in a file, or as an alias."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from t2s_local.safety.actions.words import parts, table
from t2s_local.text.programs import programs
from t2s_local.text.shell.command import Command, lines_handed_on

RUN_LATER = frozenset({"command", "cmd", "ssh", "editor", "pager", "askpass", "helper", "wrapper", "external"})
"""Words in the names of variables whose value another program runs."""
_OPENERS = frozenset(
    {
        *("chmod", "dpkg", "rpm", "installer", "msiexec", "start", "open", "start-process", "insmod", "pip", "pip3"),
        *("npm", "apt", "apt-get", "apt-key", "gpg", "java", "unshare", "ld.so", "docker"),
        *("start-stop-daemon", "daemonize", "screen", "tmux", "systemd-run"),
    }
)


def scripts_in(command: Command) -> Iterator[str]:
    """Yield the shell lines that *command* alone passes to a shell."""
    yield from (value for name, value in command.variables if " " in value and RUN_LATER & {*parts(name)})
    yield from lines_handed_on(command)
    if command.program in ("alias", "git"):
        yield from _under_another_name(command)


def scripts_between(commands: Sequence[Command]) -> Iterator[str]:
    """Yield the shell lines that one command prints or writes to a file and another command runs."""
    printed: dict[tuple[int, int], str] = {}
    written: dict[str, str] = {}
    for command in commands:
        text = _printed(command)
        if text:
            printed[command.statement, command.place] = text
            written |= {PurePosixPath(name).name: text for name in _targets(command)}
        elif command.program in programs("shells") and (before := printed.get((command.statement, command.place - 1))):
            yield before
        yield from (written[name] for name in files_run(command) if name in written)


def files_run(command: Command) -> Iterator[str]:
    """Yield the names of the files that *command* runs or makes executable."""
    yield PurePosixPath(command.program).name
    yield f"{command.program}.exe"
    if command.program in table("interpreters") or command.program in _OPENERS:
        yield from (
            PurePosixPath(word.replace("\\", "/")).name
            for word in (*command.arguments, *command.reads)
            if word and not word.startswith("-")
        )


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
            elif sign and RUN_LATER & {*parts(name)}:
                yield value


def _printed(command: Command) -> str:
    """Return the text that *command* prints, if the shell line itself contains it; otherwise an empty text."""
    if command.program in ("echo", "printf"):
        return " ".join(word for word in command.arguments if not re.fullmatch(r"-\w+", word))
    return command.given or "" if command.program in ("cat", "tee", "sponge") else ""


def _targets(command: Command) -> Iterator[str]:
    yield from command.writes
    if command.program == "tee":
        yield from (word for word in command.arguments if not word.startswith("-"))
