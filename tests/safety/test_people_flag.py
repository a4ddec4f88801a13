"""``--redact-names`` without its lists of names says what to install."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.places import SAMPLES


@pytest.mark.skipif(find_spec("faker") is not None, reason="the lists of names are installed")
def test_without_the_lists_the_flag_is_one_line_of_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "t2s_local", "distill", str(SAMPLES), "-o", "skills", "--model", "none"]
    done = subprocess.run([*command, "--redact-names"], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-2:] == [
        "Error: --redact-names needs lists of names, which are not installed",
        "Hint: pip install 't2s-local[pii]'",
    ]
