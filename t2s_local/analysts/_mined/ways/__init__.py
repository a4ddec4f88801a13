"""Actions that lead out of a kind of failure, found over many runs."""
