"""Where things lie that tests look at."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The checkout."""
DATA = ROOT / "tests" / "data"
"""A sample of every format."""
SAMPLES = ROOT / "t2s_local" / "samples"
"""The trajectories that ship with the package."""
