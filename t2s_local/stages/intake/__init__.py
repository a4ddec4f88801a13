"""Turn files into a corpus: read, label, redact, screen and store trajectories, and count everything else."""
