"""Kinds of lessons that are counted over many runs: each kind notes facts of a run, and makes lessons of the counts."""
