"""Fixtures of the whole suite."""

import socket
from pathlib import Path
from typing import NoReturn

import pytest

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        message = "a test tried to open a network connection"
        raise AssertionError(message)

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real trajectories beside the project; tests that want it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"no real trajectories beside the project ({SHARED.name}/ is absent)")
    return SHARED
