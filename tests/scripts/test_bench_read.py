"""The bench of reading compares the readers of two checkouts in one run."""

import json
import subprocess
import sys

from tests.places import ROOT


def test_reading_is_compared_with_another_checkout_on_the_same_files() -> None:
    bench = [sys.executable, str(ROOT / "scripts" / "bench-read"), "--quick", "--json", "--against", str(ROOT)]
    done = subprocess.run(
        [*bench, str(ROOT / "tests" / "data" / "kimi.jsonl")], capture_output=True, text=True, check=True
    )
    figures = json.loads(done.stdout)
    assert 0.3 < figures["kimi_ratio"] < 3
    assert figures["worst_against_ratio"] == figures["kimi_ratio"]
