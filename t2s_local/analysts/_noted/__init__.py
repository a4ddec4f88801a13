"""Kinds of lessons that are counted over many runs: each kind notes facts of one run, then tells what they come to."""
