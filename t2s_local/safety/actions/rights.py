"""Find actions that give rights to many, install programs that start by themselves, or delete without bounds."""

import re
from collections.abc import Iterable, Iterator

from t2s_local.safety.actions.effect import Effect, Kind
from t2s_local.safety.actions.words import pattern, table
from t2s_local.text.shell.command import Command

_MODE = re.compile(r"^[0-7]{3,4}$")
_SYMBOLIC = re.compile(r"^[ugoa]*[+=][rwxXst]+(?:,[ugoa]*[+=-][rwxXst]*)*$")
_EVERYTHING = re.compile(
    r"^(?:/|/\*|~/?|~/\*|\$\{?HOME\}?/?\*?|\*|\.|\./?\*?|\.\.|\.\./?\*?|/(?:etc|usr|var|home|bin|lib|opt|boot|root)/?\*?|[A-Z]:\\?\*?)$",
    re.IGNORECASE,
)
_GRANT = re.compile(
    r"(?i)\bgrant\s+all\b|\balter\s+(?:user|role)\b[^;]*\bsuperuser\b|\bcreate\s+(?:user|role)\b[^;]*\bsuperuser\b"
)
_OWNERSHIP = frozenset({"chmod", "chown", "chgrp"})
_REMOVERS = frozenset({"rm", "remove-item", "del", "rmdir", "rd", "ri"})
_WIPED = re.compile(
    r"(?i)^(?:dd\b.*\bof=/dev/(?:sd|nvme|disk|vd)|mkfs|wipefs|shred\b|diskutil erase|format [a-z]:|cipher /w)"
)


_LISTED: dict[str, Kind] = {
    "wide_commands": "right",
    "lasting_commands": "lasting",
    "wiping_commands": "removal",
    "credential_commands": "file",
}
"""Lists of commands, by how they begin, with the kind of their effect."""


def effects(commands: Iterable[Command]) -> Iterator[Effect]:
    """Yield effects of commands that give rights to many, install self-starting programs, or delete without bounds."""
    for command in commands:
        yield from _of_command(command)


def _of_command(command: Command) -> Iterator[Effect]:
    if command.program in table("showing") - {"find"}:
        return
    whole = " ".join([command.program, *command.arguments])
    yield from (Effect(kind=kind, what=whole[:80]) for name, kind in _LISTED.items() if pattern(name).match(whole))
    if _WIPED.match(whole):
        yield Effect(kind="removal", what=whole[:80])
    yield from _given_away(command)
    if command.program in _OWNERSHIP and _is_recursive(command):
        everything = filter(_EVERYTHING.match, command.arguments)
        yield from (Effect(kind="right", what=word) for word in everything if not word.startswith((".", "*")))
    is_search = command.program == "find" and "-delete" in command.arguments
    if is_search or (command.program in _REMOVERS and _is_recursive(command)):
        yield from (Effect(kind="removal", what=word) for word in command.arguments if _EVERYTHING.match(word))


def _given_away(command: Command) -> Iterator[Effect]:
    """Yield the effects of arguments that give rights to many users."""
    for word, following in command.followed:
        joined = f"{word}={following}"
        if pattern("wide").fullmatch(word):
            yield Effect(kind="right", what=word)
        elif word.startswith("-") and pattern("wide").fullmatch(joined):
            yield Effect(kind="right", what=joined)
        elif _GRANT.search(word):
            yield Effect(kind="right", what=word[:80])
        elif command.program == "chmod" and _is_wide_mode(word):
            yield Effect(kind="right", what=f"chmod {word}")


def _is_recursive(command: Command) -> bool:
    return any(
        re.match(r"^(?:-\w*[rR]\w*|--recursive|-recurse|/s)$", word, re.IGNORECASE) for word in command.arguments
    )


def _is_wide_mode(word: str) -> bool:
    if _MODE.match(word):
        return int(word[-1]) & 2 != 0 or (len(word) == 4 and int(word[0]) & 6 != 0)
    if not _SYMBOLIC.match(word):
        return False
    return any(_is_wide(*re.split(r"[+=]", part, maxsplit=1)) for part in word.split(",") if re.search("[+=]", part))


def _is_wide(who: str, what: str) -> bool:
    return "s" in what or ("w" in what and ("o" in who or "a" in who))
