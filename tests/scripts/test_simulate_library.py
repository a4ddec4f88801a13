"""The simulation of a library: what is wrong leaves, nothing good is lost, all of it comes back."""

import json
import subprocess
import sys

from tests.places import ROOT


def test_a_governed_library_loses_what_is_wrong_and_nothing_good() -> None:
    words = ("--json", "--rounds", "14", "--runs", "16", "--min-trials", "8")
    command = [sys.executable, str(ROOT / "scripts" / "simulate-library"), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    found = json.loads(done.stdout)
    assert (found["n_good_lost"], found["n_rolled_back"]) == (0, found["n_set_aside"])
    assert found["n_wrong_left"] <= 2
    assert found["help_rate_last_governed"] > found["help_rate_last_ungoverned"]
    assert found["least_bad_trials"] >= 1
