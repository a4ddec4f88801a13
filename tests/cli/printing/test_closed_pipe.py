"""A command whose reader goes away, as in ``t2s read … | head -1``."""

import subprocess
import sys
from pathlib import Path

from tests.many import write_runs


def test_a_reader_that_goes_away_ends_the_command_silently_as_the_signal_would(tmp_path: Path) -> None:
    write_runs(tmp_path / "in", 1500)
    words = [sys.executable, "-m", "t2s_local", "read", str(tmp_path / "in"), "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        assert started.stdout.readline().startswith(b'{"id":')
        started.stdout.close()
        assert started.stderr.read() == b""
    assert started.returncode == 141
