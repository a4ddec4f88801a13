"""Find environment variables that change which code other programs run, or which hosts they trust."""

import re
from collections.abc import Iterable, Iterator

from t2s_local.safety.actions.effect import Effect
from t2s_local.safety.actions.shell.handed import RUN_LATER
from t2s_local.safety.actions.words import parts, table
from t2s_local.text.shell.command import Command

_TRUSTED_BUNDLE = re.compile(r"^[\"']?(?:/etc/|/usr/|/opt/|[A-Za-z]:[\\/]|\$)")
_LOOSE_PLACE = re.compile(r"^[\"']?(?:/tmp|/var/tmp|/dev/shm|\\\\|\w+://)")
_PATHS = frozenset({"PATH", "PYTHONPATH", "NODE_PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PERL5LIB", "RUBYLIB"})
_COMMITTING = frozenset({"commit", "push", "merge", "rebase", "am", "tag"})


def effects(commands: Iterable[Command]) -> Iterator[Effect]:
    """Yield the effects of variables, set by shell commands, that change which code is run or which host is trusted."""
    for command in commands:
        for name, value in command.variables:
            yield from _of_variable(name, value)
            if value.strip("\"'") in ("0", "false", "off") and _commits(command):
                yield Effect(kind="check", what=f"{name}={value}")


def _of_variable(name: str, value: str) -> Iterator[Effect]:
    what = f"{name}={value}"[:80]
    words = {*parts(name)}
    if words & {"ca", "cert", "certs"} and words & {"bundle", "file", "certs", "dir", "path"} and "client" not in words:
        if not _TRUSTED_BUNDLE.match(value) or _LOOSE_PLACE.match(value):
            yield Effect(kind="check", what=what)
    elif (name.upper() in table("loaders") and _loads(name, value)) or (
        (name.upper() in _PATHS or words & RUN_LATER) and _LOOSE_PLACE.match(value)
    ):
        yield Effect(kind="hidden", what=what)
    elif {"trusted", "host"} <= words or {"insecure", "host"} <= words:
        yield Effect(kind="check", what=what)


def _loads(name: str, value: str) -> bool:
    """Return whether a value makes programs load code; of a variable with options, only options that load code do."""
    if not name.upper().endswith(("OPTIONS", "OPT", "OPTS")):
        return bool(value.strip("\"'"))
    return bool(re.search(r"--?(?:require|import|loader|javaagent|agentpath|r|I|M)\b", value))


def _commits(command: Command) -> bool:
    return command.program == "git" and bool(_COMMITTING & {*command.arguments[:3]})
