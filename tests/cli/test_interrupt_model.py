"""A stop while a real model answers: quick, with everything that was finished, and no worker left or begun anew."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.many import write_runs
from tests.runs.test_session_resume import n_stored

pytestmark = pytest.mark.model
MOST_SECONDS = 5.0


@pytest.mark.parametrize("signals", [(signal.SIGTERM,), (signal.SIGINT, signal.SIGINT)])
def test_a_stop_ends_in_seconds_and_keeps_what_was_answered(
    tmp_path: Path, real_model: Path, signals: tuple[int, ...]
) -> None:
    write_runs(tmp_path / "in", 60)
    words = ["distill", "in", "-o", "out", "--model", str(real_model), "--analyst", "llm", "-q"]
    command = [sys.executable, "-m", "t2s_local", *words, "--context", "3072", "--sequences", "4"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        patient_until = time.monotonic() + 240
        while n_stored(tmp_path) < 1:
            assert process.poll() is None
            assert time.monotonic() < patient_until, "nothing was answered"
            time.sleep(0.05)
        workers = psutil.Process(process.pid).children(recursive=True)
        before = n_stored(tmp_path)
        for number in signals:
            process.send_signal(number)
            time.sleep(0.1)
        asked = time.monotonic()
        _, said = process.communicate(timeout=60)
    assert time.monotonic() - asked < MOST_SECONDS
    assert process.returncode == 130
    assert before <= n_stored(tmp_path) < 60
    assert f"after {n_stored(tmp_path)} of 60; what was done is kept" in said
    assert "starting it again" not in said
    assert workers
    assert not [worker for worker in workers if worker.is_running()]
