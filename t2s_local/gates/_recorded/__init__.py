"""Helpers of the recorded gate: runs as it sees them, rules as it looks for them."""
