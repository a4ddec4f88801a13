"""The bench of ways out runs, and its figures hold what is promised of them."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "bench-ways-out"


def test_most_ways_out_of_the_half_that_nobody_tuned_on_are_told_and_nearly_nothing_else() -> None:
    command = [sys.executable, str(SCRIPT), "--quick", "--json"]
    figures = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert figures["held_out_recall"] >= 0.8
    assert figures["precision"] >= 0.95
