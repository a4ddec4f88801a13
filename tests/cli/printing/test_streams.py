"""Any encoding of a stream takes any text."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import in_own_process
from tests.places import ROOT


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp437", "koi8-r", "utf-8"])
def test_every_encoding_takes_what_is_printed(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "t2s.toml").write_text('model = "“…” → 漢字"\n', "utf-8")
    command = [sys.executable, "-m", "t2s_local", "config", "show"]
    own = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": f"{encoding}:strict"}
    shown = subprocess.run(command, cwd=tmp_path, env=own, capture_output=True, check=True)
    assert "min_support" in shown.stdout.decode(encoding)


@pytest.mark.parametrize(
    ("closed", "words", "code", "said"),
    [
        ("<&-", ("runs", "rm", "x", "--workspace", "ws"), 2, "no workspace here"),
        ("2>&-", ("lint", "nowhere"), 2, ""),
        (">&- 2>&-", ("config", "show"), 0, ""),
    ],
)
def test_a_closed_stream_changes_no_exit_code(
    tmp_path: Path, closed: str, words: tuple[str, ...], code: int, said: str
) -> None:
    done = in_own_process(*words, before=("sh", "-c", f'exec "$@" {closed}', "sh"))
    assert done.code == code
    assert "Traceback" not in done.err
    assert said in done.err
