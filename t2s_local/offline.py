"""The seal: once set, this process opens no network connection and starts no program but Python.

It is set before any command but ``models pull`` runs, and cannot be taken off. It sees what Python code does, that of
libraries included; the test suite traces the system calls besides, which shows what native code does. A library that
keeps its own processes on this machine is let through to the loopback alone, and to its own programs.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from t2s_local.errors import T2SError

_NETWORK_FAMILIES = (2, 10, 30)
"""AF_INET, and AF_INET6 on Linux and on macOS."""
_LOOKUPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"})
_SENDS = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"})
_STARTS = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.startfile", "pty.spawn"})
_WATCHED = _LOOKUPS | _SENDS | _STARTS | {"socket.__new__"}
_set: dict[str, bool] = {}
_programs: set[Path] = set()
_hosts: set[str] = set()
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SealedError(T2SError, PermissionError):
    """Something tried to reach the network or to start a foreign program; libraries see a refused permission."""


def seal() -> None:
    """Set the seal on this process, for good; safe to call twice."""
    if not _set:
        _set["sealed"] = True
        os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when a library of the hub is imported
        sys.addaudithook(_watch)


def admit(programs: Path, *, host: str | None = None) -> None:
    """Let the loopback through, and programs below *programs*: for what talks to processes of its own.

    Args:
        programs: Folder of a library.
        host: One other host, which the user named.
    """
    _programs.add(programs)
    _hosts.update(_LOOPBACK, () if host is None else (host,))


@contextmanager
def program_let_through(program: Path) -> Iterator[None]:
    """Let one *program* of the user's be started while the block runs, and nothing of the network."""
    _programs.add(program)
    try:
        yield
    finally:
        _programs.discard(program)


def dismiss() -> None:
    """Let nothing through any more."""
    _programs.clear()
    _hosts.clear()


def is_exempt(arguments: list[str]) -> bool:
    """Return whether a command line goes unsealed.

    ``models pull``, and the proof, which starts the tools that watch t2s.
    """
    proves = arguments[:1] == ["doctor"] and "--prove-offline" in arguments
    return proves or arguments[:2] == ["models", "pull"]


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    what = _attempt(event, arguments) if event in _WATCHED else None
    if what is not None:
        message = f"something tried to {what}"
        raise SealedError(message, hint="Only `t2s models pull` goes on the network.")


def _attempt(event: str, arguments: tuple[object, ...]) -> str | None:
    """Name the refused act of *event* in words; None where it may go on."""
    if event in _LOOKUPS:
        return None if _host(arguments[0]) in _hosts else "look up a host"
    if event == "socket.__new__":
        return "open a network connection" if arguments[1] in _NETWORK_FAMILIES and not _hosts else None
    if event in _SENDS:
        is_let = not isinstance(arguments[1], tuple) or _host(arguments[1]) in _hosts
        return None if is_let else "open a network connection"
    if _is_python(event, arguments) or _is_let(_program(arguments)):
        return None
    return f"start {_program(arguments)!r}"


def _is_python(event: str, arguments: tuple[object, ...]) -> bool:
    return event in ("subprocess.Popen", "os.posix_spawn") and _program(arguments) == sys.executable


def _is_let(program: object) -> bool:
    """Return whether a program belongs to a library that was let through."""
    return isinstance(program, str) and any(
        Path(program).resolve().is_relative_to(folder.resolve()) for folder in _programs
    )


def _host(address: object) -> object:
    """The host of an address, as it is written."""
    return address[0] if isinstance(address, tuple) and address else address


def _program(arguments: tuple[object, ...]) -> object:
    """The executable, or the first word of the command."""
    executable, *rest = arguments
    if executable is None and rest and isinstance(rest[0], list | tuple) and rest[0]:
        return rest[0][0]
    return executable
