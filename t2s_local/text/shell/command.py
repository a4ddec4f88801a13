"""A simple command: its program, the programs that start it, and the shell lines that it passes to shells."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from t2s_local.text.programs import programs
from t2s_local.text.shell.tokens import HOLE
from t2s_local.values.value import Value

_ASSIGNED = re.compile(r"^(\w+)\+?=(.*)$", re.DOTALL)
_LINE_OPTION = re.compile(r"-\w*c|/c|-command", re.IGNORECASE)


class Command(Value, frozen=True, kw_only=True):
    """A simple command of a shell line: one program with its arguments and redirections."""

    program: str
    """Name of the program without its folder, in lower case, without ``.exe``; empty for assignments alone."""
    name: str = ""
    """Name of the program without its folder, as written."""
    folder: str = ""
    """Folder of the program, as written, with its last slash: ``./``; empty for a program without one."""
    arguments: tuple[str, ...] = ()
    """Arguments without quotes; a NUL character stands for the output of another command."""
    variables: tuple[tuple[str, str], ...] = ()
    """Assignments before the program, as name and value."""
    starters: tuple[str, ...] = ()
    """Programs before the program that only start it: ``sudo``, ``env``, ``timeout``, ``uv run``."""
    writes: tuple[str, ...] = ()
    """Files to which the output is redirected."""
    reads: tuple[str, ...] = ()
    """Files from which the input is redirected."""
    given: str | None = None
    """Text of a here-document or here-string that is the input; None if there is none."""
    after: str = ""
    """Operator before the command, such as ``&&`` or ``|``; empty for the first command of a line."""
    statement: int = 0
    """Number shared by commands that pass data to each other: those of a pipeline and those inside of it."""
    segment: int = 0
    """Number shared by the simple commands of one pipeline; 0 if *is_inside*."""
    place: int = 0
    """Place in the pipeline, from 0."""
    is_inside: bool = False
    """Whether the output is inserted into another command, as with ``$(…)``."""
    host: str | None = None
    """Program to which the command was passed as an argument or text, such as ``bash`` or ``ssh``; None without one."""

    @property
    def followed(self) -> Iterator[tuple[str, str]]:
        """Every argument with the argument after it; an empty text follows the last argument."""
        return zip(self.arguments, (*self.arguments[1:], ""), strict=False)

    @property
    def is_root(self) -> bool:
        """Return whether the command runs as the administrator."""
        return not {"sudo", "doas"}.isdisjoint(self.starters)


class Started(NamedTuple):
    """The words of a command divided into assignments, starting programs, and the command itself."""

    variables: tuple[tuple[str, str], ...]
    starters: tuple[str, ...]
    words: tuple[str, ...]
    """The program, as written, and its arguments."""


def started(words: Sequence[str]) -> Started:
    """Divide *words* into assignments, programs that only start the command, and the command itself."""
    variables, starters = list[tuple[str, str]](), list[str]()
    while words:
        first, name = words[0], program_name(words[0])
        if assigned := _ASSIGNED.match(first):
            variables.append((assigned[1], assigned[2]))
            words = words[1:]
        elif name in programs("starters") and len(words) > 1:
            starters.append(name)
            words = _past_options(words[1:])
        elif len(words) > 2 and f"{name} {words[1]}" in programs("starters"):
            starters.append(f"{name} {words[1]}")
            words = _past_options(words[2:])
        else:
            break
    return Started(tuple(variables), tuple(starters), tuple(words))


def _past_options(words: Sequence[str]) -> Sequence[str]:
    """Return *words* without the options and durations at their start."""
    at = 0
    while at < len(words) - 1 and (words[at].startswith("-") or words[at].replace(".", "").rstrip("smhd").isdigit()):
        at += 2 if words[at] in programs("options_with_value") and at + 2 < len(words) else 1
    return words[at:]


@lru_cache(maxsize=4096)
def program_name(word: str) -> str:
    """Return the name of the program that *word* runs, without its folder, in lower case."""
    return base_name(word).lower().removesuffix(".exe")


def base_name(word: str) -> str:
    """Return the last part of the path *word*."""
    return word.replace("\\", "/").strip("\"'").rstrip("/").rpartition("/")[2] or word


def folder_of(word: str) -> str:
    """Return the folder of the program that *word* runs, with its last slash; empty if *word* has none."""
    path = word.replace("\\", "/").strip("\"'")
    return path[: path.rfind("/") + 1]


def lines_handed_on(command: Command) -> Iterator[str]:
    """Yield the shell lines that *command* passes to a shell, as in ``bash -c`` or ``find -exec``."""
    arguments = command.arguments
    if command.program in programs("shells"):
        yield from _after_option(command)
        if command.given and HOLE not in command.given:
            yield command.given
    elif command.program in programs("line_takers"):
        yield from (word for word in arguments if " " in word)
    elif command.program in programs("containers") and "-c" in arguments[:-1]:
        yield arguments[arguments.index("-c") + 1]
    elif command.program == "find":
        starts = [at + 1 for at, word in enumerate(arguments) if word in ("-exec", "-execdir", "-ok")]
        for words in (arguments[start:] for start in starts):
            yield " ".join(_quoted(word) for word in words[: _end_of_action(words)] if word != "{}")


def _after_option(command: Command) -> Iterator[str]:
    arguments = command.arguments
    at = next((at for at, word in enumerate(arguments[:-1]) if _LINE_OPTION.fullmatch(word)), None)
    if at is not None:
        is_rest = command.program in ("cmd", "powershell", "pwsh")
        yield " ".join(arguments[at + 1 :]) if is_rest else arguments[at + 1]


def _end_of_action(words: Sequence[str]) -> int:
    return next((at for at, word in enumerate(words) if word in (";", "+")), len(words))


def _quoted(word: str) -> str:
    """Return *word*, quoted for a shell if necessary; the mark for another command's output is kept."""
    return word if re.fullmatch(r"[\w@%+=:,./$*?~-]+", word) else "'" + word.replace("'", "'\"'\"'") + "'"
