"""Addresses of model servers, as a user writes them."""

import pytest

from t2s_local.engines.server import read_address
from t2s_local.errors import UsageError


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://127.0.0.1/", "no address"),
        ("http://", "no address"),
        ("http://127.0.0.1:99999/v1", "no address"),
        ("http://127.0.0.1:80/v1?key=x", "no address"),
        ("http://me:secret@127.0.0.1/v1", "user or password"),
        ("http://gpu.lan:8080/v1", "another machine"),
        ("http://127.0.0.1.example.org/v1", "another machine"),
        ("http://2130706433/v1", "another machine"),
        ("http://0.0.0.0:80/v1", "another machine"),
        ("http://169.254.169.254/v1", "another machine"),
    ],
)
def test_an_address_that_is_none_or_leads_elsewhere_is_refused(url: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        read_address(url, allowed=("other.lan",))


def test_an_address_is_read_as_it_is_meant() -> None:
    found = read_address("https://GPU.lan/api/v1/#qwen3:8b", allowed=("gpu.LAN",))
    assert (found.host, found.port, found.is_secure, found.path, found.model, found.root) == (
        "gpu.lan",
        443,
        True,
        "/api/v1",
        "qwen3:8b",
        "/api",
    )
    assert read_address("http://[::1]:8080", allowed=()).path == "/v1"
    assert read_address("http://localhost:8080#a", allowed=()).place == "localhost:8080"
