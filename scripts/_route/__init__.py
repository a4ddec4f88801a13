"""Helpers of bench-route: recorded and planted skills, other ways to rank, large libraries."""
