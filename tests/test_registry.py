"""Plug-ins and other things of a name: the nearest name is proposed."""

import pytest

from t2s_local.errors import UsageError
from t2s_local.registry import load, meant


def test_the_nearest_name_is_proposed_and_no_other() -> None:
    known = ("claude_code", "claude_stream", "codex", "Qwen3-4B")
    assert meant("claud", known) == "Did you mean claude_code? "
    assert meant("codx", known) == "Did you mean codex? "
    assert meant("qwen3-4", known) == "Did you mean Qwen3-4B? "
    assert meant("zebra", known) == meant("", known) == ""


def test_a_missing_plug_in_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="no format is called 'codx'") as caught:
        load("t2s_local.formats", "codx")
    assert (caught.value.hint or "").startswith("Did you mean codex? Choose one of: ")
