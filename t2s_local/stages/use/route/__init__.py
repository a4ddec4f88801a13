"""Rank the skills of a library for a task."""
