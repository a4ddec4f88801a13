"""Record a run of a program: the skills that it had, and its exit code."""
