"""The bench of compiled contexts: it goes on where it stopped."""

import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).parents[2] / "scripts"
GO_ON = """
import sys
from pathlib import Path
from _compile.answers import Answers
path = Path(sys.argv[1])
first = Answers(path, seconds=None)
first.add("one", {"compiled": 0.5})
first.add("two", None)
path.write_bytes(path.read_bytes() + b'{"key": "thr')
again = Answers(path, seconds=0.0)
again.add("four", {})
print("four" in Answers(path, seconds=None), "one" in again, again["one"], again["two"], "three" in again)
print(first.is_over(), again.is_over())
"""


def test_answers_of_a_stopped_measurement_are_used_again(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", GO_ON, str(tmp_path / "kept" / "answers.jsonl")],
        cwd=SCRIPTS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "True True {'compiled': 0.5} None False\nFalse True\n", done.stderr
