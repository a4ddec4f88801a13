"""Find the parts of lessons' texts: code spans, quoted messages, programs."""

import re
from typing import NamedTuple

from t2s_local.text.commands import subcommands, working
from t2s_local.text.programs import programs
from t2s_local.text.shell.command import Command
from t2s_local.text.shell.shell import parse

CODE = re.compile(r"(`+)(?!`) ?(.+?) ?(?<!`)\1(?!`)", re.DOTALL)
"""A code span; its second group is the code."""
MESSAGE = re.compile(r"“([^”]+)”")
"""A message in the quotation marks that lessons use; its group is the message."""
_CALL = re.compile(r"\s*[\w.]+\(")
_PLACE = re.compile(r"\s*(?!\./)\S*/\S*\s*")
_VERSION = re.compile(r"^(python|pip)[\d.]*$")


class Run(NamedTuple):
    """A program that a command in a lesson runs."""

    program: str
    """Name without a version; for ``python -m`` the name of the module."""
    subcommand: str | None
    """Subcommand; None if the program has none."""
    arguments: tuple[str, ...]


def code_spans(text: str) -> list[str]:
    """Return the text of the code spans in *text*, in order."""
    return [found[2] for found in CODE.finditer(text)]


ANYWHERE = "in this project"
"""Situation of a lesson from a user's words that apply to all work on a project."""
SAID_OF = " Said of "
"""Words between a user's words and the line of code that these words are about."""


INSTEAD_OF = " Instead of "
"""Words between a user's words and the line of code that the agent replaced because of these words."""


def wish_of(advice: str) -> str:
    """Return the user's words in the *advice* of a correction, without the line of code that they are about."""
    return advice.partition(f"{SAID_OF}`")[0].partition(f"{INSTEAD_OF}`")[0]


def message_of(text: str) -> str | None:
    """Return the first message that *text* quotes; None if it quotes no message."""
    found = MESSAGE.search(text)
    return None if found is None else found[1]


def runs_in(code: str) -> list[Run]:
    """Return the programs that *code* runs, in order; *code* may contain masks such as ``<path>``."""
    if _CALL.match(code) or _PLACE.fullmatch(code):
        return []
    return [_run(command) for command in working(parse(code, has_masks=True).commands) if command.program]


def _run(command: Command) -> Run:
    name = _VERSION.sub(r"\1", command.name)
    if name == "python" and "-m" in command.arguments[:3]:
        at = command.arguments.index("-m") + 1
        module = command.arguments[at : at + 1]
        if module and re.match(r"\w", module[0]):
            return _run(Command(program=module[0].lower(), name=module[0], arguments=command.arguments[at + 1 :]))
    found = subcommands(command) if name in programs("with_subcommands") else []
    is_program = name == "python" and command.arguments[:1] == ("-c",)
    return Run(name, "-c" if is_program else found[0] if found else None, command.arguments)
