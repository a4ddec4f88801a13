"""Failures and their causes, read from outputs in any case and in any alphabet."""

import pytest

from t2s_local.text.failures import has_failed, is_infrastructure
from tests.build import step

INFRASTRUCTURE = [
    "connection reset by peer",
    "Temporary failure in name resolution",
    "could not resolve host: example.org",
    "Rate-limit reached",
    "429 Too Many Requests",
    "502 Bad Gateway",
    "Service Unavailable",
    "the model is overloaded",
    "read timed out",
    "timed out after 30 s",
    "Timeout after 30 s",
    "Request interrupted by user",
    "The user doesn't want to proceed",
    "Operation cancelled",
    "Broken pipe",
    "SSL handshake error",
    "Internal Server Error",
    "No space left on device",
]
FIRST_LINES = ["File a.py does not exist", "command not found: x", "x: No such file or directory", "Permission denied"]


@pytest.mark.parametrize("text", INFRASTRUCTURE)
@pytest.mark.parametrize("around", ["{}", "ünïcode {}"])
def test_what_the_machine_or_network_caused_is_known_in_any_case(text: str, around: str) -> None:
    assert is_infrastructure(around.format(text))
    assert is_infrastructure(around.format(text.upper()))
    assert not is_infrastructure(around.format("AssertionError: 3 != 4"))


@pytest.mark.parametrize("text", FIRST_LINES)
@pytest.mark.parametrize("around", ["> {}", "« {} »"])
def test_a_first_line_says_that_a_call_failed_in_any_case(text: str, around: str) -> None:
    for said in (text, text.upper()):
        assert has_failed(step("tool_result", around.format(said)), is_quiet=False)
    assert not has_failed(step("tool_result", around.format("all is well")), is_quiet=False)
