"""The address of a model server, as a user names it: ``URL[#NAME]``."""

import ipaddress
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from t2s_local.errors import UsageError
from t2s_local.values.value import Value

_PORTS = {"http": 80, "https": 443}
_DEFAULT_PATH = "/v1"
_HINT = "Write http://127.0.0.1:8080/v1#NAME, with the name of a model where the server has several."


class ServerAddress(Value, frozen=True, kw_only=True):
    """Address of a server, with the name of the model if the server has several."""

    host: str
    port: int
    is_secure: bool
    """Whether the connection uses TLS."""
    path: str
    """Path prefix of the OpenAI-compatible calls, without a slash at its end."""
    model: str | None

    @property
    def root(self) -> str:
        """Path prefix of the calls that only this kind of server has."""
        return self.path.removesuffix("/v1")

    @property
    def place(self) -> str:
        """Host and port, as people write them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def is_server(model: str) -> bool:
    """Return whether a setting names a server rather than a model on this machine."""
    return "://" in model


def read_address(url: str, *, allowed: Collection[str]) -> ServerAddress:
    """Parse the address of a server.

    Args:
        url: The address, perhaps with ``#NAME`` after it.
        allowed: Hosts besides this machine that the user's own settings name.

    Raises:
        UsageError: *url* is no valid address, contains a password, or its host is neither this machine nor allowed.
    """
    parts = _split(url)
    host = (parts.hostname or "").lower()
    if not (_is_this_machine(host) or host in {name.lower() for name in allowed}):
        message = f"{host} is another machine than this one, and your settings do not allow it"
        raise UsageError(message, hint=f'To allow it, put server_hosts = "{host}" into your own settings file.')
    return ServerAddress(
        host=host,
        port=parts.port or _PORTS[parts.scheme],
        is_secure=parts.scheme == "https",
        path=parts.path.rstrip("/") or _DEFAULT_PATH,
        model=parts.fragment or None,
    )


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in _PORTS and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError as error:
        message = f"no address of a server: {error}"
        raise UsageError(message, hint=_HINT) from error
    if parts.username is not None or parts.password is not None:
        message = "an address with a user or password in it would be kept with the run"
        raise UsageError(message, hint="Put the key into the variable T2S_SERVER_KEY.")
    if not is_usable or parts.query or not (url.isascii() and url.isprintable()) or " " in url:
        message = "no address of a server"
        raise UsageError(message, hint=_HINT)
    return parts


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
