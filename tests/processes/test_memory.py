"""The limit on the memory that is taken while a file is read: real allocations, real processes."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from t2s_local.processes.memory import memory_limited
from t2s_local.processes.worker_pool import Lost
from t2s_local.stages.intake.parallel import lost

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits private memory")
GOOD = json.dumps({"messages": [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "hi"}]})
READ = """
import resource, sys
from pathlib import Path
from t2s_local.ports.services import Silent
from t2s_local.safety.redaction.sanitise import Sanitiser
from t2s_local.stages.intake.parallel import ParallelReader
from t2s_local.stages.intake.reader import Input

files = tuple(sorted(Path(sys.argv[1]).iterdir()))
source = Input(files=files, n_found=len(files))
resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[2]), resource.RLIM_INFINITY))
reader = ParallelReader(source, sanitiser=Sanitiser(), progress=Silent(), size=2)
print(*(getattr(item, "reason", None) or getattr(item, "seen", "run") for item in reader.look()), sep="; ")
reader.close()
"""


def test_more_than_the_limit_fails_and_what_is_below_it_does_not() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with memory_limited(64 << 20):
        assert bytearray(16 << 20)
        with pytest.raises(MemoryError):
            bytearray(512 << 20)
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    assert bytearray(512 << 20)


def test_a_file_that_needs_more_memory_than_there_is_costs_a_line_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(GOOD)
    (tmp_path / "b.json").write_text('{"messages": [' + '{"role": "user", "content": "go on"},' * 300_000 + "0]}")
    (tmp_path / "c.jsonl").write_text(GOOD.replace("hello", "again"))
    command = [sys.executable, "-c", READ, str(tmp_path), str(160 << 20)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    first, why, *rest, last = done.stdout.strip().split("; ")
    assert (first, last) == ("run", "run")
    # a library may fail with an error, or crash where it forgot that memory may be refused
    assert (why, rest) in [
        ("needs more memory than there is", []),
        ("each of 3 processes that read it ended", ["the system may have ended them for their memory"]),
    ]


def test_a_file_during_whose_reading_processes_ended_is_a_line_of_the_report() -> None:
    (item,) = lost(Path("runs/a.jsonl"), Lost(3)).items
    assert getattr(item, "reason", "").startswith("each of 3 processes that read it ended")
