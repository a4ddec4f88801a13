"""Helpers of the recorded gate: reduce runs to their calls, turn rules into search patterns, and match the two."""
