"""The seal: an audit hook that stops this process from opening network connections and starting other programs.

The seal is set before every command except those of :func:`is_exempt`, such as ``models pull``, and cannot be removed.
Only Python may be started. The hook sees the actions of all Python code, libraries included; the test suite also traces
system calls, which shows the actions of native code. A library with processes of its own on this machine is allowed the
loopback and its own programs. A model server that the user named is allowed by its address, which is looked up once.
"""

import ipaddress
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from t2s_local.errors import T2SError

_NETWORK_FAMILIES = (2, 10, 30)
"""AF_INET, and AF_INET6 on Linux and on macOS."""
_STREAM = 1
"""SOCK_STREAM; few commands need the module that names it, and it takes 2 ms to load."""
_LOOKUPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"})
_SENDS = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"})
_STARTS = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.startfile", "pty.spawn"})
_WATCHED = _LOOKUPS | _SENDS | _STARTS | {"socket.__new__"}
_set: dict[str, bool] = {}
_programs: set[Path] = set()
_hosts: set[str] = set()
_servers: set[tuple[str, int]] = set()
_resolved: dict[tuple[str, int], tuple[str, int]] = {}
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SealedError(T2SError, PermissionError):
    """Refusal of an attempt to use the network or to start another program; a ``PermissionError`` for libraries."""


def seal() -> None:
    """Set the seal on this process, irrevocably; safe to call twice."""
    if not _set:
        _set["sealed"] = True
        os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when a library of the hub is imported
        sys.addaudithook(_watch)


def admit(programs: Path, *, host: str | None = None) -> None:
    """Allow the loopback and the programs below *programs*, for a library that uses processes of its own.

    Args:
        programs: Folder of the library.
        host: Another host to allow, which the user named; None for none.
    """
    _programs.add(programs)
    _hosts.update(_LOOPBACK, () if host is None else (host,))


def admit_server(host: str, port: int) -> tuple[str, int]:
    """Allow connections to the address and port of one server that the user named.

    The name of the host is looked up once in the life of the process, so that a later change of its address has no
    effect.

    Args:
        host: Address or name of the host.
        port: Port of the server.

    Returns:
        The allowed address, and the port.

    Raises:
        OSError: the name has no address.
    """
    if (host, port) not in _resolved:
        _resolved[host, port] = (_address_of(host, port), port)
        _servers.add(_resolved[host, port])
    return _resolved[host, port]


def admitted_servers() -> tuple[tuple[str, int], ...]:
    """Return the allowed addresses and ports of servers, sorted."""
    return tuple(sorted(_servers))


def _address_of(host: str, port: int) -> str:
    if host == "localhost":
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    import socket

    was_let = host in _hosts
    _hosts.add(host)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    finally:
        if not was_let:
            _hosts.discard(host)
    return str(found[0][4][0])


@contextmanager
def program_let_through(program: Path) -> Iterator[None]:
    """Allow the start of one *program* of the user during the block; the network is not allowed."""
    _programs.add(program)
    try:
        yield
    finally:
        _programs.discard(program)


def dismiss() -> None:
    """Withdraw what :func:`admit` allowed: its programs and hosts; servers are still allowed."""
    _programs.clear()
    _hosts.clear()


def is_exempt(arguments: list[str]) -> bool:
    """Return whether the command with these *arguments* runs without the seal, and so may use network and programs.

    Exempt are ``models pull``, which downloads models, and ``doctor --prove-offline``, which starts tools that trace
    t2s to prove that it makes no connections.
    """
    proves = arguments[:1] == ["doctor"] and "--prove-offline" in arguments
    return proves or arguments[:2] == ["models", "pull"]


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    what = _attempt(event, arguments) if event in _WATCHED else None
    if what is not None:
        message = f"something tried to {what}"
        raise SealedError(message, hint="Only `t2s models pull` goes on the network.")


def _attempt(event: str, arguments: tuple[object, ...]) -> str | None:
    """Return the refused action of *event* in words; None if the event is allowed."""
    if event in _LOOKUPS:
        return None if _host(arguments[0]) in _hosts else "look up a host"
    if event == "socket.__new__":
        is_network = arguments[1] in _NETWORK_FAMILIES
        return "open a network connection" if is_network and not (_hosts or _is_for_server(arguments)) else None
    if event in _SENDS:
        return None if _is_let_to(event, arguments[1]) else "open a network connection"
    if _is_python(event, arguments) or _is_let(_program(arguments)):
        return None
    return f"start {_program(arguments)!r}"


def _is_for_server(arguments: tuple[object, ...]) -> bool:
    """Return whether a new socket may be for an allowed server: it is a stream, and there is an allowed server."""
    return bool(_servers) and isinstance(arguments[2], int) and arguments[2] & 0xF == _STREAM


def _is_let_to(event: str, address: object) -> bool:
    if not isinstance(address, tuple) or _host(address) in _hosts:
        return True
    return event == "socket.connect" and address[:2] in _servers


def _is_python(event: str, arguments: tuple[object, ...]) -> bool:
    return event in ("subprocess.Popen", "os.posix_spawn") and _program(arguments) == sys.executable


def _is_let(program: object) -> bool:
    """Return whether a program is allowed, or is below an allowed folder."""
    return isinstance(program, str) and any(
        Path(program).resolve().is_relative_to(folder.resolve()) for folder in _programs
    )


def _host(address: object) -> object:
    """Return the host of an address, as written."""
    return address[0] if isinstance(address, tuple) and address else address


def _program(arguments: tuple[object, ...]) -> object:
    """Return the executable, or the first word of the command if there is none."""
    executable, *rest = arguments
    if executable is None and rest and isinstance(rest[0], list | tuple) and rest[0]:
        return rest[0][0]
    return executable
