"""An existing skill held against recorded runs: what it says and held, what failed, what it lacks, what never came."""
