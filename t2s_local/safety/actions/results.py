"""Failures of a check that an action hides: what comes after it succeeds in its place."""

from collections.abc import Iterator, Sequence

from t2s_local.safety.actions.effect import Effect
from t2s_local.safety.actions.words import parts, table
from t2s_local.text.shell.command import Command

_SUCCEEDING = frozenset({"true", ":", "/bin/true"})
_SAYING = frozenset({"echo", "printf"})
"""Programs that agents put behind a check to say how it went, and that succeed."""
_LEAVING = frozenset({"exit", "return"})


def effects(commands: Sequence[Command]) -> Iterator[Effect]:
    """Checks whose failure is hidden."""
    checked = False
    for command in commands:
        if command.place == 0 and not command.is_inside:
            if checked and _succeeds(command):
                said = f"{command.after} {command.program}".strip()
                yield Effect(kind="check", what=said, is_common=command.program in _SAYING)
            checked = False
        checked = checked or is_check(command)


def is_check(command: Command) -> bool:
    """Whether *command* tests, lints or verifies something."""
    if command.program in table("checkers"):
        return True
    if command.program not in table("runners"):
        return False
    words = [word for word in command.arguments if not word.startswith("-")][:3]
    return any(word in table("checkers") or table("tasks") & {*parts(word)} for word in words)


def _succeeds(command: Command) -> bool:
    """Whether *command* comes to success whatever came before it."""
    if command.program in _LEAVING:
        return command.arguments in ((), ("0",)) and (command.after == "||" or command.arguments == ("0",))
    if command.program in _SAYING:
        return command.after == "||"
    return command.program in _SUCCEEDING and command.after in ("||", ";", "\n")
