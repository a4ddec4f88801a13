"""The seal: once set, this process opens no network connection and starts no program but Python.

It is set before any command but ``models pull`` runs, and cannot be taken off. It sees what Python code does, that of
libraries included; the test suite traces the system calls besides, which shows what native code does.
"""

import os
import sys

from t2s_local.errors import T2SError

_NETWORK_FAMILIES = (2, 10, 30)
"""AF_INET, and AF_INET6 on Linux and on macOS."""
_LOOKUPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"})
_SENDS = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"})
_STARTS = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.startfile", "pty.spawn"})
_WATCHED = _LOOKUPS | _SENDS | _STARTS | {"socket.__new__"}
_set: dict[str, bool] = {}


class SealedError(T2SError, PermissionError):
    """Something tried to reach the network or to start a foreign program; libraries see a refused permission."""


def seal() -> None:
    """Set the seal on this process, for good; safe to call twice."""
    if not _set:
        _set["sealed"] = True
        os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when a library of the hub is imported
        sys.addaudithook(_watch)


def is_exempt(arguments: list[str]) -> bool:
    """Whether a command line goes unsealed: ``models pull``, and the proof, which starts the tools that watch t2s."""
    proves = arguments[:1] == ["doctor"] and "--prove-offline" in arguments
    return proves or arguments[:2] == ["models", "pull"]


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    what = _attempt(event, arguments) if event in _WATCHED else None
    if what is not None:
        message = f"something tried to {what}"
        raise SealedError(message, hint="Only `t2s models pull` goes on the network.")


def _attempt(event: str, arguments: tuple[object, ...]) -> str | None:
    """What *event* would do that is refused, in words; None where it may go on."""
    if event in _LOOKUPS:
        return "look up a host"
    if event == "socket.__new__":
        return "open a network connection" if arguments[1] in _NETWORK_FAMILIES else None
    if event in _SENDS:
        return "open a network connection" if isinstance(arguments[1], tuple) else None
    return None if _is_python(event, arguments) else f"start {_program(arguments)!r}"


def _is_python(event: str, arguments: tuple[object, ...]) -> bool:
    return event in ("subprocess.Popen", "os.posix_spawn") and _program(arguments) == sys.executable


def _program(arguments: tuple[object, ...]) -> object:
    """The executable, or the first word of the command."""
    executable, *rest = arguments
    if executable is None and rest and isinstance(rest[0], list | tuple) and rest[0]:
        return rest[0][0]
    return executable
