"""HTTP calls to one server, the only address that the network seal allows, with limits on time and bytes.

Redirects and proxies from environment variables are ignored. The key is sent to the server and never printed.
"""

import http.client
import json
import os
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import cast

from t2s_local.engines._server.address import ServerAddress
from t2s_local.errors import ModelError, T2SError
from t2s_local.offline import admit_server

KEY_VARIABLE = "T2S_SERVER_KEY"
_LARGEST = 4 << 20
"""Largest answer in bytes; the answer to a question has a few thousand."""
_PIECE = 1 << 16
_CONNECTING = 10.0
"""Most seconds for opening a connection."""
_LONGEST_REASON = 300
_OK = 200
_REFUSED = frozenset({401, 403})
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class CallError(T2SError):
    """Error for a call that returned no answer."""

    def __init__(self, message: str, *, status: int | None = None, is_passing: bool = False) -> None:
        """Describe the failure.

        Args:
            message: One clause.
            status: HTTP status of the response; None if there was none.
            is_passing: Whether the same call may succeed a moment later.
        """
        super().__init__(message)
        self.status = status
        self.is_passing = is_passing


class UnreachableError(CallError):
    """Error for a server to which no connection can be opened."""


class Wire:
    """Client of one server that opens a connection for each call; several threads may use it at once."""

    def __init__(self, address: ServerAddress, *, patience: float) -> None:
        """Look up the server's address, once, and allow it in the network seal.

        Args:
            address: The server.
            patience: Seconds after which a silent call fails, and after which reading an answer is stopped.

        Raises:
            ModelError: the host name has no address.
        """
        self.address = address
        self.patience = patience
        self._key = os.environ.get(KEY_VARIABLE) or None
        self._open: set[socket.socket] = set()
        self._is_closed = False
        try:
            self.target = admit_server(address.host, address.port)
        except (OSError, UnicodeError) as error:
            message = f"{address.host} has no address"
            raise ModelError(message, hint="Is the name right, and is the machine on this network?") from error

    def get(self, path: str) -> object:
        """Return the JSON value at *path*.

        Raises:
            CallError: the call fails, or the answer is no JSON.
        """
        return self._call("GET", path, None)

    def post(self, path: str, body: Mapping[str, object]) -> object:
        """Send *body* to *path* and return the JSON value of the answer.

        Raises:
            CallError: the call fails, or the answer is no JSON.
        """
        return self._call("POST", path, json.dumps(body).encode("utf-8", "replace"))

    def close(self) -> None:
        """End the calls that are under way, and refuse new ones."""
        self._is_closed = True
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def _call(self, method: str, path: str, body: bytes | None) -> object:
        if self._is_closed:
            message = "nothing more is asked of it"
            raise CallError(message)
        try:
            with self._connection() as connection:
                connection.request(method, path, body, self._headers(body))
                with connection.getresponse() as response:
                    return self._read(response)
        except http.client.HTTPException as error:
            message = f"its answer is cut short or garbled ({type(error).__name__})"
            raise CallError(message, is_passing=True) from error
        except TimeoutError as error:
            message = f"it was silent for {self.patience:.0f} s"
            raise CallError(message, is_passing=True) from error
        except OSError as error:
            message = f"the connection broke ({error.strerror or type(error).__name__})"
            raise CallError(message, is_passing=True) from error

    @contextmanager
    def _connection(self) -> Iterator[http.client.HTTPConnection]:
        family = socket.AF_INET6 if ":" in self.target[0] else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as raw:
            raw.settimeout(min(_CONNECTING, self.patience))
            try:
                raw.connect(self.target)
            except OSError as error:
                message = f"no server answers at {self.address.place} ({error.strerror or 'it does not answer'})"
                raise UnreachableError(message, is_passing=True) from error
            raw.settimeout(self.patience)
            with raw.dup() as handle, closing(_Connected(raw, self.address)) as connection:
                self._open.add(handle)  # a duplicate: http.client closes its own socket before it reads
                try:
                    yield connection
                finally:
                    self._open.discard(handle)

    def _headers(self, body: bytes | None) -> dict[str, str]:
        headers = {"Accept": "application/json", "Connection": "close"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return headers if self._key is None else headers | {"Authorization": f"Bearer {self._key}"}

    def _read(self, response: http.client.HTTPResponse) -> object:
        data, began = b"", time.monotonic()
        while piece := response.read1(_PIECE):
            data += piece
            if len(data) > _LARGEST or time.monotonic() - began > self.patience:
                message = "its answer does not end"
                raise CallError(message)
        if response.length:
            raise http.client.IncompleteRead(data, response.length)
        return self._decoded(response, data)

    def _decoded(self, response: http.client.HTTPResponse, data: bytes) -> object:
        try:
            found: object = json.loads(data)
        except (ValueError, RecursionError):
            found = None
        status = response.status
        if status in _REFUSED:
            message = f"the server refuses the key ({status})" if self._key else f"the server wants a key ({status})"
            raise CallError(message, status=status)
        if status != _OK:
            message = self._without_key(f"the server answers {status}{_reason(found)}")
            raise CallError(message, status=status, is_passing=status in _TRY_AGAIN)
        if not isinstance(found, dict | list):
            kind = "a web page" if data.lstrip()[:1] == b"<" else "something that is no JSON"
            message = f"the server answers with {kind}"
            raise CallError(message, status=status, is_passing=True)
        return found

    def _without_key(self, text: str) -> str:
        return text if self._key is None else text.replace(self._key, "***")


class _Connected(http.client.HTTPConnection):
    """HTTP connection over an open socket, so that no address is looked up again."""

    def __init__(self, raw: socket.socket, address: ServerAddress) -> None:
        super().__init__(address.host, address.port)
        self.sock = raw
        if address.is_secure:
            self.default_port = 443
            self.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=address.host)


def _reason(found: object) -> str:
    """Return the reason in an error response, on one line; empty if it has none."""
    fields = cast("dict[str, object]", found) if isinstance(found, dict) else {}
    error = fields.get("error", fields.get("message", fields.get("detail")))
    said = error.get("message") if isinstance(error, dict) else error
    return f": {' '.join(said.split())[:_LONGEST_REASON]}" if isinstance(said, str) and said.strip() else ""
