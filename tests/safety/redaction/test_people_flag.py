"""``--redact-names`` without its lists of names says what to install."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from t2s_local.extras import command_for
from tests.commands import in_own_process
from tests.places import SAMPLES


@pytest.mark.skipif(find_spec("faker") is not None, reason="the lists of names are installed")
def test_without_the_lists_the_flag_is_one_line_of_error(tmp_path: Path) -> None:
    done = in_own_process("distill", SAMPLES, "-o", "skills", "--model", "none", "--redact-names", cwd=tmp_path)
    assert done.code == 2
    assert done.err.splitlines()[-2:] == [
        "Error: --redact-names needs lists of names, which are not installed",
        f"Hint: {command_for('pii')}",
    ]
