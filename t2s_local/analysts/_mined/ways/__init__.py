"""Find actions that lead out of a kind of failure, over many runs."""
